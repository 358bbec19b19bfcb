"""The model of meaning: what it says of clauses, how it is kept, and how well the shipped one knows a hand it never read."""

from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from benchmarks.evidence_bench import clause_tallies, held_back, micro
from builders import turn
from hypothesis import given
from hypothesis import strategies as st
from meanings import meaning_model
from phrases import read

from pipeline.errors import LexiconError
from pipeline.lexicon.clauses import clauses
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.finder import CERTAIN, DOUBTFUL, LEAST
from pipeline.lexicon.grams import Weighed, features
from pipeline.lexicon.meaning import JOINED, MeaningModel, load_model, save_model
from pipeline.schema import Polarity
from pipeline.settings import Settings

SETTINGS = Settings()


@cache
def shipped() -> MeaningModel:
    return load_model(SETTINGS.models_dir / "meaning.npz")


def small(**likely: float) -> MeaningModel:
    """A model of one label, for which a clause with one of these characters alone has this probability."""
    return meaning_model({"thanks": likely})


def readings(model, text, *, least=LEAST):
    """Labels with their quotes and probabilities to two digits."""
    (spoken,) = read(turn("agent", text))
    return [
        (each.label, text[each.char_start : each.char_end], round(each.probability, 2))
        for each in model.read(spoken, least=least)
    ]


@pytest.mark.parametrize(
    ("text", "label", "quote"),
    [
        ("您好，请讲", "greeting", "您好"),
        ("给您添麻烦了，实在不好意思", "apology", "实在不好意思"),
        ("好，麻烦您等我两分钟，我查一下", "wait_notice", "麻烦您等我两分钟"),
        ("您要没别的事，那就祝您周末愉快", "wish", "那就祝您周末愉快"),
        ("这事别找我，你去问营业厅", "shirk", "这事别找我"),
        ("这是系统定的，办不了就是办不了", "refuse", "办不了就是办不了"),
    ],
)
def test_the_shipped_model_reads_what_no_list_need_hold(text, label, quote):
    assert any(label == name and quote in said for name, said, _ in readings(shipped(), text, least=0.5))


@pytest.mark.parametrize(
    "text", ["这个月一共是五十八块四", "光猫上的灯是绿色的吧", "套餐里有二十个G的流量", "嗯", "，。", ""]
)
def test_the_shipped_model_leaves_everyday_talk_alone(text):
    assert readings(shipped(), text, least=0.5) == []


def test_the_nearest_phrase_of_a_label_is_shown():
    model = replace(small(谢=0.9), phrases={"thanks": ("辛苦了", "谢谢您", "多谢")})
    assert (model.nearest("thanks", "那谢谢您啊"), model.nearest("unknown", "那谢谢您啊")) == ("谢谢您", "")


@pytest.mark.parametrize(
    ("text", "least", "expected"),
    [
        ("甲", 0.5, [("甲", 0.9)]),
        ("甲，丁", 0.1, [("甲", 0.9)]),
        ("甲，乙", 0.1, [("甲，乙", 0.9)]),  # sure neighbours are one
        ("乙，甲", 0.1, [("乙，甲", 0.9)]),
        ("甲，乙", 0.5, [("甲，乙", 0.9)]),  # one of them is sure enough for both
        ("乙，乙", 0.5, []),
        ("甲，丙", 0.1, [("甲", 0.9), ("丙", 0.2)]),  # the second is not sure enough to be joined
        ("甲，丙，甲", 0.5, [("甲", 0.9), ("甲", 0.9)]),
        ("甲，嗯，甲", 0.1, [("甲", 0.9), ("甲", 0.9)]),
        ("丙", 0.21, []),
    ],
)
def test_neighbouring_clauses_of_one_meaning_are_one_reading(text, least, expected):
    model = small(甲=0.9, 乙=0.4, 丙=0.2)
    assert JOINED < 0.4
    assert [(quote, p) for _, quote, p in readings(model, text, least=least)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("好，好的", {"c好", "c^好", "c好的", "c的$", "p^好", "p好$", "n^", "n^$", "e"}),
        ("好，好吗？嗯", {"c好吗", "n嗯", "n^嗯", "e?"}),
    ],
)
def test_features_name_a_clause_its_neighbours_and_its_end(text, expected):
    found = clauses(*read(turn("agent", text)))
    assert expected <= set(features(found, 1))


def test_words_of_one_sound_share_features_of_sound():
    one, other = (set(features(clauses(*read(turn("agent", text))), 0)) for text in ("您好", "宁浩"))
    assert not [name for name in one & other if name.startswith("c") and len(name.strip("c^$")) > 0]
    assert [name for name in one & other if name.startswith("s")]


SPOKEN = st.text("您好请问有什么可以帮谢再见办不了没法，。？ 12az賬", max_size=40)


