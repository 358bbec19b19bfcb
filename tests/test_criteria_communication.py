"""The communication criteria on small dialogues, which stand in tests/data/criteria/communication.*.yaml."""

import pytest
from criteria_cases import EXPECTED, KINDS, Case, cases, failure

from pipeline.criteria.registry import registered

CASES = cases("communication")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_dialogues(case: Case) -> None:
    assert failure(case) is None


def test_every_criterion_is_tried_in_every_way() -> None:
    kinds = {name: {case.entry["kind"] for case in CASES if case.criterion == name} for name in registered()}
    own = {name: found for name, found in kinds.items() if name.startswith("communication.")}
    assert own == dict.fromkeys(own, KINDS)
    assert {case.entry["expect"] for case in CASES} <= EXPECTED
