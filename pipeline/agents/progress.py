"""Before and after a coaching plan: one agent's goals, with what everybody else gained taken off."""

from collections.abc import Mapping, Sequence
from math import pi
from statistics import fmean, median

import numpy as np

from pipeline.agents.calls import Calls
from pipeline.agents.change import MIN_CALLS, Change, TeamGain, follow_up
from pipeline.agents.difficulty import adjust, circumstances
from pipeline.agents.estimate import Moments, estimates, spread
from pipeline.agents.levels import moments_by_agent


def progress(calls: Calls, agent_id: str, since_day: float, names: Sequence[str]) -> tuple[Change, ...]:
    """What became of these scales since a day; difficulty is taken out with both periods' calls together.

    Parameters
    ----------
    since_day
        Days since the year 1; calls of that day and later are after, undated calls are left out.
    """
    hard = circumstances(calls)
    found = []
    for name in names:
        scores = adjust(calls.scores[name], calls.agent, hard).scores
        before = moments_by_agent(calls, np.where(calls.day < since_day, scores, np.nan))
        after = moments_by_agent(calls, np.where(calls.day >= since_day, scores, np.nan))
        found.append(_change(name, agent_id, before, after))
    return tuple(found)


def _change(name: str, agent_id: str, before: Mapping[str, Moments], after: Mapping[str, Moments]) -> Change:
    team = spread(before)
    if team is None:
        return Change(name, 0, after[agent_id].n)
    level = estimates(name, before)[agent_id]
    gain = _gain([(before[other], after[other]) for other in before if other != agent_id], team.calls)
    return follow_up(level, after[agent_id], call_variance=team.calls, gain=gain)


def _gain(others: Sequence[tuple[Moments, Moments]], call_variance: float) -> TeamGain:
    """Median change of those with calls on both sides: colleagues who were coached too do not move it."""
    known = [(then, now) for then, now in others if min(then.n, now.n) >= MIN_CALLS]
    if not known:
        return TeamGain()
    changes = [now.mean - then.mean for then, now in known]
    noise = fmean(call_variance * (1 / then.n + 1 / now.n) for then, now in known)
    # A median of normal figures varies pi/2 times as much as their mean.
    return TeamGain(median(changes), pi / 2 * noise / len(known))
