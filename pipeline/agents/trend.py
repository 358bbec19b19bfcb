"""Whether an agent's level moves: a weighted regression of daily means on time.

Days, not calls, are the units: calls of one day share a mood, a promotion, a fault in the net, and counting each as news
would ring false alarms. A day weighs as its calls, but for what the day itself adds: n / (1 + (n - 1) · 0.1).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipeline.agents.alarms import Direction, chance_by_noise, direction, margin, real
from pipeline.agents.calls import Numbers

PER_DAYS = 30.0
MIN_DAYS = 6
MIN_SPAN_DAYS = 14.0
_DAY_SHARE = 0.1
"""Assumed correlation of one agent's calls of one day."""


@dataclass(frozen=True, slots=True)
class Trend:
    """Change per 30 days with its 95 % interval; all None where there are too few days.

    Parameters
    ----------
    chance
        Of a slope at least this steep by noise alone.
    direction
        After control of false alarms over everything that is reported together.
    """

    name: str
    days: int
    points: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    direction: Direction = Direction.UNKNOWN


def trend(name: str, day: Numbers, scores: Numbers) -> Trend:
    """Slope of one agent's scores on one scale; its direction is not judged yet."""
    known = np.isfinite(day) & np.isfinite(scores)
    dates, which, counts = np.unique(np.floor(day[known]), return_inverse=True, return_counts=True)
    if len(dates) < MIN_DAYS or dates[-1] - dates[0] < MIN_SPAN_DAYS:
        return Trend(name, len(dates))
    means = np.bincount(which, scores[known]) / counts
    weights = counts / (1 + (counts - 1) * _DAY_SHARE)
    return _fitted(name, dates, means, weights)


def judged(trends: Mapping[str, tuple[Trend, ...]]) -> Mapping[str, tuple[Trend, ...]]:
    """The same trends by agent, with directions; false alarms are controlled over all agents and scales together."""
    chances = {(agent, each.name): each.chance for agent, own in trends.items() for each in own}
    certain = real({key: chance for key, chance in chances.items() if chance is not None})
    return {
        agent: tuple(
            replace(each, direction=direction(each.points, certain=(agent, each.name) in certain)) for each in own
        )
        for agent, own in trends.items()
    }


def _fitted(name: str, dates: Numbers, means: Numbers, weights: Numbers) -> Trend:
    total = weights.sum()
    away = dates - (weights @ dates) / total
    spread = weights @ away**2
    slope = (weights @ (away * means)) / spread
    rest = means - (weights @ means) / total - slope * away
    free = len(dates) - 2
    deviation = float(np.sqrt((weights @ rest**2) / free / spread))
    half = margin(deviation, free)
    points = float(slope) * PER_DAYS
    chance = chance_by_noise(float(slope), deviation, free)
    return Trend(name, len(dates), points, points - half * PER_DAYS, points + half * PER_DAYS, chance)
