"""How far a score may be off beyond what the evidence itself leaves open: what was missed, misread, or is judged otherwise.

It widens intervals and never moves a score.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.schema import Polarity, Role, Transcript
from pipeline.scoring.doubt_rule import Detector, DoubtRule
from pipeline.scoring.effects import Effect
from pipeline.scoring.rubric import CriterionRule, family

REACTIONS = "customer"
"""The family of what rests on how the customer takes what he is told."""


@dataclass(frozen=True, slots=True)
class Sureness:
    """What a call's own circumstances leave of certainty, both from 0 to 1.

    Parameters
    ----------
    words
        How surely the agent's words were recognised, against the usual.
    roles
        How sure it is that they are the agent's.
    """

    words: float = 1.0
    roles: float = 1.0


@dataclass(frozen=True, slots=True)
class Reach:
    """Points below and above the evidence that was found."""

    down: float
    up: float


def sureness(transcript: Transcript, doubt: DoubtRule) -> Sureness:
    """From the agent's mean confidence by characters, and the confidence of the roles."""
    agent = [turn for turn in transcript.turns if turn.role is Role.AGENT]
    length = sum(len(turn.text) for turn in agent)
    mean = math.fsum(turn.confidence * len(turn.text) for turn in agent) / length if length else doubt.usual_confidence
    return Sureness(min(1.0, mean / doubt.usual_confidence), transcript.roles.confidence)


def reach(rule: CriterionRule, found: Sequence[Effect], doubt: DoubtRule, sure: Sureness) -> Reach:
    """What the criterion's evidence would change by if the detectors made their usual errors here too.

    Of evidence worth n points with recall r, n (1/r - 1) more was missed on average; of what was found, 1 - precision is
    none. What belongs to the other speaker counts for nothing.
    """
    down = up = 0.0
    for name, lowers, detector in _kinds(doubt):
        points = math.fsum(abs(each.points) for each in found if _is(each, name, lowers=lowers))
        missed = _missed(points, rule.most.get((name, lowers), 0.0), detector.recall * sure.words, doubt.unseen_points)
        misread = points * (1 - detector.precision * sure.words * sure.roles)
        down += missed if lowers else misread
        up += misread if lowers else missed
    return Reach(down, up)


def _kinds(doubt: DoubtRule) -> tuple[tuple[str, bool, Detector], ...]:
    """Families of signals that a detector finds, whether they lower the score, and the detector."""
    return (
        (Polarity.FORBIDDEN, True, doubt.forbidden),
        (Polarity.STANDARD, False, doubt.standard),
        (REACTIONS, True, doubt.reactions),
        (REACTIONS, False, doubt.reactions),
    )


def _is(effect: Effect, name: str, *, lowers: bool) -> bool:
    return (effect.points < 0) == lowers and family(effect.signals[0].name) == name


def _missed(points: float, most: float, recall: float, unseen_points: float) -> float:
    """Points of a kind that were said and not found, at most what the rubric still has to give."""
    share = 1 / max(recall, _LEAST_RECALL) - 1
    return min((points + unseen_points) * share, max(0.0, most - points))


_LEAST_RECALL = 0.1
"""With less nothing could be said at all; keeps the reach finite."""
