"""Whole calls come to the scorecards they came to before; ``python tests/golden.py`` writes the expected ones anew."""

import json

import pytest
from golden import CALLS, GOLDEN, essence, heard

from pipeline.call import judge
from pipeline.kit import load_kit
from pipeline.settings import Settings


@pytest.fixture(scope="module")
def kit():
    return load_kit(Settings())


@pytest.mark.parametrize("reference", sorted(CALLS.glob("*.ref.json")), ids=lambda path: path.name.split(".")[0])
def test_golden_scorecards(kit, reference):
    expected = json.loads((GOLDEN / f"{reference.name.split('.')[0]}.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(essence(judge(heard(reference), kit)))) == expected


def test_judging_twice_is_the_same(kit):
    reference = min(CALLS.glob("*.ref.json"))
    assert judge(heard(reference), kit) == judge(heard(reference), kit)
