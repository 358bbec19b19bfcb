"""The coverage bench on a few numbers."""

import json

import pytest
from benchmarks.coverage_bench import perturbed, rated, share, widths


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
