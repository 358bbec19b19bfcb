"""What the call is about, and which steps of its flow the agent took (norm section 3)."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.language.text import TurnText
from pipeline.schema import Finding, FlowStep, Role, Scenario, Status

MIN_PROBABILITY = 0.5
"""Below this the scenario is not named: six scenarios share the whole, so half is a clear lead."""
_ROLES = {"agent", "customer", "any"}


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that speaks for a scenario when this role says it; counted once a call."""

    text: str
    weight: float
    role: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a flow: taken when one of the labels or phrases is found in the agent's words."""

    id: str
    zh: str
    labels: tuple[str, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FlowBook:
    """Scenarios with their cues, and the flow of each."""

    cues: Mapping[str, tuple[Cue, ...]]
    steps: Mapping[str, tuple[Step, ...]]


def load_flows(path: Path) -> FlowBook:
    """Read scenarios and flows.

    Raises
    ------
    LexiconError
        Naming the file, the entry and the remedy.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        cues = {
            name: tuple(_cue(path, name, each) for each in entry["cues"]) for name, entry in raw["scenarios"].items()
        }
        steps = {name: tuple(_step(each) for each in entries) for name, entries in raw["flows"].items()}
    except OSError as error:
        raise LexiconError(
            f"{path}: cannot be read ({error.strerror}); restore it from the program's lexicons folder"
        ) from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise LexiconError(
            f"{path}: {' '.join(str(error).split())}; write scenarios and flows as in the shipped file"
        ) from error
    return FlowBook(cues, steps)


def find_scenario(texts: Sequence[TurnText], flows: FlowBook, *, withheld: bool = False) -> Scenario:
    """The scenario whose cues weigh most, by softmax; unnamed without cues or without a clear lead.

    Cues are compared by sound, so that a recogniser's wrong character does not hide them.

    Parameters
    ----------
    withheld
        It is not known who the customer is: then nothing is named.
    """
    said = {role: "\n".join(text.sounds for text in texts if role in {"any", text.turn.role}) for role in _ROLES}
    sums = {
        name: math.fsum(cue.weight for cue in cues if sounds_of(cue.text) in said[cue.role])
        for name, cues in flows.cues.items()
    }
    if withheld or not any(sums.values()):
        return Scenario(None, 0.0)
    top = max(sums.values())
    shares = {name: math.exp(value - top) for name, value in sums.items()}
    best = max(shares, key=lambda name: shares[name])
    probability = shares[best] / math.fsum(shares.values())
    return Scenario(best if probability >= MIN_PROBABILITY else None, round(probability, 3))


def follow(
    texts: Sequence[TurnText], findings: Sequence[Finding], scenario: Scenario, flows: FlowBook
) -> tuple[FlowStep, ...]:
    """The steps of the scenario's flow, each with the agent's first turn that took it; none without a flow."""
    steps = flows.steps.get(scenario.name, ()) if scenario.name else ()
    agent = [text for text in texts if text.turn.role is Role.AGENT]
    return tuple(_followed(step, agent, findings) for step in steps)


def _followed(step: Step, agent: Sequence[TurnText], findings: Sequence[Finding]) -> FlowStep:
    labelled = {f.evidence.turn for f in findings if f.label in step.labels and f.status is Status.CERTAIN}
    phrases = [sounds_of(phrase) for phrase in step.phrases]
    taken = next(
        (
            text.turn.index
            for text in agent
            if text.turn.index in labelled or any(phrase in text.sounds for phrase in phrases)
        ),
        None,
    )
    return FlowStep(step.zh, taken is not None, taken)


@lru_cache(maxsize=4096)
def sounds_of(phrase: str) -> str:
    """The sound codes of a phrase's comparable characters."""
    return sound_codes(normalise(phrase).text)


def _cue(path: Path, scenario: str, raw: Mapping[str, Any]) -> Cue:
    role = str(raw.get("role", "customer"))
    if role not in _ROLES:
        raise LexiconError(
            f"{path}: scenario {scenario}: cue {raw['text']!r} has role {role!r}; write agent, customer or any"
        )
    return Cue(str(raw["text"]), float(raw["weight"]), role)


def _step(raw: Mapping[str, Any]) -> Step:
    return Step(
        str(raw["id"]), str(raw["zh"]), tuple(map(str, raw.get("labels", ()))), tuple(map(str, raw.get("phrases", ())))
    )
