import numpy as np
import pytest
from phrases import segmenter

from pipeline.language.confusion import coarse_class, parts
from pipeline.language.normalise import normalise
from pipeline.language.syllables import (
    FAR,
    SEPARATOR,
    coarse_classes,
    code_numbers,
    codes_near,
    distances,
    inventory,
    readings,
    reread,
    sound_codes,
    syllable_distance,
    syllables,
)


@pytest.mark.parametrize(
    ("text", "sounds"),
    [
        ("请稍等", ("qing", "shao", "deng")),
        ("旅客", ("lv", "ke")),
        ("用wifi", ("yong", "'w", "'i", "'f", "'i")),
        ("什么", ("shen", "me")),
    ],
)
def test_characters_sound(text, sounds):
    assert syllables(sound_codes(text)) == sounds


@pytest.mark.parametrize(
    ("text", "sounds"),
    [("银行", ("yin", "hang")), ("了解", ("liao", "jie")), ("重复", ("chong", "fu")), ("觉得", ("jue", "de"))],
)
def test_words_change_readings(text, sounds):
    assert syllables(reread(sound_codes(text), segmenter().cut(text))) == sounds


@pytest.mark.parametrize(
    ("syllable", "split"),
    [
        ("zhi", ("zh", "-", "I", "-")),
        ("ji", ("j", "-", "i", "-")),
        ("ju", ("j", "-", "v", "-")),
        ("wei", ("-", "u", "e", "i")),
        ("liu", ("l", "i", "o", "u")),
        ("er", ("-", "-", "e", "r")),
    ],
)
def test_syllables_are_taken_apart(syllable, split):
    assert parts(syllable) == split


@pytest.mark.parametrize(
    ("near", "nearer_than"),
    [
        (("zhu", "zu"), ("zhu", "mu")),
        (("nan", "lan"), ("nan", "gan")),
        (("fei", "hei"), ("fei", "zei")),
        (("bang", "ban"), ("bang", "bai")),
        (("qing", "xing"), ("qing", "ding")),
        (("zhu", "chu"), ("zhu", "lu")),
        (("nin", "ni"), ("nin", "mo")),
        (("yi", "yao"), ("yi", "gao")),
    ],
)
def test_confusable_syllables_are_near(near, nearer_than):
    assert syllable_distance(*near) < syllable_distance(*nearer_than) <= 1.0
    assert syllable_distance(*near) <= 0.35


@pytest.mark.parametrize(("one", "other"), [("hao", "mi"), ("shen", "ka"), ("wo", "di")])
def test_unlike_syllables_are_far(one, other):
    assert syllable_distance(one, other) > 0.7


def test_distance_table_is_a_distance():
    table = distances()[2:, 2:]
    assert np.allclose(table, table.T)
    assert np.all(np.diag(table) == 0.0)
    assert table.min() >= 0.0
    assert table.max() <= 1.0
    names = inventory()[2:]
    for i, j in zip(*np.nonzero(table == 0.0), strict=True):
        assert i == j or parts(names[i]) == parts(names[j]), "only two spellings of one syllable are no distance apart"


def test_nothing_matches_across_a_separator():
    numbers = code_numbers(f"{sound_codes('好')}\n{sound_codes('好')}")
    assert numbers[1] == SEPARATOR
    assert distances()[SEPARATOR].min() == FAR


def test_confusable_syllables_share_a_class():
    assert coarse_class("zhu") == coarse_class("cu") == coarse_class("shu") != coarse_class("lu")
    assert coarse_class("qing") == coarse_class("jin")
    assert coarse_class("nan") == coarse_class("lang") == coarse_class("ran")
    assert coarse_class("x") == 0


def test_letters_are_classes_of_their_own():
    letters = [name for name in inventory() if name.startswith("'")]
    classes = coarse_classes()[[inventory().index(name) for name in letters]]
    assert len(letters) == 26 == len(set(classes))


def test_unknown_characters_sound_like_nothing():
    assert syllables(sound_codes("\u3400\U00020000")) == ("qiu", "")
    assert normalise("é").text == ""


@pytest.mark.parametrize(("char", "known"), [("行", {"xing", "hang"}), ("好", {"hao"}), ("了", {"le", "liao"})])
def test_a_character_has_the_readings_of_its_words_too(char, known):
    assert known <= set(syllables("".join(readings(char))))


def test_codes_near_are_those_within_the_distance():
    near = set(syllables("".join(codes_near(sound_codes("是"), 0.1))))
    assert {"shi", "si"} <= near
    assert "zhi" not in near