@given(st.lists(SPOKEN, max_size=3), st.lists(SPOKEN, min_size=1, max_size=3))
def test_features_are_weighed_as_they_are_named(known, texts):
    """Thousands at once by number, as one by one by name."""
    named = [name for text in known for name in _names(text)]
    vocabulary = {name: row for row, name in enumerate(dict.fromkeys(named))}
    idf = np.linspace(1, 2, len(vocabulary), dtype=np.float32)
    turns = [clauses(*read(turn("agent", text))) for text in texts]
    weighed = Weighed(vocabulary, idf).of(turns).toarray()
    counted = [Counter(features(found, i)) for found in turns for i in range(len(found))]
    for row, counts in zip(weighed, counted, strict=True):
        expected = np.array([1 + np.log(counts[name]) if name in counts else 0.0 for name in vocabulary]) * idf
        assert row == pytest.approx(expected / (np.linalg.norm(expected) or 1.0))


def _names(text):
    found = clauses(*read(turn("agent", text)))
    return [name for i in range(len(found)) for name in features(found, i)]


@given(SPOKEN)
def test_probabilities_are_probabilities(text):
    found = clauses(*read(turn("agent", text)))
    if found:
        table = shipped().probabilities(found)
        assert table.shape == (len(found), len(shipped().labels))
        assert np.all((table >= 0) & (table <= 1))


@given(SPOKEN, st.sampled_from([0.05, LEAST, 0.35, 0.6]))
def test_readings_stand_inside_their_turn_and_do_not_overlap(text, least):
    (spoken,) = read(turn("agent", text, index=3))
    found = shipped().read(spoken, least=least)
    assert all(0 <= each.char_start < each.char_end <= len(text) for each in found)
    assert all(each.turn == 3 and least <= each.probability <= 1 for each in found)
    for label in {each.label for each in found}:
        own = [each for each in found if each.label == label]
        assert all(one.char_end <= other.char_start for one, other in pairwise(own))


@given(SPOKEN)
def test_what_is_asked_more_surely_is_part_of_what_is_asked_less_surely(text):
    (spoken,) = read(turn("agent", text))
    sure, all_of_it = (set(shipped().read(spoken, least=least)) for least in (0.5, LEAST))
    assert sure <= all_of_it


def test_a_model_comes_back_from_its_file(tmp_path):
    save_model(shipped(), tmp_path / "model.npz")
    back = load_model(tmp_path / "model.npz")
    assert (back.labels, back.vocabulary, back.phrases, back.version) == (
        shipped().labels,
        shipped().vocabulary,
        shipped().phrases,
        shipped().version,
    )
    for text in ("您好，工号一零二五，请讲", "这个真办不了，你爱找谁找谁", "感谢您的来电，再见"):
        assert readings(back, text) == readings(shipped(), text)


def test_sixteen_bits_change_no_probability_that_matters(tmp_path):
    fine = replace(small(甲=0.9), weights=np.array([[9.123456]], np.float32), idf=np.array([1.2345678], np.float32))
    save_model(fine, tmp_path / "model.npz")
    (found,) = [clauses(*read(turn("agent", "甲")))]
    assert load_model(tmp_path / "model.npz").probabilities(found) == pytest.approx(
        fine.probabilities(found), abs=0.005
    )


def _cut_short(content):
    return content[: len(content) // 2]


def _damaged(content):
    middle = len(content) // 2
    return content[:middle] + bytes(64) + content[middle + 64 :]


@pytest.mark.parametrize(
    "spoil",
    [_cut_short, _damaged, lambda _: b"", lambda _: b"hello", lambda _: b"\x93NUMPY\x01\x00"],
    ids=["cut short", "damaged", "empty", "text", "an array"],
)
def test_a_spoilt_file_is_refused_with_a_remedy(tmp_path, spoil):
    path = tmp_path / "model.npz"
    path.write_bytes(spoil((SETTINGS.models_dir / "meaning.npz").read_bytes()))
    with pytest.raises(LexiconError, match=r"model\.npz: not a model of meaning .*pipeline\.lexicon\.training"):
        load_model(path)


def test_missing_and_foreign_files_are_refused(tmp_path):
    with pytest.raises(LexiconError, match=r"gone\.npz"):
        load_model(tmp_path / "gone.npz")
    np.savez(tmp_path / "other.npz", numbers=np.zeros(3))
    np.save(tmp_path / "array.npy", np.zeros(3))
    for name in ("other.npz", "array.npy"):
        with pytest.raises(LexiconError, match=f"{name}: not a model of meaning"):
            load_model(tmp_path / name)


@pytest.mark.parametrize(
    ("polarity", "least", "f1", "precision"),
    [
        (Polarity.STANDARD, DOUBTFUL, 0.63, 0.73),
        (Polarity.FORBIDDEN, DOUBTFUL, 0.56, 0.69),
        (Polarity.STANDARD, CERTAIN, 0.60, 0.79),
        (Polarity.FORBIDDEN, CERTAIN, 0.52, 0.75),
    ],
    ids=["standard shown", "forbidden shown", "standard counted", "forbidden counted"],
)
def test_the_shipped_model_knows_a_hand_it_never_read(polarity, least, f1, precision):
    tally = micro(held_back_tallies(least is CERTAIN), labels(), polarity)
    assert tally.wanted > 1000
    assert tally.f1 >= f1
    assert tally.precision >= precision


@cache
def labels():
    return load_lexicon(SETTINGS.lexicons_dir).labels


@cache
def held_back_tallies(certain):
    return clause_tallies(shipped(), held_back(SETTINGS, labels()), labels(), CERTAIN if certain else DOUBTFUL)
