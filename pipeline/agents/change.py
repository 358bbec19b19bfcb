"""Changes between two periods, and what became of a coaching goal.

Goals are chosen because something was low, and part of what was low was bad luck: the next calls come out better without
any coaching (regression to the mean). So the level before is the one drawn towards the team, and what the whole team gained
meanwhile (a new list of phrases, an easier month) is taken off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt

from pipeline.agents.alarms import FALSE_SHARE, Direction, chance_by_noise, direction, margin, real
from pipeline.agents.estimate import Estimate, Moments

MIN_CALLS = 5
_MANY = 200.0


@dataclass(frozen=True, slots=True)
class Change:
    """After less before, in points, with the 95 % interval; None where a side has too few calls.

    Parameters
    ----------
    team
        What the team changed by meanwhile; already taken off where it says so.
    """

    name: str
    calls_before: int
    calls_after: int
    before: float | None = None
    after: float | None = None
    points: float | None = None
    low: float | None = None
    high: float | None = None
    team: float | None = None
    chance: float | None = None
    direction: Direction = Direction.UNKNOWN


def between(name: str, before: Moments, after: Moments, *, call_variance: float) -> Change:
    """One agent's mean of one period against the period before; its direction is not judged yet."""
    if before.n < MIN_CALLS or after.n < MIN_CALLS:
        return Change(name, before.n, after.n)
    deviation = sqrt(call_variance * (1 / before.n + 1 / after.n))
    return _change(Change(name, before.n, after.n, before.mean, after.mean), deviation)


@dataclass(frozen=True, slots=True)
class TeamGain:
    """By how many points colleagues changed over the same time, and how sure that is."""

    points: float = 0.0
    variance: float = 0.0


def follow_up(before: Estimate, after: Moments, *, call_variance: float, gain: TeamGain) -> Change:
    """What became of a goal: the calls since, less what the team gained, against the estimated level at the time."""
    if before.level is None or before.deviation is None or after.n < MIN_CALLS:
        return Change(before.name, before.calls, after.n, before.level)
    deviation = sqrt(before.deviation**2 + call_variance / after.n + gain.variance)
    fair = Change(before.name, before.calls, after.n, before.level, after.mean - gain.points, team=gain.points)
    found = _change(fair, deviation)
    certain = found.chance is not None and found.chance <= FALSE_SHARE
    return replace(found, after=after.mean, direction=direction(found.points, certain=certain))


def judged(changes: Mapping[str, tuple[Change, ...]]) -> Mapping[str, tuple[Change, ...]]:
    """The same changes by agent, with directions; false alarms are controlled over all of them together."""
    chances = {(agent, each.name): each.chance for agent, own in changes.items() for each in own}
    certain = real({key: chance for key, chance in chances.items() if chance is not None})
    return {
        agent: tuple(
            replace(each, direction=direction(each.points, certain=(agent, each.name) in certain)) for each in own
        )
        for agent, own in changes.items()
    }


def _change(change: Change, deviation: float) -> Change:
    points = (change.after or 0.0) - (change.before or 0.0)
    half = margin(deviation, _MANY)
    return replace(
        change,
        points=points,
        low=points - half,
        high=points + half,
        chance=chance_by_noise(points, deviation, _MANY),
    )
