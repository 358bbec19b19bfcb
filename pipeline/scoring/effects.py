"""What the signals of one criterion do to its score: points that count, and how far doubt may move them."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.criteria.registry import Signal
from pipeline.schema import Polarity
from pipeline.scoring.rubric import CriterionRule, SignalRule


@dataclass(frozen=True, slots=True)
class Effect:
    """All signals of one name together.

    Parameters
    ----------
    points
        What counts.
    lone
        Whether it counts less because it is part of the only fault of the call.
    low, high
        The least and the most it could be if all doubts were settled, ``low <= points <= high``.
    """

    rule: SignalRule
    signals: tuple[Signal, ...]
    points: float
    low: float
    high: float
    lone: bool = False


def effects(rule: CriterionRule, signals: Sequence[Signal], *, fault_share: float = 1.0) -> tuple[Effect, ...]:
    """One effect per signal name that the rubric gives points to, in the rubric's order.

    Parameters
    ----------
    fault_share
        Share of their points that forbidden phrases cost in this call.
    """
    grouped: defaultdict[str, list[Signal]] = defaultdict(list)
    for signal in signals:
        if signal.name in rule.signals:
            grouped[signal.name].append(signal)
    return tuple(
        _effect(worth, tuple(grouped[name]), fault_share if name.startswith(Polarity.FORBIDDEN) else 1.0)
        for name, worth in rule.signals.items()
        if name in grouped
    )


def _effect(rule: SignalRule, signals: tuple[Signal, ...], share: float) -> Effect:
    """What the signals do; at the worst they are not alone and count whole."""
    certain = [signal for signal in signals if not signal.doubtful]
    amounts = [signal.amount for signal in certain]
    full = _points(rule, amounts)
    least = share * _points(rule, [signal.amount * signal.certainty for signal in certain])
    doubtful = [signal.amount * signal.certainty for signal in signals if signal.doubtful]
    most = _points(rule, amounts + doubtful) if doubtful else full
    return Effect(rule, signals, share * full, min(least, most), max(least, most), lone=share < 1.0 and full != 0.0)


def _points(rule: SignalRule, amounts: Sequence[float]) -> float:
    """What amounts are worth together."""
    amount = max(amounts, default=0.0) if rule.once else math.fsum(amounts)
    return math.copysign(min(abs(rule.points) * amount, rule.cap), rule.points)
