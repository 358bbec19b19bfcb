"""Agreement: against tables worked out by hand, against the libraries' own figures, and with too few calls."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inspectors import panel

from pipeline.schema import Inspection
from pipeline.scoring.agreement import MIN_CALLS, Unit, agree
from pipeline.scoring.comparison import biased, compare, lowest
from pipeline.scoring.pairs import Pair


def units(*scores: tuple[float, ...]) -> list[Unit]:
    """One call a tuple."""
    return [Unit(f"call-{i:03}", each) for i, each in enumerate(scores)]


# Ten calls, two grades; one call in which they differ. Kappa: 0.9 seen, 0.5 by chance → (0.9 - 0.5) / (1 - 0.5) = 0.8.
# Alpha: 9 low and 11 high scores; 1 - 0.1 / (2 · 9 · 11 / (20 · 19)) = 0.808.
ONE_DIFFERS = units(*[(5.0, 5.0)] * 4, (5.0, 16.0), *[(16.0, 16.0)] * 5)
# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, data C: four raters, gaps; 0.849 for intervals.
KRIPPENDORFF = units(
    *[(1, 1, 1), (2, 2, 3, 2), (3, 3, 3, 3), (3, 3, 3, 3), (2, 2, 2, 2), (1, 2, 3, 4), (4, 4, 4, 4), (1, 1, 2, 1)],
    *[(2, 2, 2, 2), (5, 5, 5), (1, 1), (3,)],
)


def test_a_small_table_worked_out_by_hand():
    found = agree("x", ONE_DIFFERS)
    assert (found.calls, found.pairs) == (10, 10)
    assert found.kappa.value == pytest.approx(0.8)
    assert found.alpha.value == pytest.approx(1 - 0.1 / (2 * 9 * 11 / (20 * 19)))
    assert found.within.value == pytest.approx(0.9)
    assert found.bias.value == pytest.approx(-1.1)


def test_krippendorffs_own_example():
    found = agree("x", KRIPPENDORFF)
    assert found.calls == 11
    assert found.alpha.value == pytest.approx(0.849, abs=0.0005)


def test_graver_differences_weigh_more():
    near = units(*[(20, 20), (50, 50), (80, 80)] * 4, (50, 60))
    far = units(*[(20, 20), (50, 50), (80, 80)] * 4, (50, 95))
    assert agree("x", near).kappa.value > agree("x", far).kappa.value
    assert agree("x", near).alpha.value > agree("x", far).alpha.value


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=MIN_CALLS, max_size=40))
def test_kappa_is_scikit_learns(scores):
    from sklearn.metrics import cohen_kappa_score

    first, second = ([min(9, each[i] // 10) for each in scores] for i in (0, 1))
    found = agree("x", units(*[(float(a), float(b)) for a, b in scores]))
    if len({*first, *second}) == 1:
        assert found.kappa is None
    elif found.kappa:
        expected = cohen_kappa_score(first, second, weights="quadratic", labels=list(range(10)))
        assert found.kappa.value == pytest.approx(expected, abs=1e-9)


def test_perfect_agreement_is_one_and_a_constant_has_no_kappa():
    perfect = agree("x", units(*[(float(10 * i), float(10 * i)) for i in range(10)]))
    assert (perfect.kappa.value, perfect.alpha.value, perfect.within.value) == pytest.approx((1, 1, 1))
    constant = agree("x", units(*[(70.0, 70.0)] * 12))
    assert constant.kappa is None
    assert constant.alpha is None
    assert constant.within.value == 1


def test_too_few_calls_give_no_number():
    many_pairs = [Unit(f"call-{i % 9}", (float(i), float(i + 5))) for i in range(90)]
    found = agree("x", many_pairs)
    assert (found.calls, found.pairs) == (9, 90)
    assert (found.kappa, found.alpha, found.within, found.bias) == (None,) * 4
    assert agree("x", []).calls == 0


def test_intervals_are_the_same_every_time_and_narrow_with_more_calls():
    few, many = (
        agree("x", [Unit(p.recording_id, (p.human, p.machine)) for p in panel(n, {"李": 5.0}, heard_by=(1,))])
        for n in (12, 200)
    )
    assert few == agree(
        "x", [Unit(p.recording_id, (p.human, p.machine)) for p in panel(12, {"李": 5.0}, heard_by=(1,))]
    )
    for name in ("kappa", "alpha", "within", "bias"):
        short, long = getattr(few, name), getattr(many, name)
        assert short.low <= short.value <= short.high
        assert long.high - long.low < short.high - short.low


def test_scores_of_one_call_are_not_counted_as_independent():
    alone = [Unit(f"call-{i}", (50.0 + i, 50.0 + i + (-1) ** i * 9)) for i in range(20)]
    fivefold = [unit for unit in alone for _ in range(5)]
    one, five = agree("x", alone).bias, agree("x", fivefold).bias
    assert five.high - five.low == pytest.approx(one.high - one.low)


def inspection(pair: Pair) -> Inspection:
    return Inspection(pair.recording_id, pair.inspector, pair.criterion, pair.human)


def test_the_biased_inspector_and_the_worst_criterion_are_named():
    biases = {"李": 14.0, "王": 0.0, "赵": 0.0}
    names = ("politeness.process", "patience.thorough", "communication.listening")
    clear = panel(30, biases, heard_by=(3,), noise=2.0, criteria=names[:2])
    vague = panel(30, biases, heard_by=(3,), noise=12.0, criteria=names[2:])
    pairs = clear + vague
    found = compare([inspection(pair) for pair in pairs], pairs, criteria=[*names, "affinity"])
    assert [each.name for each in found.between] == list(names)
    assert [each.name for each in found.machine] == list(names)
    assert found.between[0].pairs == 90
    assert found.machine[0].pairs == 90
    assert lowest(found.between)[0].name == names[2]
    first = biased(found.colleagues)[0]
    assert first.name == "李"
    assert first.bias.value == pytest.approx(14.0, abs=3)
    assert first.bias.low > 0
    by_name = {each.name: each for each in found.by_inspector}
    assert by_name["李"].bias.value - by_name["王"].bias.value == pytest.approx(14.0, abs=3)


def test_inspectors_who_share_no_call_are_not_compared():
    theirs = [
        replace(pair, recording_id=f"other-{pair.recording_id}") for pair in panel(20, {"王": 9.0}, heard_by=(1,))
    ]
    pairs = [*panel(20, {"李": 0.0}, heard_by=(1,)), *theirs]
    found = compare([inspection(pair) for pair in pairs], pairs, criteria=["politeness.process"])
    assert (found.between[0].calls, found.between[0].kappa) == (0, None)
    assert found.colleagues[0].calls == 0
    assert math.isfinite(found.machine[0].kappa.value)
    assert lowest(found.between) == ()
    assert biased(found.colleagues) == ()
