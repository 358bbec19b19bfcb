"""A fair order: three groups instead of ranks, because the levels of most agents cannot be told apart."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.agents.estimate import Estimate


@dataclass(frozen=True, slots=True)
class Tiers:
    """Agents by what can be said: surely above the team's level, surely below, or neither; by id within a group."""

    above: tuple[str, ...]
    level: tuple[str, ...]
    below: tuple[str, ...]
    unscored: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[str, ...]:
        """All agents, group by group."""
        return (*self.above, *self.level, *self.below, *self.unscored)


def side(estimate: Estimate, middle: float) -> int:
    """1 where the whole interval lies above the team's level, -1 where below, else 0."""
    if estimate.low is None or estimate.high is None:
        return 0
    return int(estimate.low > middle) - int(estimate.high < middle)


def tiers(agents: Mapping[str, Estimate], middle: float | None) -> Tiers:
    """Group agents by their intervals; no interval of the upper group touches one of the lower."""
    scored = {agent: each for agent, each in sorted(agents.items()) if each.level is not None}
    sides = {agent: side(each, middle) if middle is not None else 0 for agent, each in scored.items()}
    above, level, below = (tuple(agent for agent, on in sides.items() if on == wanted) for wanted in (1, 0, -1))
    return Tiers(above, level, below, tuple(agent for agent in sorted(agents) if agent not in scored))
