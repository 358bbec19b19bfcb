"""Everything that the criteria may look at, and the questions they ask of it most."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from pipeline.criteria.cues import Cue, turns_with
from pipeline.criteria.wordings import Wordings
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
    RuleAbstention,
    Scenario,
    Status,
    Transcript,
    Turn,
)
from pipeline.settings import Settings

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class CallContext:
    """One call with all that was found and measured in it; what is not known stays empty.

    Parameters
    ----------
    rule_findings
        What rules found under their own ids. Criteria do not look at it, so that nothing counts twice: scoring adds its
        points to the criterion that the rule names.
    """

    recording: Recording
    transcript: Transcript
    opening: Completeness
    closing: Completeness
    scenario: Scenario
    settings: Settings
    wordings: Wordings
    texts: tuple[TurnText, ...] = ()
    acoustics: Acoustics = field(default_factory=Acoustics)
    findings: tuple[Finding, ...] = ()
    rule_findings: tuple[Finding, ...] = ()
    abstained_rules: tuple[RuleAbstention, ...] = ()
    events: tuple[Event, ...] = ()
    measures: Mapping[str, float | None] = field(default_factory=dict)
    flow: tuple[FlowStep, ...] = ()
    _answers: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def withheld(self) -> bool:
        """Whether nothing that needs the roles may be judged."""
        return self.transcript.roles.withheld or not self.turns_of(Role.AGENT)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Phrase evidence, then what rules found: what the findings' indices count."""
        return self.findings + self.rule_findings

    def turns_of(self, role: Role) -> tuple[Turn, ...]:
        """The turns of one role, in order."""
        return self.once(role, lambda: tuple(turn for turn in self.transcript.turns if turn.role is role))

    def showing(self, cue: Cue, *, by: Role = Role.CUSTOMER) -> tuple[Turn, ...]:
        """One side's turns that show a cue."""
        return self.once((cue, by), lambda: turns_with(self.transcript, cue, self.wordings.cues, by=by))

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

    def once(self, question: Hashable, answer: Callable[[], _Answer]) -> _Answer:
        """The answer to a question, found the first time it is asked: many criteria ask the same."""
        if question not in self._answers:
            self._answers[question] = answer()
        told: _Answer = self._answers[question]
        return told


def once_a_call(question: Callable[[CallContext], _Answer]) -> Callable[[CallContext], _Answer]:
    """Keep what a function says of a call for all criteria that ask it."""

    @wraps(question)
    def ask(context: CallContext) -> _Answer:
        return context.once(question, lambda: question(context))

    return ask
