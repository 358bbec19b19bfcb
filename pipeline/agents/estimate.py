"""Means with intervals that admit few calls.

With n calls of mean y for an agent, k agents, N calls in all:

    s²  = (sum of squares within agents + 4 · 12²) / (N - k + 4)            spread of calls of one agent
    t²  = ((k - 1) · max(0, (MSB - s²) / n₀) + 2 · 8²) / (k - 1 + 2)        spread of agents
          MSB = Σ n (y - Y)² / (k - 1),  n₀ = (N - Σ n² / N) / (k - 1),  Y = mean of all calls
    w   = 1 / (t² + s² / n),   team mean m = Σ w y / Σ w
    B   = t² / (t² + s² / n)                                                0: all team, 1: all own calls
    estimate = m + B (y - m)
    variance = B s² / n + (1 - B)² / Σ w + 2 (1 - B)² (y - m)² / (k - 1 + 2)
    interval = estimate ± 1.96 · √variance

This is empirical Bayes by moments (one-way analysis of variance); the last part of the variance, after Morris (1983),
is for not knowing t² exactly. The constants are a weak prior, so that two agents
or two calls never look certain: calls of one agent usually lie about 12 points apart and agents about 8 (inspectors
themselves agree within 10). With one agent the estimate is the agent's own mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

_Z = 1.96
_PRIOR_CALL_SPREAD, _PRIOR_CALL_WEIGHT = 12.0, 4
_PRIOR_AGENT_SPREAD, _PRIOR_AGENT_WEIGHT = 8.0, 2


@dataclass(slots=True)
class Moments:
    """Count, mean and sum of squared deviations of a stream of scores (Welford)."""

    n: int = 0
    mean: float = 0.0
    squares: float = 0.0
    abstained: int = 0

    def add(self, score: float | None) -> None:
        """Take in one score; None is an abstention."""
        if score is None:
            self.abstained += 1
            return
        self.n += 1
        step = score - self.mean
        self.mean += step / self.n
        self.squares += step * (score - self.mean)


@dataclass(frozen=True, slots=True)
class Estimate:
    """An agent's level on one scale, drawn towards the team by as much as few calls demand.

    Parameters
    ----------
    calls, abstained
        Calls with a score, and calls where it was not scored.
    mean
        Plain mean of the agent's calls.
    level, low, high
        The estimate and its 95 % interval; None without a scored call.
    deviation
        Standard deviation of the estimate, before the interval is cut at 0 and 100.
    adjusted
        Mean after the difficulty of the calls was taken out, where it was.
    """

    name: str
    calls: int
    abstained: int
    mean: float | None = None
    level: float | None = None
    low: float | None = None
    high: float | None = None
    deviation: float | None = None
    adjusted: float | None = None

    def overlaps(self, other: "Estimate") -> bool:
        """Whether the intervals touch, so that the two must not be ranked."""
        if self.low is None or self.high is None or other.low is None or other.high is None:
            return True
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something was so, with Wilson's 95 % interval; None where there was no occasion."""

    done: int
    of: int
    ratio: float | None = None
    low: float | None = None
    high: float | None = None


def rate(done: int, of: int) -> Rate:
    """Share of occasions, with the interval of Wilson (1927), which holds for few of them."""
    if of == 0:
        return Rate(0, 0)
    share = done / of
    centre = (share + _Z**2 / (2 * of)) / (1 + _Z**2 / of)
    half = _Z * sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2)) / (1 + _Z**2 / of)
    return Rate(done, of, share, max(0.0, centre - half), min(1.0, centre + half))


def estimates(
    name: str, team: Mapping[str, Moments], *, unsure: Mapping[str, float] | None = None
) -> Mapping[str, Estimate]:
    """Estimate every agent's level on one scale from the whole team's scores (formula in the module's docstring).

    Parameters
    ----------
    unsure
        Variance to be added to an agent's mean, for what is not known of the difficulty of the calls.
    """
    found = spread(team)
    extra = unsure or {}
    return {agent: _estimate(name, moments, found, extra.get(agent, 0.0)) for agent, moments in team.items()}


@dataclass(frozen=True, slots=True)
class Spread:
    """What the whole team tells about a scale: m, 1 / Σ w, s², t² and k of the module's docstring."""

    middle: float
    middle_variance: float
    calls: float
    agents: float
    count: int


def spread(team: Mapping[str, Moments]) -> Spread | None:
    """Find the team's level on a scale, and how far calls and agents lie apart; None without a scored call."""
    scored = {agent: moments for agent, moments in team.items() if moments.n}
    if not scored:
        return None
    calls = _call_variance(scored)
    agents = _agent_variance(scored, calls)
    weights = {agent: 1 / (agents + calls / moments.n) for agent, moments in scored.items()}
    total = sum(weights.values())
    middle = sum(weights[agent] * moments.mean for agent, moments in scored.items()) / total
    return Spread(middle, 1 / total, calls, agents, len(scored))


def _estimate(name: str, moments: Moments, team: Spread | None, extra: float) -> Estimate:
    if team is None or not moments.n:
        return Estimate(name, 0, moments.abstained)
    noise = team.calls / moments.n + extra
    own = team.agents / (team.agents + noise)
    away = (1 - own) * (moments.mean - team.middle)
    unsure_spread = 2 / (team.count - 1 + _PRIOR_AGENT_WEIGHT) * away**2
    deviation = sqrt(own * noise + (1 - own) ** 2 * team.middle_variance + unsure_spread)
    # An adjusted mean may lie beyond the ends of the scale.
    level = min(100.0, max(0.0, moments.mean - away))
    low, high = max(0.0, level - _Z * deviation), min(100.0, level + _Z * deviation)
    return Estimate(name, moments.n, moments.abstained, moments.mean, level, low, high, deviation)


def _call_variance(scored: Mapping[str, Moments]) -> float:
    squares = sum(moments.squares for moments in scored.values()) + _PRIOR_CALL_WEIGHT * _PRIOR_CALL_SPREAD**2
    return squares / (sum(moments.n - 1 for moments in scored.values()) + _PRIOR_CALL_WEIGHT)


def _agent_variance(scored: Mapping[str, Moments], call_variance: float) -> float:
    between = len(scored) - 1
    found = _between_variance(scored, call_variance) if between else 0.0
    return (between * found + _PRIOR_AGENT_WEIGHT * _PRIOR_AGENT_SPREAD**2) / (between + _PRIOR_AGENT_WEIGHT)


def _between_variance(scored: Mapping[str, Moments], call_variance: float) -> float:
    calls = sum(moments.n for moments in scored.values())
    middle = sum(moments.n * moments.mean for moments in scored.values()) / calls
    between = sum(moments.n * (moments.mean - middle) ** 2 for moments in scored.values()) / (len(scored) - 1)
    typical = (calls - sum(moments.n**2 for moments in scored.values()) / calls) / (len(scored) - 1)
    return max(0.0, (between - call_variance) / typical)
