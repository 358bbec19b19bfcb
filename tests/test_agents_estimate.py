"""Few calls are drawn to the team and get wide intervals; many speak for themselves."""

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.agents.estimate import Estimate, Moments, estimates, rate


def moments(*scores):
    made = Moments()
    for score in scores:
        made.add(score)
    return made


@given(st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_moments_are_those_of_the_whole_list(scores):
    made = moments(*scores)
    assert made.n == len(scores)
    assert made.mean == pytest.approx(statistics.fmean(scores), abs=1e-9)
    assert made.squares == pytest.approx(statistics.pvariance(scores) * len(scores), abs=1e-6)


def test_abstentions_are_counted_and_never_averaged():
    made = moments(80.0, None, None, 60.0)
    assert (made.n, made.abstained, made.mean) == (2, 2, 70.0)


def test_one_agent_keeps_the_plain_mean():
    (only,) = estimates("affinity", {"8001": moments(60.0, 70.0, 80.0)}).values()
    assert only.level == pytest.approx(70.0) and only.mean == 70.0
    assert only.low < 60.0 and only.high > 80.0


def test_agent_without_scores_gets_no_level():
    found = estimates("affinity", {"8001": moments(None), "8002": moments(70.0)})
    assert found["8001"] == Estimate("affinity", 0, 1)
    assert estimates("affinity", {"8001": moments(None)})["8001"].level is None


def test_few_calls_are_drawn_further_and_admit_more():
    team = {"few": moments(40.0, 44.0), "many": moments(*[40.0, 44.0] * 20), "rest": moments(*[78.0, 82.0] * 20)}
    found = estimates("affinity", team)
    few, many = found["few"], found["many"]
    assert few.mean == many.mean == 42.0
    assert many.mean < many.level < few.level < found["rest"].level
    assert few.high - few.low > many.high - many.low > 1.0
    assert not many.overlaps(found["rest"])


def test_two_single_calls_never_look_certain():
    found = estimates("affinity", {"a": moments(50.0), "b": moments(90.0)})
    assert found["a"].overlaps(found["b"])
    assert all(estimate.high - estimate.low > 20 for estimate in found.values())


def test_intervals_hold_what_they_promise():
    """In simulated teams 95 % intervals cover the true level about that often (seeded)."""
    chance = random.Random(7)
    covered = total = 0
    for _ in range(200):
        truth = {str(agent): chance.gauss(65, 8) for agent in range(8)}
        team = {
            a: moments(*(chance.gauss(level, 11) for _ in range(chance.choice([1, 2, 5, 20]))))
            for a, level in truth.items()
        }
        for agent, estimate in estimates("affinity", team).items():
            covered += estimate.low <= truth[agent] <= estimate.high
            total += 1
    assert 0.92 <= covered / total <= 0.985


@given(
    st.dictionaries(
        st.text(max_size=3), st.lists(st.none() | st.floats(0, 100), min_size=1, max_size=6), min_size=1, max_size=6
    )
)
def test_levels_lie_in_their_intervals_and_on_the_scale(scores):
    for estimate in estimates("affinity", {agent: moments(*own) for agent, own in scores.items()}).values():
        if estimate.level is not None:
            assert 0.0 <= estimate.low <= estimate.level + 1e-9 and estimate.level - 1e-9 <= estimate.high <= 100.0


def test_overlap_without_interval_forbids_ranking():
    assert Estimate("x", 0, 1).overlaps(Estimate("x", 3, 0, 50.0, 50.0, 40.0, 60.0))


@pytest.mark.parametrize(
    ("done", "of", "low", "high"),
    [(0, 10, 0.0, 0.278), (5, 10, 0.237, 0.763), (10, 10, 0.722, 1.0), (1, 1, 0.207, 1.0)],
)
def test_rate_has_wilsons_interval(done, of, low, high):
    found = rate(done, of)
    assert found.ratio == done / of
    assert (found.low, found.high) == (pytest.approx(low, abs=0.001), pytest.approx(high, abs=0.001))


def test_rate_without_occasion_is_unknown():
    assert rate(0, 0).ratio is None
