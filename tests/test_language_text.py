import io
import logging
from contextlib import redirect_stderr

from builders import turn
from composed_calls import composed_call
from hypothesis import given
from hypothesis import strategies as st
from phrases import read, segmenter

from pipeline.language.normalise import fold_characters
from pipeline.language.segment import Segmenter
from pipeline.language.syllables import reread, sound_codes


def test_words_know_where_they_stand():
    text = "您好，請問您的宽带 1205 怎么了？"
    words = segmenter().cut(text)
    assert {"请问", "宽带", "1205"} <= {word.text for word in words}
    assert "".join(text[word.start : word.end] for word in words) == text


def test_added_words_are_kept_whole_and_for_us_alone():
    ours = Segmenter(["拍照片墙"])
    assert "拍照片墙" in {word.text for word in ours.cut("他要拍照片墙了")}
    assert "拍照片墙" not in {word.text for word in segmenter().cut("他要拍照片墙了")}


def test_words_are_those_of_jieba_itself():
    ours = segmenter()
    plain = ours._tokenizer
    for each in [*composed_call(1).transcript.turns, turn("agent", "ABC1205 號、"), turn("agent", "的")]:
        text = fold_characters(each.text)
        assert plain.get_DAG(text) == type(plain).get_DAG(plain, text)


def test_segmenting_is_quiet(caplog):
    with caplog.at_level(logging.DEBUG), redirect_stderr(io.StringIO()) as said:
        Segmenter().cut("请问有什么可以帮您")
    assert said.getvalue() == ""
    assert not caplog.records


def test_turns_are_read():
    (text,) = read(turn("agent", "您好，去银行了解1205"))
    assert text.text == "您好去银行了解一二零五"
    assert text.syllables == ("nin", "hao", "qu", "yin", "hang", "liao", "jie", "yi", "er", "ling", "wu")
    assert "银行" in {word.text for word in text.words}


@given(st.lists(st.sampled_from(["银行", "了解", "重复", "不了", "觉得", *"行重长好的您"]), max_size=8))
def test_uncut_turns_sound_as_if_they_had_been_cut(parts):
    said = "".join(parts)
    (text,) = read(turn("agent", said))
    assert text.sounds == reread(sound_codes(said), segmenter().cut(said))


@given(st.text(alphabet=st.sampled_from("您好請，。1205 重复银行了解abc\n"), max_size=30))
def test_every_comparable_character_has_a_sound(said):
    (text,) = read(turn("agent", said))
    assert len(text.sounds) == len(text.text) == len(text.normalised.offsets)
    assert "".join(said[word.start : word.end] for word in text.words) == said


@given(st.text("您好，帮我查一下这个月的话费。？!,.1三元abＡ：、", min_size=1, max_size=40), st.data())
def test_words_around_a_place_are_those_of_the_whole_turn(said, data):
    (text,) = read(turn("agent", said))
    start = data.draw(st.integers(0, len(said) - 1))
    end = data.draw(st.integers(start + 1, len(said)))
    around = text.words_around(start, end)
    assert set(around) <= set(text.words)
    assert {word for word in text.words if word.start < end and start < word.end} <= set(around)


@given(st.text("您好，帮我查一下这个月的话费。？!,.1三元abＡ：、", max_size=40))
def test_pieces_between_marks_are_cut_as_in_the_whole(text):
    segmenter = Segmenter(["话费查询"])
    assert [word.text for word in segmenter.cut(text)] == list(segmenter._tokenizer.cut(fold_characters(text)))
