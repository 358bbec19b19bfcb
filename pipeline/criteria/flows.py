"""What the call is about, and which steps of its flow the agent took (norm section 3)."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import LexiconError
from pipeline.schema import Finding, FlowStep, Role, Scenario, Status, Transcript, Turn

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


def find_scenario(transcript: Transcript, flows: FlowBook) -> Scenario:
    """The scenario whose cues weigh most, by softmax; unnamed without cues or without a clear lead."""
    said = {role: "\n".join(turn.text for turn in transcript.turns if role in {"any", turn.role}) for role in _ROLES}
    sums = {
        name: math.fsum(cue.weight for cue in cues if re.search(cue.text, said[cue.role]))
        for name, cues in flows.cues.items()
    }
    if transcript.roles.withheld or not any(sums.values()):
        return Scenario(None, 0.0)
    top = max(sums.values())
    shares = {name: math.exp(value - top) for name, value in sums.items()}
    best = max(shares, key=lambda name: shares[name])
    probability = shares[best] / math.fsum(shares.values())
    return Scenario(best if probability >= MIN_PROBABILITY else None, round(probability, 3))


def follow(
    transcript: Transcript, findings: Sequence[Finding], scenario: Scenario, flows: FlowBook
) -> tuple[FlowStep, ...]:
    """The steps of the scenario's flow, each with the agent's first turn that took it; none without a flow."""
    steps = flows.steps.get(scenario.name, ()) if scenario.name else ()
    agent = [turn for turn in transcript.turns if turn.role is Role.AGENT]
    return tuple(_followed(step, agent, findings) for step in steps)


def _followed(step: Step, agent: Sequence[Turn], findings: Sequence[Finding]) -> FlowStep:
    labelled = {f.evidence.turn for f in findings if f.label in step.labels and f.status is Status.CERTAIN}
    taken = next(
        (turn.index for turn in agent if turn.index in labelled or any(phrase in turn.text for phrase in step.phrases)),
        None,
    )
    return FlowStep(step.zh, taken is not None, taken)


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
