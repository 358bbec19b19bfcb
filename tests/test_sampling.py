"""Calls for people to hear: drawn by plan, and what the scores of a few say of all without bias."""

from random import Random
from statistics import fmean

import pytest

from pipeline.agents.sampling import Candidate, Pick, Plan, Reason, draw, estimate_mean

AGENTS, CALLS, TRIALS = 12, 60, 300


def candidate(number, agent_id="8001", affinity=70.0, doubt=10.0):
    return Candidate(f"call-{number:04}", agent_id, affinity, doubt)


def reasons(picks):
    return {pick.recording_id: pick.reason for pick in picks}


def test_worst_and_doubtful_are_all_drawn_and_nothing_twice():
    calls = [candidate(n, affinity=float(n), doubt=float(50 - n)) for n in range(20)]
    picks = draw(calls, Plan(per_agent=2, worst=3, doubtful=3))
    drawn = reasons(picks)
    assert len(picks) == len(drawn) == 8
    assert [key for key, why in drawn.items() if why is Reason.WORST] == ["call-0000", "call-0001", "call-0002"]
    assert [key for key, why in drawn.items() if why is Reason.DOUBTFUL] == ["call-0003", "call-0004", "call-0005"]


def test_probabilities_are_those_of_the_design():
    calls = [candidate(n, f"80{n % 4:02}") for n in range(40)]
    picks = draw(calls, Plan(per_agent=2, worst=4))
    left = {
        agent: 10 - sum(p.agent_id == agent for p in picks if p.reason is Reason.WORST)
        for agent in {call.agent_id for call in calls}
    }
    for pick in picks:
        assert pick.probability == (1.0 if pick.reason is Reason.WORST else 2 / left[pick.agent_id])
    # Every call stands for 1 / probability calls: together they are all.
    assert sum(1 / pick.probability for pick in picks) == pytest.approx(40)


def test_a_call_that_could_not_be_judged_is_only_drawn_at_random():
    calls = [candidate(0, affinity=None, doubt=100.0), candidate(1, affinity=50.0, doubt=5.0)]
    assert draw(calls, Plan(per_agent=0, worst=2, doubtful=2)) == (Pick("call-0001", "8001", Reason.WORST, 1.0),)
    assert reasons(draw(calls, Plan(per_agent=2)))["call-0000"] is Reason.RANDOM


def test_the_same_seed_draws_the_same_calls_in_whatever_order_they_come():
    calls = [candidate(n, f"80{n % 5:02}") for n in range(100)]
    shuffled = Random(3).sample(calls, len(calls))
    assert draw(calls, Plan(3, 5, 5, seed=1)) == draw(shuffled, Plan(3, 5, 5, seed=1))
    assert draw(calls, Plan(3, 5, 5, seed=1)) != draw(calls, Plan(3, 5, 5, seed=2))


def test_every_call_of_an_agent_is_drawn_equally_often():
    calls = [candidate(n) for n in range(10)]
    drawn = [pick.recording_id for seed in range(1000) for pick in draw(calls, Plan(3, seed=seed))]
    # 300 expected of each; a fair lot strays by more than 60 (four deviations) once in 16,000.
    assert all(abs(drawn.count(call.recording_id) - 300) < 60 for call in calls)


def population(chance):
    """What inspectors would say of all calls, and what the machine, milder and unsure, says."""
    truth, calls = {}, []
    for agent in range(AGENTS):
        level = chance.gauss(70, 8)
        for number in range(CALLS):
            call = f"{agent}-{number}"
            truth[call] = level + chance.gauss(0, 12)
            calls.append(Candidate(call, f"80{agent:02}", truth[call] + 6 + chance.gauss(0, 9), chance.uniform(2, 40)))
    return truth, calls


@pytest.fixture(scope="module")
def trials():
    """Of many draws: the estimate's error, the plain mean's error, and whether the interval held the truth."""
    truth, calls = population(Random(11))
    mean = fmean(truth.values())
    found = []
    for seed in range(TRIALS):
        picks = draw(calls, Plan(per_agent=3, worst=20, doubtful=20, seed=seed))
        estimate = estimate_mean(picks, truth)
        plain = fmean(truth[pick.recording_id] for pick in picks)
        found.append((estimate.mean - mean, plain - mean, estimate.low <= mean <= estimate.high))
    return found


def test_estimate_is_unbiased_where_the_plain_mean_is_not(trials):
    errors, plain, _ = zip(*trials, strict=True)
    spread = (sum(error**2 for error in errors) / TRIALS) ** 0.5
    assert abs(fmean(errors)) < 3 * spread / TRIALS**0.5
    assert fmean(plain) < -3


def test_interval_holds_the_truth_as_often_as_it_says(trials):
    assert 0.92 <= fmean(held for _, _, held in trials) <= 0.985


def test_agents_means_are_estimated_too():
    truth, calls = population(Random(5))
    own = [truth[call.recording_id] for call in calls if call.agent_id == "8003"]
    errors, held = [], []
    for seed in range(TRIALS):
        estimate = estimate_mean(draw(calls, Plan(3, 20, 20, seed)), truth, agent_id="8003")
        errors.append(estimate.mean - fmean(own))
        held.append(estimate.low <= fmean(own) <= estimate.high)
        assert estimate.calls == CALLS
    spread = (sum(error**2 for error in errors) / TRIALS) ** 0.5
    assert abs(fmean(errors)) < 3 * spread / TRIALS**0.5
    assert fmean(held) > 0.9


def test_everything_heard_leaves_no_doubt():
    calls = [candidate(n) for n in range(8)]
    picks = draw(calls, Plan(per_agent=8))
    estimate = estimate_mean(picks, {call.recording_id: float(n) for n, call in enumerate(calls)})
    assert (estimate.mean, estimate.low, estimate.high) == (3.5, 3.5, 3.5)


def test_strata_that_nobody_heard_are_not_spoken_of():
    calls = [candidate(n, f"800{n % 2}") for n in range(20)]
    picks = draw(calls, Plan(per_agent=2))
    heard = {pick.recording_id: 60.0 for pick in picks if pick.agent_id == "8000"}
    estimate = estimate_mean(picks, heard)
    assert (estimate.calls, estimate.drawn, estimate.heard) == (10, 4, 2)
    assert estimate_mean(picks, heard, agent_id="8001") is None


def test_one_heard_call_is_a_wide_interval_not_a_certain_one():
    picks = draw([candidate(n) for n in range(50)], Plan(per_agent=1))
    estimate = estimate_mean(picks, {picks[0].recording_id: 70.0})
    assert estimate.mean == 70.0
    assert estimate.high - estimate.low > 40
