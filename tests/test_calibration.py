"""Calibration: biases found, errors that fall on calls not seen, curves that never fall, files that are checked."""

import json
from dataclasses import replace

import pytest
from calls import EXEMPLARY, LEXICONS, PLAIN, POOR, VERSIONS, call
from hypothesis import given
from hypothesis import strategies as st
from inspectors import CRITERIA, panel, scale

from pipeline.errors import CalibrationError
from pipeline.scoring.calibration import Calibration, load_calibration
from pipeline.scoring.curves import Curve, Method, fit_curve, method_for
from pipeline.scoring.fitting import fit, hold_out
from pipeline.scoring.inspectors import inspector_biases
from pipeline.scoring.model_card import document
from pipeline.scoring.rubric import load_rubric
from pipeline.scoring.scorecard import score

RUBRIC = load_rubric(LEXICONS / "rubric.yaml")
TEAM = {"李": 10.0, "王": -8.0, "赵": 0.0, "孙": -2.0}
KIND = Curve(((0.0, 20.0), (60.0, 70.0), (100.0, 100.0)))

scores = st.floats(0, 100).map(lambda value: round(value, 1))


def error_on_new_calls(calibration: Calibration) -> tuple[float, float]:
    """Mean distance from the panel's scale on 200 unseen calls: the machine's own scores, and calibrated."""
    unseen = panel(200, {"panel": 0.0}, seed=99, heard_by=(1,), noise=0.0)
    before = [abs(pair.machine - scale(pair.machine)) for pair in unseen]
    after = [abs(calibration.curves[pair.criterion](pair.machine) - scale(pair.machine)) for pair in unseen]
    return sum(before) / len(before), sum(after) / len(after)


@pytest.mark.parametrize(("calls", "tolerance"), [(20, 3.0), (80, 2.0), (300, 1.0)])
def test_known_biases_are_recovered_from_unbalanced_scores(calls, tolerance):
    found = inspector_biases(panel(calls, TEAM))
    assert found == pytest.approx(TEAM, abs=tolerance)
    assert sum(found.values()) == pytest.approx(0.0)


def test_one_call_says_little_about_an_inspector():
    found = inspector_biases([*panel(1, {"李": 20.0}), *panel(40, {"王": 0.0, "赵": 0.0})])
    assert 0 < found["李"] < 12


def test_a_strict_inspector_is_told_from_bad_calls():
    bad = [pair for pair in panel(60, {"李": 0.0}, heard_by=(1,)) if pair.machine < 50]
    good = [pair for pair in panel(60, {"王": 0.0}, seed=2, heard_by=(1,)) if pair.machine > 70]
    kinder, stricter = (sum(pair.human - pair.machine for pair in pairs) / len(pairs) for pairs in (bad, good))
    assert kinder - stricter > 15
    found = inspector_biases([*bad, *good])
    assert abs(found["李"] - found["王"]) < (kinder - stricter) / 2


def test_a_lone_inspector_is_the_panel():
    assert inspector_biases(panel(10, {"李": 15.0}, heard_by=(1,))) == {"李": 0.0}
    assert inspector_biases([]) == {}


@pytest.mark.parametrize(("calls", "method"), [(12, Method.LINEAR), (60, Method.ISOTONIC)])
def test_the_error_falls_on_calls_not_seen(calls, method):
    fitted = fit(panel(calls, TEAM), criteria=CRITERIA, rubric="r")
    assert {each.method for each in fitted.criteria} == {method}
    for each in fitted.criteria:
        assert each.helps
        assert each.error_after < each.error_before
    before, after = error_on_new_calls(fitted.calibration)
    assert after < before / 2


def test_a_right_machine_is_left_as_it_is():
    right = [replace(pair, human=pair.machine) for pair in panel(40, {"李": 0.0}, heard_by=(1,))]
    fitted = fit(right, criteria=CRITERIA, rubric="r")
    assert fitted.calibration.curves == {}
    assert not any(each.helps for each in fitted.criteria)
    assert all(each.error_before == 0 for each in fitted.criteria)


