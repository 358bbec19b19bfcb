"""What the signals of one criterion do to its score: points that count, and how far doubt may move them."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.criteria.registry import Signal
from pipeline.scoring.rubric import CriterionRule, SignalRule


@dataclass(frozen=True, slots=True)
class Effect:
    """All signals of one name together.

    Parameters
    ----------
    points
        What counts.
    low, high
        The least and the most it could be if all doubts were settled, ``low <= points <= high``.
    """

    rule: SignalRule
    signals: tuple[Signal, ...]
    points: float
    low: float
    high: float


def effects(rule: CriterionRule, signals: Sequence[Signal]) -> tuple[Effect, ...]:
    """One effect per signal name that the rubric gives points to, in the rubric's order."""
    grouped: defaultdict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        grouped[signal.name].append(signal)
    return tuple(_effect(worth, tuple(grouped[name])) for name, worth in rule.signals.items() if name in grouped)


def _effect(rule: SignalRule, signals: tuple[Signal, ...]) -> Effect:
    certain = [signal for signal in signals if not signal.doubtful]
    doubtful = [signal.amount * signal.certainty for signal in signals if signal.doubtful]
    full = _together([signal.amount for signal in certain], rule)
    least = _together([signal.amount * signal.certainty for signal in certain], rule)
    most = _together([signal.amount for signal in certain] + doubtful, rule)
    low, high = sorted((_points(least, rule), _points(most, rule)))
    return Effect(rule, signals, _points(full, rule), low, high)


def _together(amounts: Sequence[float], rule: SignalRule) -> float:
    return max(amounts, default=0.0) if rule.once else math.fsum(amounts)


def _points(amount: float, rule: SignalRule) -> float:
    return math.copysign(min(abs(rule.points) * amount, rule.cap), rule.points)
