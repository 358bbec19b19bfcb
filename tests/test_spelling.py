"""Writing by sound: what is written anew, what is left alone, and what must always hold."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ModelError
from pipeline.language.syllables import code_distance, sound_codes
from pipeline.schema import Span, Utterance, Word
from pipeline.settings import Settings
from pipeline.spelling.choice import Hypothesis, likeliest
from pipeline.spelling.model import START, SpellingModel, load_model, save_model
from pipeline.spelling.rewriting import respell, rewrite
from pipeline.spelling.search import Speller, _Path, load_speller

SPAN = Span(0.0, 1.0)


def speller() -> Speller:
    return load_speller(Settings())


def utterance(text: str, confidence: float = 0.6) -> Utterance:
    return Utterance(0, SPAN, text, tuple(Word(char, SPAN, confidence) for char in text))


def written(text: str, confidence: float = 0.6) -> str:
    return respell(utterance(text, confidence), speller()).text


@pytest.mark.parametrize(
    ("recognised", "meant"),
    [
        ("庆问有什么可以帮您", "请问有什么可以帮您"),
        ("我是1025号克服", "我是1025号客服"),
        ("可以换化费", "可以换话费"),
        ("我马上给您查寻一下", "我马上给您查询一下"),
        ("请您烧等", "请您稍等"),
        ("很报歉给您添麻烦了", "很抱歉给您添麻烦了"),
        ("还有什么需要邦您的吗", "还有什么需要帮您的吗"),
    ],
)
def test_right_sounds_in_wrong_characters_are_written_anew(recognised, meant):
    assert written(recognised) == meant


@pytest.mark.parametrize(
    "text",
    [
        "请问有什么可以帮您？",
        "你自己没看清楚",
        "您自己没看清楚",
        "我姓汪，免贵姓章",
        "汪女士，章先生",
        "WiFi 5G 套餐，86元。",
        "幺八九二三四",
        "",
        "，。",
    ],
)
def test_what_is_right_is_left_alone(text):
    assert written(text, 0.9) == text


def test_where_the_recogniser_was_sure_its_characters_stay():
    assert written("帮我查花费", 0.6) == "帮我查话费"
    assert written("帮我查花费", 0.999) == "帮我查花费"


@pytest.mark.parametrize(
    ("first", "second", "right"),
    [
        ("请问有什么神乐可以帮您", "请问有什么可以帮您", 1),
        ("您好广电客服", "您好，光点克服", 0),
        ("好的", "好的请稍等帮您查一下", 1),
        ("宽带断网三天了", "宽带断网三天", 0),
        ("宽带断往三天了", "宽带断网三天了", 1),
    ],
)
def test_the_hotlines_language_chooses_between_hypotheses_as_likely_by_their_sound(first, second, right):
    assert likeliest([Hypothesis(first, -0.5), Hypothesis(second, -0.5)], 10, speller()) == right


def test_what_is_far_likelier_by_its_sound_is_chosen():
    hypotheses = [Hypothesis("请问有神乐可以帮您", -0.2), Hypothesis("请问有什么可以帮您", -1.4)]
    assert likeliest(hypotheses, 10, speller()) == 0


@pytest.mark.parametrize(
    ("lines", "as_heard"),
    [
        (("庆问有什么可以帮您", "我查一下话费", "请您烧等"), False),
        (("两名少年在铁路边玩耍", "骨科医生给犀牛做了手书", "湖畔的白鹭飞向对岸的芦苇荡"), True),
        ((), True),
    ],
)
def test_what_is_no_hotlines_speech_stays_as_it_was_recognised(lines, as_heard):
    recognised = tuple(utterance(line) for line in lines)
    assert (rewrite(recognised, speller()) == recognised) is as_heard


@pytest.mark.parametrize(
    ("run", "as_heard"),
    [("请问有什么可以帮您", True), ("庆问有什么可以帮您", False), ("可以换化费", False), ("您", True)],
)
def test_what_sounds_like_more_is_never_less_likely_than_what_is_written(run, as_heard):
    written_out, likeliest_out = speller().surprise_as_written(run), speller().surprise(run)
    assert written_out >= likeliest_out
    assert (written_out == pytest.approx(likeliest_out)) is as_heard


@pytest.mark.parametrize("word", ["客服", "话费", "您", "犀牛"])
@pytest.mark.parametrize("befores", [["请问", "我", "查询"], ["犀牛"], ["广电", "的", START]])
def test_a_word_joins_the_best_of_all_ways(word, befores):
    """Only ways that end in a word it was seen after are looked at one by one."""
    model = load_model(Settings().models_dir / "spelling.npz")
    ways = [_Path(cost, before, 0, START) for cost, before in enumerate(befores)]
    found: dict[str, _Path] = {}
    speller()._extend(found, speller()._column(ways), 0, speller()._words(word)[:1], [0.0] * len(word))
    assert (found[word].cost, found[word].before) == min(
        (way.cost - model.log_probability(word, way.word), way.word) for way in ways
    )


def test_both_texts_are_kept():
    again = respell(utterance("可以换化费"), speller())
    assert [word.text for word in again.words] == list("可以换话费")
    assert [word.heard for word in again.words] == ["", "", "", "化", ""]


def test_words_of_several_characters_keep_their_place():
    words = (Word("庆问", SPAN, 0.5), Word("您", SPAN, 0.9), Word("贵性", SPAN, 0.5))
    again = respell(Utterance(0, SPAN, "庆问您贵性", words), speller())
    assert [(word.text, word.heard) for word in again.words] == [("请问", "庆问"), ("您", ""), ("贵姓", "贵性")]


def test_text_without_words_is_left_alone():
    bare = Utterance(0, SPAN, "可以换化费")
    assert respell(bare, speller()) == bare


@given(st.text(alphabet="庆问您你好话费化克服客我是烧稍等0aA，。 ", max_size=25), st.floats(0.0, 1.0))
def test_length_sound_and_all_but_chinese_characters_stay(text, confidence):
    again = written(text, confidence)
    assert len(again) == len(text)
    for before, after in zip(text, again, strict=True):
        if before != after:
            assert code_distance(sound_codes(before), sound_codes(after)) <= 0.2
            assert {before, after} != {"你", "您"}


def test_the_same_text_is_always_written_the_same():
    assert written("庆问您需要什么邦助") == written("庆问您需要什么邦助")


def test_numbers_survive_the_file(tmp_path: Path):
    path = tmp_path / "spelling.npz"
    save_model({"$": -1.0, "请": -2.0, "您": -3.0}, {("^", "请"): 2, ("请", "您"): 2, ("您", "$"): 2}, path)
    model = load_model(path)
    assert model.words == {"$": -1.0, "请": -2.0, "您": -3.0}
    assert model.pairs == {("^", "请"): 2, ("请", "您"): 2, ("您", "$"): 2}
    assert model.counts == {"^": 2, "请": 2, "您": 2}
    assert model.log_probability("您", "请") > model.log_probability("请", "您")


@pytest.mark.parametrize("content", [b"", b"PK", b"no model"])
def test_a_broken_model_is_refused(tmp_path, content):
    path = tmp_path / "spelling.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"spelling\.training"):
        load_model(path)


def test_an_unseen_word_falls_back_to_its_own_frequency():
    model = SpellingModel({"甲": -1.0}, {}, {}, "x")
    assert model.log_probability("甲", "乙") == -1.0
