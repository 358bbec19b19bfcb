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
        if signal.name in rule.signals:
            grouped[signal.name].append(signal)
    return tuple(_effect(worth, tuple(grouped[name])) for name, worth in rule.signals.items() if name in grouped)


def _effect(rule: SignalRule, signals: tuple[Signal, ...]) -> Effect:
    certain = [signal for signal in signals if not signal.doubtful]
    amounts = [signal.amount for signal in certain]
    full = _points(rule, amounts)
    least = _points(rule, [signal.amount * signal.certainty for signal in certain])
    doubtful = [signal.amount * signal.certainty for signal in signals if signal.doubtful]
    most = _points(rule, amounts + doubtful) if doubtful else full
    return Effect(rule, signals, full, min(least, most), max(least, most))


def _points(rule: SignalRule, amounts: Sequence[float]) -> float:
    """What amounts are worth together."""
    amount = max(amounts, default=0.0) if rule.once else math.fsum(amounts)
    return math.copysign(min(abs(rule.points) * amount, rule.cap), rule.points)
