"""What reports say of simulated agents whose true levels are known, beside plain means.

    python tests/benchmarks/agents_bench.py [--teams N]

Every team has 40 agents with 3 to 40 calls in 60 days. ``plain`` is what others print: the agent's own mean with a t interval,
ranks by means, an own regression on calls for the trend, and before-and-after as a difference of means.
"""

import argparse
import sys
import warnings
from collections import defaultdict
from pathlib import Path

import numpy as np
from scipy import stats

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from simulated_calls import START, World, agents, calls, expected_hardness  # noqa: E402

from pipeline.agents.alarms import Direction  # noqa: E402
from pipeline.agents.calls import CallColumns  # noqa: E402
from pipeline.agents.levels import moments_by_agent, rows_by_agent, scales, trends  # noqa: E402
from pipeline.agents.progress import progress  # noqa: E402

WORLDS = {
    "fair mix, normal noise": World(),
    "good agents get the complaints": World(unfair=True),
    "long tails, red lines, ceiling": World(heavy=True),
    "days differ by 5 points": World(day_spread=5.0),
    "agents hardly differ (2 points)": World(agent_spread=2.0),
    "everybody gains 6 points a month": World(slope=6.0),
}


def measure(world: World, teams: int, seed: int) -> dict[str, float]:
    """Figures of one world."""
    rng = np.random.default_rng(seed)
    found: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(teams):
        team = agents(world, rng)
        stream = list(calls(world, team, rng))
        table = columns(stream)
        truth = np.array([agent.level + expected_hardness(world) for agent in team])
        _levels(table, world, truth, found)
        _trends(table, found)
        _goals(world, team, stream, rng, found)
    return {name: float(np.mean(values)) for name, values in found.items()}


def columns(stream):
    """Calls as columns."""
    table = CallColumns()
    for call in stream:
        table.add(call)
    return table.columns()


def _levels(table, world, truth, found) -> None:
    scale = scales(table)["affinity"]
    own = [scale.agents[agent] for agent in table.agents]
    if world.heavy:
        truth = _long_run(world, truth)
    plain = [table.scores["affinity"][rows] for rows in rows_by_agent(table).values()]
    means = np.array([values.mean() for values in plain])
    errors = np.array([values.std(ddof=1) / len(values) ** 0.5 for values in plain])
    counts = np.array([len(values) for values in plain])
    for level in (0.90, 0.95):
        z = stats.norm.ppf(0.5 + level / 2)
        inside = [abs(each.level - true) <= z * each.deviation for each, true in zip(own, truth, strict=True)]
        found[f"cover {level:.0%} ours"] += inside
        half = stats.t.ppf(0.5 + level / 2, counts - 1) * errors
        found[f"cover {level:.0%} plain"] += list(np.abs(means - truth) <= half)
        found[f"width {level:.0%} ours"] += [2 * z * each.deviation for each in own]
        found[f"width {level:.0%} plain"] += list(2 * half)
    levels = np.array([each.level for each in own])
    found["error ours"].append(float(np.abs(levels - truth).mean()))
    found["error plain"].append(float(np.abs(means - truth).mean()))
    found["tau ours"].append(stats.kendalltau(levels, truth)[0])
    found["tau plain"].append(stats.kendalltau(means, truth)[0])


def _long_run(world, truth):
    """Clipping and red lines move the mean; then only many calls tell it."""
    noise = np.random.default_rng(1).standard_t(4, 4000) * world.call_spread / 2**0.5
    return np.array([0.99 * np.clip(true + noise, 0, 100).mean() for true in truth])


def _trends(table, found) -> None:
    judged = trends(table, scales(table))
    ours = [each for own in judged.values() for each in own if each.name == "affinity" and each.points is not None]
    found["trend up ours"] += [each.direction is Direction.UP for each in ours]
    found["trend down ours"] += [each.direction is Direction.DOWN for each in ours]
    for rows in rows_by_agent(table).values():
        if len(rows) >= 3:
            fitted = stats.linregress(table.day[rows], table.scores["affinity"][rows])
            sure = fitted.pvalue < 0.05
            found["trend up plain"].append(sure and fitted.slope > 0)
            found["trend down plain"].append(sure and fitted.slope < 0)


def _goals(world, team, stream, rng, found) -> None:
    """The five lowest agents are coached, to no effect; ten calls later somebody asks whether it helped."""
    again = [type(agent)(agent.id, agent.level, 10) for agent in team]
    later = list(calls(world, again, rng, start=world.days))
    both, first, second = columns([*stream, *later]), columns(stream), columns(later)
    then, now = (moments_by_agent(part, part.scores["affinity"]) for part in (first, second))
    worst = sorted(first.agents, key=lambda agent: then[agent].mean)[:5]
    for agent in worst:
        (ours,) = progress(both, agent, START.toordinal() + world.days, ["affinity"])
        found["coached up ours"].append(ours.direction is Direction.UP)
        found["coached gain ours"].append(ours.points)
        gain = now[agent].mean - then[agent].mean
        error = np.sqrt(_variance(then[agent]) / then[agent].n + _variance(now[agent]) / now[agent].n)
        found["coached up plain"].append(gain > 1.96 * error)
        found["coached gain plain"].append(gain)


def _variance(moments) -> float:
    return moments.squares / (moments.n - 1)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--teams", type=int, default=60, help="simulated teams a world")
    teams = options.parse_args().teams
    warnings.simplefilter("ignore")
    print(
        "| world | interval 95 % holds: plain, ours | 90 %: plain, ours | width 95 %: plain, ours | mean error: plain, ours ",
        end="",
    )
    print(
        "| order (Kendall τ): plain, ours | 'improved': plain, ours | coached to no effect, 'improved': plain, ours |"
    )
    print("|---" * 8 + "|")
    for number, (name, world) in enumerate(WORLDS.items()):
        f = measure(world, teams, number)
        print(
            f"| {name} | {f['cover 95% plain']:.3f}, {f['cover 95% ours']:.3f} | {f['cover 90% plain']:.3f}, {f['cover 90% ours']:.3f} "
            f"| {f['width 95% plain']:.0f}, {f['width 95% ours']:.0f} | {f['error plain']:.1f}, {f['error ours']:.1f} "
            f"| {f['tau plain']:.2f}, {f['tau ours']:.2f} | {f['trend up plain']:.3f}, {f['trend up ours']:.3f} "
            f"| {f['coached up plain']:.3f}, {f['coached up ours']:.3f} (mean gain {f['coached gain plain']:+.1f}, {f['coached gain ours']:+.1f}) |",
            flush=True,
        )


if __name__ == "__main__":
    main()
