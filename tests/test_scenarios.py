"""The model that names the scenario: the table that inspectors extend, and the fit behind it."""

import random
from pathlib import Path
from statistics import fmean

import numpy as np
import pytest
import yaml
from builders import dialogue

from pipeline.criteria.flows import FlowBook, cue_sums, load_flows
from pipeline.criteria.scenario_corpus import Statement, read_statements, version_of
from pipeline.criteria.scenario_training import Spelling, as_said, fit
from pipeline.criteria.scenarios import Said, features, load_scenarios, save_scenarios, vector
from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.segment import Segmenter
from pipeline.language.syllables import sound_codes
from pipeline.language.text import read_turns
from pipeline.lexicon.hands import HELD_BACK, for_training
from pipeline.schema import Role
from pipeline.settings import Settings

HOME = Path(__file__).parent
TABLE = yaml.safe_load((HOME / "data" / "scenarios.yaml").read_text(encoding="utf-8"))
SEGMENTER = Segmenter()
CASES = [(name, case) for name, cases in TABLE.items() for case in cases]
LEAST_RIGHT, LEAST_RIGHT_OF_NAMED = 0.85, 0.9


@pytest.fixture(scope="module")
def book() -> FlowBook:
    settings = Settings()
    return load_flows(settings.lexicons_dir / "flows.yaml", model=settings.models_dir / "scenarios.npz")


def read(case: str):
    """A case of the table as a call's turns."""
    lines = [line.partition(": ") if ": " in line else ("customer", "", line) for line in case.split("\n")]
    return read_turns(dialogue(*((role, said) for role, _, said in lines)), SEGMENTER)


def named(texts, book):
    """What one call is about."""
    (found,) = book.scenarios([texts])
    return found


def test_the_table_holds_every_scenario(book):
    assert set(TABLE) == {*book.cues, "unsure"}
    assert all(len(TABLE[name]) >= 12 for name in book.cues)


def test_scenarios_of_the_table(book):
    told = [(name, named(read(case), book), case) for name, case in CASES if name != "unsure"]
    right = sum(found.name == name for name, found, _ in told)
    known = sum(found.name is not None for _, found, _ in told)
    wrong = "\n".join(f"{name}: {found} {case!r}" for name, found, case in told if found.name != name)
    assert right >= LEAST_RIGHT * len(told), wrong
    assert right >= LEAST_RIGHT_OF_NAMED * known, wrong


@pytest.mark.parametrize("case", TABLE["unsure"])
def test_what_tells_nothing_is_not_named(book, case):
    assert named(read(case), book).name is None


@pytest.mark.parametrize("case", [case for _, case in CASES[::9]])
def test_the_model_reads_by_number_what_it_was_fitted_on_by_name(book, case):
    said = [Said(text.turn.role, text.text, sound_codes(text.text)) for text in read(case)]
    rows, values = vector(features(said), book.model.vocabulary, book.model.idf)
    for by_number in list(book.model.vectors([said, [], said]))[::2]:
        assert (by_number[0].tolist(), by_number[1].tolist()) == (rows.tolist(), values.tolist())


def test_wrong_characters_of_the_right_sound_are_understood(book):
    assert named(read("喂你好我要消互，这个耗不用了，绑我半一下注消"), book).name == "cancel"


def test_shipped_model_is_of_the_shipped_corpus(book):
    settings = Settings()
    statements = read_statements(settings.lexicons_dir / "scenarios")
    assert book.model is not None
    assert book.model.version == version_of(statements)
    for name in book.cues:
        assert sum(each.scenario == name and not each.by_agent for each in for_training(statements)) >= 80


@pytest.mark.parametrize(("misspelt", "least"), [(False, 0.78), (True, 0.71)])
def test_what_a_hand_wrote_that_was_never_read_is_mostly_named_rightly(book, misspelt, least):
    statements = [each for each in read_statements(Settings().lexicons_dir / "scenarios") if each.hand == HELD_BACK]
    assert len(statements) == 480
    spelling = Spelling(statements, random.Random(5))
    heard = [as_said(spelling.misspell(each.turns) if misspelt else each.turns) for each in statements]
    shares = [book.model.probabilities(turns, cue_sums(turns, book)) for turns in heard]
    named = [max(share, key=share.__getitem__) for share in shares]
    right = [name == each.scenario for name, each in zip(named, statements, strict=True)]
    sure = [hit for hit, share in zip(right, shares, strict=True) if max(share.values()) >= 0.8]
    assert fmean(right) >= least and fmean(sure) >= 0.85


def test_no_case_of_the_table_is_trained_on():
    statements = read_statements(Settings().lexicons_dir / "scenarios")
    trained = {text for each in statements for _, text in each.turns}
    spoken = {line.removeprefix("customer: ") for _, case in CASES for line in case.split("\n")}
    assert not {line for line in spoken & trained if len(line) > 6 and not line.startswith("agent:")}


FAULTS = ("家里断网了", "网又断了", "光猫红灯", "红灯亮着断网", "上不了网了", "家里上不了网")
CANCELS = ("我要销户", "给我销户", "号码注销", "注销号码不要了", "宽带拆机", "我要拆机")


