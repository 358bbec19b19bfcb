"""Every agent's level on every scale, from adjusted scores; and the same period by period."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from pipeline.agents.calls import Calls, Codes, Numbers
from pipeline.agents.difficulty import Adjustment, Circumstances, adjustments, circumstances, unsure_variance
from pipeline.agents.estimate import Estimate, Moments, Spread, estimates, spread
from pipeline.agents.trend import Trend, judged, trend

DIMENSIONS = ("politeness", "patience", "communication")
MAIN_SCALES = ("affinity", *DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Scale:
    """One scale of the whole team.

    Parameters
    ----------
    team
        The team's level and spreads; None where nobody was scored.
    agents
        Estimate of each agent, those without a score included.
    """

    name: str
    team: Spread | None
    adjustment: Adjustment
    agents: Mapping[str, Estimate]


def scales(calls: Calls) -> Mapping[str, Scale]:
    """Estimate all scales; the difficulty of calls is taken out first."""
    hard = circumstances(calls)
    return {name: _scale(name, calls, hard, found) for name, found in adjustments(calls, hard).items()}


def trends(calls: Calls, found: Mapping[str, Scale]) -> Mapping[str, tuple[Trend, ...]]:
    """Trends of affinity and dimensions by agent, false alarms controlled over the whole team."""
    own: dict[str, tuple[Trend, ...]] = {}
    for agent_id, rows in rows_by_agent(calls).items():
        own[agent_id] = tuple(
            trend(name, calls.day[rows], found[name].adjustment.scores[rows]) for name in MAIN_SCALES if name in found
        )
    return judged(own)


def rows_by_agent(calls: Calls) -> Mapping[str, Codes]:
    """Rows of each agent's calls."""
    order = np.argsort(calls.agent, kind="stable")
    edges = np.searchsorted(calls.agent[order], np.arange(len(calls.agents) + 1))
    return {agent: order[edges[i] : edges[i + 1]].astype(np.int32) for i, agent in enumerate(calls.agents)}


def moments_by_agent(calls: Calls, scores: Numbers) -> Mapping[str, Moments]:
    """Count, mean and spread of each agent's scores; what is not a number was not scored."""
    size = len(calls.agents)
    known = np.isfinite(scores)
    who, values = calls.agent[known], scores[known]
    counts = np.bincount(who, minlength=size)
    means = np.bincount(who, values, size) / np.maximum(counts, 1)
    squares = np.bincount(who, (values - means[who]) ** 2, size)
    absent = np.bincount(calls.agent[~known], minlength=size)
    return {
        agent: Moments(int(counts[i]), float(means[i]), float(squares[i]), int(absent[i]))
        for i, agent in enumerate(calls.agents)
    }


def _scale(name: str, calls: Calls, hard: Circumstances, found: Adjustment) -> Scale:
    moments = moments_by_agent(calls, found.scores)
    plain = moments_by_agent(calls, calls.scores[name])
    unsure = _unsure(calls, hard, found) if found.effects else {}
    levels = {
        agent: replace(estimate, mean=plain[agent].mean, adjusted=estimate.mean) if estimate.calls else estimate
        for agent, estimate in estimates(name, moments, unsure=unsure).items()
    }
    return Scale(name, spread(moments), found, levels)


def _unsure(calls: Calls, hard: Circumstances, found: Adjustment) -> Mapping[str, float]:
    known = np.isfinite(found.scores)
    return {
        agent: unsure_variance(hard.values[scored], found.covariance)
        for agent, rows in rows_by_agent(calls).items()
        if len(scored := rows[known[rows]])
    }
