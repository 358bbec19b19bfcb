import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schema import Role, Span, Utterance, Word
from pipeline.speakers.by_channel import make_turns, without_echoes

LEFT, RIGHT = 0, 1


def said(channel, text, start_s, end_s, confidence=0.9):
    step = (end_s - start_s) / len(text)
    words = tuple(Word(c, Span(start_s + i * step, start_s + (i + 1) * step), confidence) for i, c in enumerate(text))
    return Utterance(channel, Span(start_s, end_s), text, words, confidence)


def shape(turns):
    return [(turn.channel, turn.text) for turn in turns]


@pytest.mark.parametrize(
    ("utterances", "turns"),
    [
        ([], []),
        ([said(LEFT, "您好", 0, 1)], [(LEFT, "您好")]),
        ([said(LEFT, "您好", 0, 1), said(LEFT, "请讲", 1.5, 2)], [(LEFT, "您好请讲")]),
        ([said(LEFT, "您好", 0, 1), said(LEFT, "请讲", 2.5, 3)], [(LEFT, "您好"), (LEFT, "请讲")]),
        (
            [said(LEFT, "您好", 0, 1), said(RIGHT, "查话费", 1.2, 2), said(LEFT, "请稍等", 2.2, 3)],
            [(LEFT, "您好"), (RIGHT, "查话费"), (LEFT, "请稍等")],
        ),
        (
            [said(LEFT, "这个套餐", 0, 1), said(RIGHT, "嗯", 1.1, 1.3), said(LEFT, "每月五十", 1.6, 3)],
            [(LEFT, "这个套餐每月五十"), (RIGHT, "嗯")],
        ),
        (
            [said(LEFT, "这个套餐", 0, 1), said(RIGHT, "我不要这个", 1.1, 1.8), said(LEFT, "每月五十", 1.9, 3)],
            [(LEFT, "这个套餐"), (RIGHT, "我不要这个"), (LEFT, "每月五十")],
        ),
        (
            [said(LEFT, "我说了不要", 0, 2), said(RIGHT, "您别激动好吗", 1.9, 4), said(LEFT, "就这两个字", 2.1, 3)],
            [(LEFT, "我说了不要就这两个字"), (RIGHT, "您别激动好吗")],
        ),
        ([said(RIGHT, "后说", 5, 6), said(LEFT, "先说", 0, 1)], [(LEFT, "先说"), (RIGHT, "后说")]),
    ],
    ids=["none", "one", "short pause", "long pause", "change", "back-channel", "interjection", "talks on", "order"],
)
def test_turns(utterances, turns):
    assert shape(make_turns(utterances)) == turns


def test_a_turn_keeps_words_times_and_confidence():
    (turn,) = make_turns([said(RIGHT, "您好", 0, 1, 0.9), said(RIGHT, "请您讲吧", 1.2, 2, 0.6)])
    assert (turn.index, turn.role, turn.channel, turn.span) == (0, Role.UNKNOWN, RIGHT, Span(0, 2))
    assert "".join(word.text for word in turn.words) == turn.text == "您好请您讲吧"
    assert turn.confidence == pytest.approx((0.9 * 2 + 0.6 * 4) / 6)


def test_without_word_times_a_turn_has_none():
    (turn,) = make_turns([Utterance(0, Span(0, 1), "您好"), said(LEFT, "请讲", 1.1, 2)])
    assert (turn.text, turn.words) == ("您好请讲", ())


@pytest.mark.parametrize(
    ("other", "left"),
    [
        (said(RIGHT, "我想查一下话费", 0.1, 2.1, 0.5), [LEFT]),
        (said(RIGHT, "我想插一下花费", 0.1, 2.1, 0.5), [LEFT]),
        (said(RIGHT, "我想查一下话费", 0.1, 2.1, 0.95), [RIGHT]),
        (said(RIGHT, "我想查一下话费", 5, 7, 0.5), [LEFT, RIGHT]),
        (said(RIGHT, "您先别着急好吗", 0.1, 2.1, 0.5), [LEFT, RIGHT]),
        (said(RIGHT, "查一下话", 0.8, 1.6, 0.5), [LEFT]),
        (said(RIGHT, "查", 0.8, 1.0, 0.5), [LEFT, RIGHT]),
    ],
    ids=["same", "alike", "better there", "later", "other words", "a part", "one word"],
)
def test_echoes(other, left):
    utterances = [said(LEFT, "我想查一下话费", 0, 2, 0.9), other]
    assert [u.channel for u in without_echoes(utterances)] == left


def test_of_two_equal_copies_one_is_kept():
    assert len(without_echoes([said(LEFT, "您好请讲", 0, 1), said(RIGHT, "您好请讲", 0, 1)])) == 1


UTTERANCES = st.lists(
    st.builds(
        lambda channel, text, start, length: said(channel, text, start, start + length),
        st.sampled_from([LEFT, RIGHT]),
        st.text("您好请讲我要查话费嗯", min_size=1, max_size=8),
        st.floats(0, 60),
        st.floats(0.1, 8),
    ),
    max_size=12,
)


@given(UTTERANCES)
def test_nothing_is_lost_or_invented(utterances):
    turns = make_turns(utterances)
    kept = without_echoes(utterances)
    assert sorted("".join(t.text for t in turns)) == sorted("".join(u.text for u in kept))
    assert [turn.index for turn in turns] == list(range(len(turns)))
    assert [turn.span.start_s for turn in turns] == sorted(turn.span.start_s for turn in turns)
    assert all("".join(word.text for word in turn.words) == turn.text for turn in turns)


@given(UTTERANCES)
def test_swapping_channels_swaps_them_in_turns(utterances):
    kept = without_echoes(utterances)
    swapped = [Utterance(1 - u.channel, u.span, u.text, u.words, u.confidence) for u in kept]
    there = {(t.channel, t.text, t.span) for t in make_turns(kept)}
    assert {(1 - t.channel, t.text, t.span) for t in make_turns(swapped)} == there
