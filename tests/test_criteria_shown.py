"""That no behaviour stands in the rubric which nobody has shown, and none in a criterion which costs nothing."""

import pytest
from criteria_cases import DIMENSIONS, assessed, cases, points

from pipeline.criteria.registry import registered


def own_signals(criterion):
    """The behaviours that have points in a criterion of the shipped rubric."""
    return {name for name in points(criterion) if not name.startswith(("standard.", "forbidden."))}


@pytest.mark.parametrize("criterion", sorted(registered()))
def test_what_a_criterion_emits_and_what_has_points_is_the_same(criterion):
    assert registered()[criterion].emits == own_signals(criterion)


@pytest.mark.parametrize("criterion", sorted(registered()))
def test_every_behaviour_fires_in_a_dialogue_that_names_it(criterion):
    rows = (case for dimension in DIMENSIONS for case in cases(dimension) if case.criterion == criterion)
    shown = {signal.name for row in rows for signal in assessed(row).signals if signal.name == row.entry.get("signal")}
    assert own_signals(criterion) - shown == set()
