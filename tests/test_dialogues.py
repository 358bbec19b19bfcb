"""The written dialogues that judging is measured on: that they say what they seem to say, and that the bench judges them."""

import json

import pytest
from benchmarks.calls_bench import rows
from benchmarks.dialogues_bench import DIALOGUES, cards, heard, misheard
from benchmarks.references import DIMENSIONS, read_reference
from benchmarks.rubric_bench import read_turns

from pipeline.kit import load_kit
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.misspelling import Misspeller
from pipeline.settings import Settings

FILES = sorted(DIALOGUES.glob("*.ref.json"))
LABELS = load_lexicon(Settings().lexicons_dir).labels
NO_FAULTS = {"trap", "customer_bad"}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.split(".")[0])
def test_a_dialogue_is_whole(file):
    told = json.loads(file.read_text(encoding="utf-8"))
    for turn in told["turns"]:
        for span in turn["spans"]:
            assert span["text"] in turn["text"]
            assert span["label"] in (NO_FAULTS if turn["role"] == "customer" else LABELS.keys() | NO_FAULTS)
    for ratings in (told["ratings"], told["second_ratings"]):
        assert set(ratings) == set(DIMENSIONS) and all(0 <= value <= 100 for value in ratings.values())


def test_there_are_good_mixed_and_bad_dialogues_by_ten_writers():
    rated = [read_reference(file)["ratings"]["politeness"] for file in FILES]
    assert {file.name[0] for file in FILES} == set("abcefghijk")
    assert min(sum(value >= 80 for value in rated), sum(value < 50 for value in rated)) >= len(FILES) / 4


def test_the_bench_judges_own_and_misspelt_words():
    kit = load_kit(Settings())
    told = [read_reference(FILES[0]), read_reference(FILES[-1])]
    spelling = Misspeller(turn["text"] for each in told for turn in each["turns"])
    misspelt = [[misheard(turn, spelling, kit) for turn in read_turns(each)] for each in told]
    assert all(len(turn.words) == len(turn.text) for turns in misspelt for turn in turns)
    own = dict(
        row[:2]
        for row in rows(
            list(zip(told, cards([heard(each, read_turns(each)) for each in told], kit), strict=True)), LABELS
        )
    )
    other = dict(
        row[:2] for row in rows(list(zip(told, cards(list(map(heard, told, misspelt)), kit), strict=True)), LABELS)
    )
    assert own["CER agent"] == "0.000" < other["CER agent"]
    assert own["opening verdict right"] == "1.000"
