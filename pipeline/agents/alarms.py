"""When a difference is said to be more than noise, although hundreds are looked at: Benjamini and Hochberg (1995).

Of all the changes that one report calls real, at most one in twenty is expected not to be.
"""

from collections.abc import Hashable, Mapping
from enum import StrEnum
from typing import TypeVar

FALSE_SHARE = 0.05

Key = TypeVar("Key", bound=Hashable)


class Direction(StrEnum):
    """What can be said of a change."""

    UP = "up"
    DOWN = "down"
    FLAT = "flat"
    UNKNOWN = "unknown"


def real(chances: Mapping[Key, float], *, false_share: float = FALSE_SHARE) -> frozenset[Key]:
    """Those whose chance of coming about by noise alone is small enough, given how many were looked at."""
    ranked = sorted(chances.items(), key=lambda entry: entry[1])
    passed = [i for i, (_, chance) in enumerate(ranked, start=1) if chance <= false_share * i / len(ranked)]
    return frozenset(key for key, _ in ranked[: max(passed, default=0)])


def direction(points: float | None, *, certain: bool) -> Direction:
    """Up or down where it is certain, flat where it is not, unknown without a figure."""
    if points is None:
        return Direction.UNKNOWN
    if not certain:
        return Direction.FLAT
    return Direction.UP if points > 0 else Direction.DOWN


def chance_by_noise(points: float, deviation: float, free: float) -> float:
    """Two-sided probability of a difference at least this large from noise alone (Student's t)."""
    from scipy.special import stdtr

    if deviation <= 0:
        return 0.0 if points else 1.0
    return float(2 * stdtr(free, -abs(points) / deviation))


def margin(deviation: float, free: float) -> float:
    """Half of the 95 % interval (Student's t)."""
    from scipy.special import stdtrit

    return float(stdtrit(free, 0.975)) * deviation
