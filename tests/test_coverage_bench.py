"""The coverage bench on a few numbers."""

import json

import numpy as np
import pytest
from benchmarks.coverage_bench import changes, noisy, perturbed, rated, share, widths


def card(score, low, high):
    """A scorecard with one criterion, one dimension and the total."""
    number = {"score": score, "low": low, "high": high}
    return {"criteria": {"politeness.pace": number}, "dimensions": {"politeness": number}, "affinity": number}


NOTHING = {"score": None, "low": None, "high": None}


@pytest.mark.parametrize(("other", "changed", "held"), [(80, False, True), (85, True, True), (86, True, False)])
def test_scores_of_another_export_are_looked_for_in_the_interval(other, changed, held):
    found = list(perturbed({"a": card(80, 70, 85)}, [{"a": card(other, 0, 100)}]))
    assert found == [(name, changed, held) for name in ("criteria", "dimensions", "affinity")]


def test_what_has_no_score_or_is_not_there_is_left_out():
    empty = {"criteria": {"politeness.pace": NOTHING}, "dimensions": {"politeness": NOTHING}, "affinity": NOTHING}
    assert list(perturbed({"a": empty, "b": card(80, 70, 85)}, [{"a": card(80, 70, 85)}])) == []


def test_ratings_are_the_mean_of_both_raters(tmp_path):
    reference = tmp_path / "a.ref.json"
    ratings = {"politeness": 90, "patience": 50, "communication": 50}
    reference.write_text(json.dumps({"ratings": ratings, "second_ratings": ratings | {"politeness": 80}}))
    assert list(rated({"a": card(80, 70, 85)}, {"a": reference})) == [("politeness", True)]
    assert list(rated({"a": card(80, 70, 84)}, {"a": reference})) == [("politeness", False)]


def test_widths_and_shares():
    assert widths({"a": card(80, 70, 85), "b": card(80, 75, 80)})["dimensions"] == 10
    assert share([True, False]) == 0.5


def test_noise_lies_as_far_below_speech_as_asked():
    tone = np.sin(np.arange(32000) / 10).astype(np.float32)
    added = noisy(tone, 10.0) - tone
    assert 10 * np.log10(np.mean(tone**2) / np.mean(added**2)) == pytest.approx(10.0, abs=0.2)
    assert np.array_equal(noisy(tone, 10.0), noisy(tone, 10.0))


def test_each_perturbation_has_a_row_for_criteria_dimensions_and_total():
    base = {"a": card(80, 70, 85)}
    rows = list(changes(base, {"noise": {"a": card(90, 0, 100)}, "beam": {"a": card(80, 0, 100)}}))
    assert [row[:4] for row in rows[:3]] == [("noise", name, 1, 0.0) for name in ("criteria", "dimensions", "affinity")]
    assert rows[3][4] == "nan (0)"