def test_noise_alone_is_hardly_ever_taken_for_an_improvement():
    kept = 0
    for seed in range(10):
        pairs = panel(20, {"李": 0.0, "王": 0.0}, seed=seed)
        unbiased = [replace(pair, human=pair.human - scale(pair.machine) + pair.machine) for pair in pairs]
        kept += len(fit(unbiased, criteria=CRITERIA, rubric="r").calibration.curves)
    assert kept <= 6


def test_what_nobody_scored_and_what_few_scored_keeps_the_rubrics_score():
    pairs = panel(7, TEAM, criteria=("politeness.process",))
    fitted = fit(pairs, criteria=CRITERIA, rubric="r")
    assert fitted.calibration.curves == {}
    assert [(each.calls, each.method) for each in fitted.criteria] == [
        (7, Method.IDENTITY),
        *[(0, Method.IDENTITY)] * 2,
    ]


def test_held_out_calls_teach_nothing_about_themselves():
    pairs = panel(30, TEAM)
    methods = dict.fromkeys(CRITERIA, Method.ISOTONIC)
    spoilt = [replace(pair, human=100 - pair.human) if pair.recording_id == "call-007" else pair for pair in pairs]
    for name in CRITERIA:
        own = {pair.machine for pair in pairs if (pair.recording_id, pair.criterion) == ("call-007", name)}
        plain, other = (
            {each.machine: each for each in hold_out(given, methods)[name] if each.machine in own}
            for given in (pairs, spoilt)
        )
        assert plain
        for machine, each in plain.items():
            assert other[machine].calibrated == each.calibrated
            assert other[machine].human != each.human


def test_each_call_is_held_out_once():
    pairs = panel(23, TEAM)
    found = hold_out(pairs, dict.fromkeys(CRITERIA, Method.LINEAR))
    assert {name: len(each) for name, each in found.items()} == dict.fromkeys(CRITERIA, 23)


@pytest.mark.parametrize(
    ("calls", "method"),
    [(0, Method.IDENTITY), (7, Method.IDENTITY), (8, Method.LINEAR), (29, Method.LINEAR), (30, Method.ISOTONIC)],
)
def test_more_calls_allow_more(calls, method):
    assert method_for(calls) is method


@given(
    st.lists(st.tuples(scores, st.floats(-30, 130)), min_size=1, max_size=40),
    st.sampled_from(Method),
    st.lists(scores, min_size=2, max_size=10),
)
def test_a_curve_never_falls_and_stays_on_the_scale(points, method, asked):
    machine, human = zip(*points, strict=True)
    curve = fit_curve(machine, human, [1.0] * len(points), method)
    raw = [knot[0] for knot in curve.knots]
    assert raw == sorted(set(raw))
    assert (raw[0], raw[-1]) == (0.0, 100.0)
    mapped = [curve(each) for each in sorted(asked)]
    assert mapped == sorted(mapped)
    assert all(0 <= each <= 100 for each in mapped)


def test_a_line_from_few_calls_is_drawn_towards_the_identity():
    few, many = (fit_curve([50.0] * n, [80.0] * n, [1.0] * n, Method.LINEAR)(50.0) for n in (8, 200))
    assert 70 < few < 80 < many + 1
    assert few < many


def test_inspectors_who_turn_the_scale_round_give_a_flat_line():
    machine = [10.0 * i for i in range(1, 10)] * 5
    curve = fit_curve(machine, [100 - each for each in machine], [1.0] * 45, Method.LINEAR)
    assert curve(10.0) == curve(90.0) == pytest.approx(50.0, abs=1)


def test_beyond_what_was_seen_a_point_stays_a_point():
    curve = fit_curve([60.0] * 40, [70.0] * 40, [1.0] * 40, Method.ISOTONIC)
    assert [curve(each) for each in (0, 40, 60, 80, 90, 95)] == [10, 50, 70, 90, 100, 100]
    strict = fit_curve([60.0] * 40, [40.0] * 40, [1.0] * 40, Method.ISOTONIC)
    assert [strict(each) for each in (0, 10, 20, 30, 100)] == [0, 0, 0, 10, 80]


def calibration(**curves: Curve) -> Calibration:
    return Calibration(RUBRIC.version, {name.replace("__", "."): curve for name, curve in curves.items()})


