"""What the call is about, and which steps of its flow the agent took (norm section 3)."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.criteria.scenarios import Said, ScenarioModel, load_scenarios
from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.language.text import TurnText
from pipeline.safe_yaml import check_yaml
from pipeline.schema import Finding, FlowStep, Role, Scenario, Status

LEAST_BY_CUES = 0.5
"""Below this the cues alone name no scenario: six share the whole, so half is a clear lead."""
LEAST_BY_MODEL = 0.35
"""The same for the model, whose probabilities are calibrated: of left-out calls between 0.35 and 0.45, more were right than wrong."""
LEAST_CHARS = 5
"""A customer who has said less than this has said nothing of the matter."""
_DENIED = re.compile("不|没|无法")
_NEAR = 4
"""Characters before a phrase that may deny it."""
_ROLES = {"agent", "customer", "any"}
UNNAMED = Scenario(None, 0.0)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase, by its sounds, that speaks for a scenario when this role says it; counted once a call."""

    sounds: str
    weight: float
    role: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a flow: taken when one of the labels, or of the phrases by their sounds, is found in the agent's words."""

    id: str
    zh: str
    labels: tuple[str, ...]
    sounds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowBook:
    """Scenarios with their cues, and the flow of each; occasions are flows of any scenario, with what the agent says then by its sounds."""

    cues: Mapping[str, tuple[Cue, ...]]
    steps: Mapping[str, tuple[Step, ...]]
    occasions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    model: ScenarioModel | None = None

    @property
    def least_probability(self) -> float:
        """Below this the scenario is not named."""
        return LEAST_BY_CUES if self.model is None else LEAST_BY_MODEL

    def scenarios(self, calls: Sequence[Sequence[TurnText]]) -> tuple[Scenario, ...]:
        """What is most probable of each call from what was said and from the cues; unnamed where nothing leads clearly.

        Without a model the cues alone decide, by softmax. Cues are compared by sound, so that a recogniser's wrong
        character does not hide them.
        """
        said = [[Said(text.turn.role, text.text, sound_codes(text.text)) for text in texts] for texts in calls]
        sums = [cue_sums(each, self) for each in said]
        shares = self.model.probabilities_of(said, sums) if self.model else map(_softmax, sums)
        least = LEAST_CHARS if self.model else 1
        return tuple(
            self._named(each) if _customer_chars(turns) >= least else UNNAMED
            for turns, each in zip(said, shares, strict=True)
        )

    def _named(self, shares: Mapping[str, float]) -> Scenario:
        best = max(sorted(shares.keys() & self.cues.keys()), key=lambda name: shares[name], default=None)
        probability = shares[best] if best else 0.0
        return Scenario(best if probability >= self.least_probability else None, round(probability, 3))


@dataclass(frozen=True, slots=True)
class _Line:
    """A turn to look for phrases in: characters are read as they usually are, for phrases are read without their words too."""

    index: int
    text: str
    sounds: str


def load_flows(path: Path, *, model: Path | None = None) -> FlowBook:
    """Read scenarios and flows, and the model of scenarios where one is named.

    Raises
    ------
    LexiconError
        Naming the file, the entry and the remedy.
    """
    try:
        text = path.read_text(encoding="utf-8")
        check_yaml(text)
        raw = yaml.safe_load(text)
        cues = {
            name: tuple(_cue(path, name, each) for each in entry["cues"]) for name, entry in raw["scenarios"].items()
        }
        steps = {name: tuple(_step(each) for each in entries) for name, entries in raw["flows"].items()}
        occasions = {name: tuple(map(_sounds, phrases)) for name, phrases in raw.get("occasions", {}).items()}
    except OSError as error:
        raise LexiconError(
            f"{path}: cannot be read ({error.strerror}); restore it from the program's lexicons folder"
        ) from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise LexiconError(
            f"{path}: {' '.join(str(error).split())}; write scenarios and flows as in the shipped file"
        ) from error
    return FlowBook(cues, steps, occasions, load_scenarios(model) if model else None)


def cue_sums(said: Sequence[Said], flows: FlowBook) -> Mapping[str, float]:
    """Summed weights of each scenario's cues that were said."""
    heard = {role: "\n".join(turn.sounds for turn in said if role in {"any", turn.role}) for role in _ROLES}
    return {
        name: math.fsum(cue.weight for cue in cues if cue.sounds in heard[cue.role])
        for name, cues in flows.cues.items()
    }


def _customer_chars(said: Sequence[Said]) -> int:
    return sum(len(turn.text) for turn in said if turn.role is Role.CUSTOMER)


def _softmax(sums: Mapping[str, float]) -> Mapping[str, float]:
    """Shares of the sums; none where there are none."""
    if not any(sums.values()):
        return {}
    top = max(sums.values())
    shares = {name: math.exp(value - top) for name, value in sums.items()}
    return {name: share / math.fsum(shares.values()) for name, share in shares.items()}


def follow(
    texts: Sequence[TurnText], findings: Sequence[Finding], scenario: Scenario, flows: FlowBook
) -> tuple[FlowStep, ...]:
    """The steps of the scenario's flow, then those of what happened within it (a transfer); none without a flow.

    Each step has the agent's first turn that took it after the steps before; where there is none, the first that took it, out of order.
    """
    agent = [
        _Line(text.turn.index, text.text, sound_codes(text.text)) for text in texts if text.turn.role is Role.AGENT
    ]
    names = [scenario.name, *(name for name, sounds in flows.occasions.items() if _happened(sounds, agent))]
    return tuple(step for name in names if name for step in _followed(flows.steps.get(name, ()), agent, findings))


def _followed(steps: Sequence[Step], agent: Sequence[_Line], findings: Sequence[Finding]) -> Iterator[FlowStep]:
    reached = -1
    for step in steps:
        taken = _taken(step, agent, findings)
        later = next((turn for turn in taken if turn >= reached), None)
        reached = reached if later is None else later
        yield FlowStep(
            step.zh, bool(taken), taken[0] if later is None and taken else later, not taken or later is not None
        )


def _taken(step: Step, agent: Sequence[_Line], findings: Sequence[Finding]) -> tuple[int, ...]:
    """The agent's turns that took a step."""
    labelled = {f.evidence.turn for f in findings if f.label in step.labels and f.status is Status.CERTAIN}
    return tuple(
        line.index for line in agent if line.index in labelled or any(said in line.sounds for said in step.sounds)
    )


def _happened(sounds: Sequence[str], agent: Sequence[_Line]) -> bool:
    """Whether the agent said one of the phrases, and did not deny it shortly before."""
    return any(
        (at := line.sounds.find(said)) >= 0 and not _DENIED.search(line.text[max(0, at - _NEAR) : at])
        for line in agent
        for said in sounds
    )


def _sounds(phrase: object) -> str:
    """The sound codes of a phrase's comparable characters."""
    return sound_codes(normalise(str(phrase)).text)


def _cue(path: Path, scenario: str, raw: Mapping[str, Any]) -> Cue:
    role = str(raw.get("role", "customer"))
    if role not in _ROLES:
        raise LexiconError(
            f"{path}: scenario {scenario}: cue {raw['text']!r} has role {role!r}; write agent, customer or any"
        )
    return Cue(_sounds(raw["text"]), float(raw["weight"]), role)


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(
        str(raw["id"]),
        str(raw["zh"]),
        tuple(map(str, raw.get("labels", ()))),
        tuple(map(_sounds, raw.get("phrases", ()))),
    )