def small() -> list[Statement]:
    """Two hands that wrote the same."""
    told = [*(("fault", text) for text in FAULTS), *(("cancel", text) for text in CANCELS)]
    usual = [("none", text) for text in ("好的", "嗯嗯", "谢谢", "是的", "行", "可以")]
    return [Statement(name, ((Role.CUSTOMER, text),), hand) for hand in "ab" for name, text in (*told, *usual)]


SMALL = FlowBook({"cancel": (), "fault": ()}, {})


def said(text: str) -> tuple[Said, ...]:
    plain = normalise(text).text
    return (Said(Role.CUSTOMER, plain, sound_codes(plain)),)


def test_fit_learns_is_repeatable_and_survives_the_file(tmp_path):
    model = fit(small(), SMALL)
    path = tmp_path / "scenarios.npz"
    save_scenarios(model, path)
    stored, again = load_scenarios(path), fit(small(), SMALL)
    for text, name in (("断网了红灯", "fault"), ("我要注销", "cancel")):
        shares = stored.probabilities(said(text), {})
        assert max(shares, key=shares.__getitem__) == name
        assert sum(shares.values()) == pytest.approx(1.0)
        assert shares == pytest.approx(model.probabilities(said(text), {}), abs=0.01)
    assert np.array_equal(model.weights, again.weights)


def test_a_hand_is_not_judged_by_what_it_taught_itself():
    """Two hands that have no word in common cannot be sure of one another."""
    own = {
        "fault": ("电视黑屏", "黑屏电视", "电视又黑屏", "机顶盒黑屏", "黑屏看电视"),
        "cancel": ("携号转走", "转走携号", "携号要转走", "我携号转走", "号转走"),
    }
    other = [Statement(name, ((Role.CUSTOMER, text),), "b") for name, texts in own.items() for text in texts]
    strangers = [each for each in small() if each.hand == "a"] + other
    unsure, sure = (fit(each, SMALL).sharpness for each in (strangers, small()))
    assert unsure < 0.7 and sure > 1.3


def test_cues_speak_for_their_scenario():
    model = fit(small(), FlowBook({"cancel": (), "fault": ()}, {}))
    plain, hinted = model.probabilities(said("你好"), {}), model.probabilities(said("你好"), {"fault": 6.0})
    assert plain.keys() == hinted.keys() == {"cancel", "fault", "none"}


@pytest.mark.parametrize(
    ("line", "by_agent"),
    [("fault\t断网了", False), ("fault\tagent:给您报修", True), ("fault\tagent:您请讲 / 断网了", False)],
)
def test_a_dialogue_that_the_agent_begins_is_no_statement_of_the_agent(tmp_path, line, by_agent):
    (tmp_path / "hand.txt").write_text(line + "\n", encoding="utf-8")
    (statement,) = read_statements(tmp_path)
    assert statement.by_agent is by_agent


def test_what_tells_of_one_scenario_weighs_more_than_what_is_said_in_all():
    matters = {"fault": ("断网", "断线", "断电"), "cancel": ("销户", "销号", "销卡"), "none": ("好", "行", "对")}
    told = [(name, ((Role.CUSTOMER, f"{each}了吗"),)) for name, said in matters.items() for each in said]
    model = fit([Statement(name, turns, hand) for hand in "ab" for name, turns in told], SMALL)
    weight = {name: model.idf[row] for name, row in model.vocabulary.items()}
    assert min(weight["n断"], weight["n销"]) > 2 * weight["n吗"]


@pytest.mark.parametrize("content", [b"", b"no numbers", b"PK\x03\x04 cut"])
def test_a_damaged_model_is_told(tmp_path, content):
    path = tmp_path / "scenarios.npz"
    path.write_bytes(content)
    with pytest.raises(LexiconError, match="scenario_training"):
        load_scenarios(path)


@pytest.mark.parametrize(
    ("corpus", "told"),
    [("fault 断网了\n", ":1: write what it shows"), ("fault\t断网\n\nfault\t \n", ":3: write what it shows")],
)
def test_a_broken_corpus_is_told(tmp_path, corpus, told):
    (tmp_path / "hand.txt").write_text(corpus, encoding="utf-8")
    with pytest.raises(LexiconError, match=told):
        read_statements(tmp_path)


def test_a_missing_corpus_is_told(tmp_path):
    with pytest.raises(LexiconError, match="nothing is written here"):
        read_statements(tmp_path / "scenarios")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"fault": "ab"}, "cancel"),
        ({"fault": "ab", "cancel": "ab", "party": "ab"}, "party"),
        ({"fault": "ab", "cancel": "a"}, "cancel: each"),
    ],
)
def test_scenarios_and_corpus_must_agree(written, told):
    statements = [
        Statement(name, ((Role.CUSTOMER, "你好"),), hand)
        for name, hands in (written | {"none": "a"}).items()
        for hand in hands
    ]
    with pytest.raises(LexiconError, match=told):
        fit(statements, SMALL)
