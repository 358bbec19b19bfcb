"""What reports say of simulated agents holds against the truth; ``benchmarks/agents_bench.py`` has the whole table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from simulated_calls import HOSTILE_POINTS, SCENARIO_POINTS, START, World, agents, calls, expected_hardness

from pipeline.agents.alarms import Direction, real
from pipeline.agents.calls import CallColumns
from pipeline.agents.change import MIN_CALLS
from pipeline.agents.difficulty import adjust, circumstances
from pipeline.agents.estimate import Estimate
from pipeline.agents.groups import busy, contrasts
from pipeline.agents.levels import moments_by_agent, scales, trends
from pipeline.agents.progress import progress
from pipeline.agents.tiers import tiers
from pipeline.agents.trend import judged, trend


def columns(stream):
    table = CallColumns()
    for call in stream:
        table.add(call)
    return table.columns()


def team(world, seed):
    rng = np.random.default_rng(seed)
    found = agents(world, rng)
    table = columns(calls(world, found, rng))
    truth = {agent.id: agent.level + expected_hardness(world) for agent in found}
    return table, truth


UNFAIR = World(agents=60, unfair=True)


def test_intervals_hold_the_truth_as_often_as_they_say():
    inside = []
    for seed in range(6):
        table, truth = team(UNFAIR, seed)
        found = scales(table)["affinity"].agents
        inside += [each.low <= truth[agent] <= each.high for agent, each in found.items()]
    assert 0.91 <= np.mean(inside) <= 0.985


def test_taking_difficulty_out_brings_order_back():
    ours, plain = [], []
    for seed in range(6):
        table, truth = team(UNFAIR, seed)
        scale = scales(table)["affinity"]
        true = [truth[agent] for agent in table.agents]
        ours.append(stats.kendalltau([scale.agents[agent].level for agent in table.agents], true)[0])
        plain.append(stats.kendalltau([scale.agents[agent].mean for agent in table.agents], true)[0])
    assert np.mean(ours) > np.mean(plain) + 0.03


def test_effects_of_circumstances_are_found():
    table, _ = team(World(agents=60, calls=(60, 80), unfair=True), 1)
    found = {effect.name: effect for effect in scales(table)["affinity"].adjustment.effects}
    for name, points in {**SCENARIO_POINTS, "hostile": HOSTILE_POINTS}.items():
        if name != "consult":
            assert found[name].low - 0.5 <= points <= found[name].high + 0.5
    assert found["hostile"].high < 0 and found["complaint"].high < 0


def test_few_or_equal_calls_are_not_adjusted():
    table, _ = team(World(agents=2, calls=(3, 4)), 0)
    assert scales(table)["affinity"].adjustment.effects == ()
    (only,) = {estimate.adjusted == estimate.mean for estimate in scales(table)["affinity"].agents.values()}
    assert only


def test_adjusting_keeps_the_teams_mean():
    table, _ = team(UNFAIR, 3)
    adjusted = adjust(table.scores["affinity"], table.agent, circumstances(table)).scores
    assert adjusted.mean() == pytest.approx(table.scores["affinity"].mean())


def test_agents_who_do_not_change_are_seldom_said_to():
    found = [each for seed in range(8) for own in _trends(World(agents=40, calls=(12, 40)), seed) for each in own]
    judged_ = [each for each in found if each.points is not None]
    assert len(judged_) > 600
    assert np.mean([each.direction is not Direction.FLAT for each in judged_]) < 0.01


def _trends(world, seed):
    table, _ = team(world, seed)
    return trends(table, scales(table)).values()


def test_agents_who_do_change_are_found():
    found = [each for own in _trends(World(agents=20, calls=(150, 200), slope=9.0), 1) for each in own]
    assert np.mean([each.direction is Direction.UP for each in found if each.name == "affinity"]) > 0.8


def test_a_clear_line_is_a_trend_and_few_days_are_none():
    day = START.toordinal() + np.arange(30.0)
    rising = judged({"8001": (trend("affinity", day, 60 + np.arange(30) / 3 + np.tile([0.5, -0.5], 15)),)})["8001"][0]
    assert rising.direction is Direction.UP and rising.points == pytest.approx(10, abs=0.3)
    assert rising.low < rising.points < rising.high
    few = trend("affinity", day[:5], np.arange(5.0))
    assert (few.points, few.direction) == (None, Direction.UNKNOWN)
    assert trend("affinity", np.full(30, np.nan), np.arange(30.0)).points is None


def test_many_calls_of_one_day_are_not_many_news():
    day = START.toordinal() + np.repeat(np.arange(6.0) * 4, 40)
    moods = np.repeat([70.0, 66.0, 72.0, 74.0, 69.0, 76.0], 40) + np.random.default_rng(0).normal(0, 3, 240)
    naive = stats.linregress(day, moods).pvalue
    (ours,) = judged({"8001": (trend("affinity", day, moods),)})["8001"]
    assert naive < 0.001 and ours.direction is Direction.FLAT


def test_goals_do_not_improve_by_themselves():
    """The lowest are coached to no effect: plain means rise, ours do not say so."""
    plain, ours, said = [], [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        world = World(agents=30, calls=(8, 20), agent_spread=3.0)
        people = agents(world, rng)
        first = list(calls(world, people, rng))
        both = columns([*first, *calls(world, people, rng, start=world.days)])
        before = moments_by_agent(columns(first), columns(first).scores["affinity"])
        worst = sorted(before, key=lambda agent: before[agent].mean)[:3]
        for agent in worst:
            (change,) = progress(both, agent, START.toordinal() + world.days, ["affinity"])
            rows = both.rows_of(agent)[-before[agent].n :]
            plain.append(both.scores["affinity"][rows].mean() - before[agent].mean)
            ours.append(change.points)
            said.append(change.direction is Direction.UP)
    assert np.mean(plain) > 3.5 and abs(np.mean(ours)) < 2.5 and np.mean(said) <= 0.1


def test_what_everybody_gained_is_nobodys_progress():
    rng = np.random.default_rng(5)
    world = World(agents=30, calls=(20, 30))
    people = agents(world, rng)
    later = [type(agent)(agent.id, agent.level + 10, agent.calls) for agent in people]
    both = columns([*calls(world, people, rng), *calls(world, later, rng, start=world.days)])
    (change,) = progress(both, "8003", START.toordinal() + world.days, ["affinity"])
    assert change.team == pytest.approx(10, abs=1.5) and change.direction is Direction.FLAT
    none = progress(both, "8003", START.toordinal() + 400, ["affinity"])[0]
    assert (none.calls_after < MIN_CALLS, none.points) == (True, None)


def test_the_same_service_is_called_the_same():
    table, _ = team(World(agents=40, calls=(20, 40)), 2)
    scale = scales(table)["affinity"].adjustment.scores
    found = {(each.grouping, each.group): each for each in contrasts(table, table.scores["affinity"], scale)}
    assert found["busy", "yes"].direction is Direction.FLAT and found["queue", "宽带"].direction is Direction.FLAT
    assert found["hostile", "yes"].direction is Direction.DOWN and found["scenario", "complaint"].points < -4


def test_worse_service_in_busy_hours_is_found():
    table, _ = team(World(agents=40, calls=(20, 40)), 2)
    scores = table.scores["affinity"]
    worse = scores - 6 * busy(table)
    before, after = (
        next(each for each in contrasts(table, given_, given_) if each.grouping == "busy") for given_ in (scores, worse)
    )
    assert before.direction is not Direction.DOWN and after.direction is Direction.DOWN
    assert after.points - before.points == pytest.approx(-6)


@given(st.dictionaries(st.integers(), st.floats(0, 1), max_size=60))
def test_smaller_chances_are_real_before_larger_ones(chances):
    found = real(chances)
    assert all(chances[key] <= chances[other] for key in found for other in chances.keys() - found)
    assert all(chances[key] <= 0.05 for key in found)


def test_one_chance_in_twenty_among_hundred_is_not_real():
    assert real({i: (i + 1) / 100 for i in range(100)}) == frozenset()
    assert real({0: 0.0001} | {i: (i + 1) / 100 for i in range(1, 100)}) == {0}


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 30)), min_size=1, max_size=20), st.floats(0, 100))
@settings(max_examples=60)
def test_upper_and_lower_groups_never_touch(levels, middle):
    team_ = {
        f"{i:02d}": Estimate("affinity", 5, 0, level, level, level - half, level + half)
        for i, (level, half) in enumerate(levels)
    }
    found = tiers(team_, middle)
    assert sorted(found.order) == sorted(team_)
    assert not any(team_[up].overlaps(team_[down]) for up in found.above for down in found.below)
    assert list(found.level) == sorted(found.level)
