"""Everything that the criteria may look at, and the questions they ask of it most."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.language.text import TurnText
from pipeline.schema import (
    Acoustics,
    Completeness,
    Event,
    EventKind,
    Finding,
    FlowStep,
    Recording,
    Role,
    Scenario,
    Status,
    Transcript,
    Turn,
)
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """One call with all that was found and measured in it; what is not known stays empty."""

    recording: Recording
    transcript: Transcript
    opening: Completeness
    closing: Completeness
    scenario: Scenario
    settings: Settings
    texts: tuple[TurnText, ...] = ()
    acoustics: Acoustics = field(default_factory=Acoustics)
    findings: tuple[Finding, ...] = ()
    events: tuple[Event, ...] = ()
    measures: Mapping[str, float | None] = field(default_factory=dict)
    flow: tuple[FlowStep, ...] = ()

    @property
    def withheld(self) -> bool:
        """Whether nothing that needs the roles may be judged."""
        return self.transcript.roles.withheld or not self.turns_of(Role.AGENT)

    def turns_of(self, role: Role) -> tuple[Turn, ...]:
        """The turns of one role, in order."""
        return tuple(turn for turn in self.transcript.turns if turn.role is role)

    def labelled(self, *labels: str) -> tuple[int, ...]:
        """Indices of the certain findings with one of these labels."""
        return tuple(
            i for i, finding in enumerate(self.findings) if finding.label in labels and finding.status is Status.CERTAIN
        )

    def events_of(self, kind: EventKind, *, by: Role = Role.AGENT) -> tuple[Event, ...]:
        """The events of one kind by one role."""
        return tuple(event for event in self.events if event.kind is kind and event.by is by)

    def measure(self, name: str) -> float | None:
        """A measured figure, None where it could not be measured."""
        return self.measures.get(name)