EVERYTHING = Calibration(RUBRIC.version, {rule.id: KIND for rule in RUBRIC.criteria})


@pytest.mark.parametrize("lines", [EXEMPLARY, PLAIN, POOR])
def test_scores_and_intervals_go_through_the_same_curve(lines):
    plain, kind = (score(call(*lines), RUBRIC, VERSIONS, calibration=each) for each in (None, EVERYTHING))
    for before, after in zip(plain.criteria, kind.criteria, strict=True):
        assert after.abstained == before.abstained
        if before.abstained:
            assert after == before
            continue
        assert after.score == round(KIND(before.score), 1)
        assert after.low <= after.score <= after.high
        assert f"校准：{before.score:g} 分折算为 {after.score:g} 分" in after.reason
    for each in (*kind.dimensions, kind.affinity):
        assert each.low <= each.score <= each.high
    assert kind.affinity.score > plain.affinity.score


def test_dimensions_follow_from_calibrated_criteria_and_others_stay():
    name = "politeness.process"
    plain, kind = (
        score(call(*PLAIN), RUBRIC, VERSIONS, calibration=each)
        for each in (None, calibration(politeness__process=KIND))
    )
    changed = {b.criterion for b, a in zip(plain.criteria, kind.criteria, strict=True) if a != b}
    assert changed == {name}
    moved = [a.score - b.score for b, a in zip(plain.dimensions, kind.dimensions, strict=True) if a != b]
    assert len(moved) == 1
    assert moved[0] > 0


def test_a_red_line_is_not_calibrated_away():
    lines = [*PLAIN, ("agent", "你有病吧，滚。", "insult")]
    assert score(call(*lines), RUBRIC, VERSIONS, calibration=EVERYTHING).affinity.score == 0


def test_a_calibration_survives_its_file(tmp_path):
    pairs = panel(40, TEAM)
    fitted = fit(pairs, criteria=CRITERIA, rubric="r1")
    path = tmp_path / "calibration.json"
    path.write_text(document(fitted, pairs, fitted_on="2026-03-01", made_by={"code": "0.1"}), encoding="utf-8")
    read = load_calibration(path, rubric="r1")
    assert read == fitted.calibration
    assert read.version == fitted.calibration.version
    kept = json.loads(path.read_text(encoding="utf-8"))
    assert kept["version"] == read.version
    assert (kept["card"]["fitted_on"], kept["card"]["calls"], kept["card"]["scores"]) == ("2026-03-01", 40, len(pairs))
    assert kept["card"]["inspectors"]["李"]["bias"] == pytest.approx(TEAM["李"], abs=3)
    assert (
        kept["criteria"]["politeness.process"]["error_after"] < kept["criteria"]["politeness.process"]["error_before"]
    )


def test_the_version_names_what_changes_a_score():
    one = calibration(politeness__process=KIND)
    assert one.version == calibration(politeness__process=KIND).version
    assert one.version != calibration(politeness__pace=KIND).version
    assert one.version != replace(one, rubric="other").version
    assert len(one.version) == 12


BAD_FILES = [
    ("[]", "the file"),
    ("{", "JSON"),
    ('{"rubric": "r1"}', "criteria"),
    ('{"rubric": "r2", "criteria": {}}', "was fitted for rubric r2"),
    ('{"rubric": "r1", "criteria": {"a": {"knots": [[0, 50], [100, 40]]}}}', "criteria.a.knots"),
    ('{"rubric": "r1", "criteria": {"a": {"knots": [[50, 50], [50, 60]]}}}', "must rise"),
    ('{"rubric": "r1", "criteria": {"a": {"knots": [[0, 0], [100, 140]]}}}', "less than or equal to 100"),
]


@pytest.mark.parametrize(("text", "message"), BAD_FILES)
def test_a_bad_file_is_refused_in_one_line_with_the_remedy(tmp_path, text, message):
    path = tmp_path / "calibration.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationError) as refused:
        load_calibration(path, rubric="r1")
    said = str(refused.value)
    assert str(path) in said
    assert message in said
    assert "qinhe calibrate" in said
    assert "\n" not in said


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(CalibrationError, match="cannot be read"):
        load_calibration(tmp_path / "gone.json", rubric="r1")
