from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechless import RATE_HZ, noise, tone

from pipeline.asr.loops import is_looping
from pipeline.asr.packing import Window, pack
from pipeline.asr.snapping import snap
from pipeline.asr.words import Heard, tidy, to_simplified, utterances
from pipeline.schema import Span, Word


def words(*texts, start_s=0.0, step_s=0.2):
    return [Word(text, Span(start_s + i * step_s, start_s + (i + 1) * step_s), 0.8) for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (["您", "好", ",", "請", "講"], "您好,请讲"),
        ([" 您", " 好"], "您好"),
        ([" 办", " wi", "fi"], "办wifi"),
        ([" hello", " world"], "hello world"),
        ([" 5", " G"], "5 G"),
        (["您", " ", "", "好 "], "您好"),
        (["\n查", "话費\t"], "查话费"),
    ],
)
def test_tidy(said, text):
    assert "".join(word.text for word in tidy(words(*said))) == text


@given(st.text(max_size=30))
def test_simplified_text_keeps_its_length(text):
    assert len(to_simplified(text)) == len(text)


def test_traditional_characters():
    assert to_simplified("請問有什麼可以幫您？話費") == "请问有什么可以帮您？话费"


@pytest.mark.parametrize(
    ("text", "looping"),
    [
        ("牛" * 20, True),
        ("谢谢，" * 8, True),
        ("我不知道。" * 6, True),
        ("对对对对对", False),
        ("好的好的好的", False),
        ("您好您好您好您好，我听不见", False),
        ("八八八八六六六六", False),
        ("88888888", False),
        ("", False),
    ],
)
def test_loops(text, looping):
    assert is_looping(text) is looping


def line(seconds):
    return np.arange(round(seconds * RATE_HZ), dtype=np.float32)


def test_windows_hold_whole_stretches_and_are_even():
    speech = [Span(0, 12), Span(15, 27), Span(30, 38), Span(50, 51)]
    windows = pack(line(60), speech)
    assert [window.pieces for window in windows] == [tuple(speech[:1]), tuple(speech[1:])]
    assert [len(window.samples) for window in windows] == [12 * RATE_HZ, 21 * RATE_HZ]
    assert windows[1].samples[12 * RATE_HZ] == 30 * RATE_HZ


def test_a_long_stretch_is_cut_where_it_is_quiet():
    samples = noise(50, 0.2)
    samples[26 * RATE_HZ : round(26.4 * RATE_HZ)] = 0
    first, second = pack(samples, [Span(0, 50)])
    assert 26.0 < first.pieces[-1].end_s < 26.4
    assert first.pieces[-1].end_s == second.pieces[0].start_s


def test_speech_beyond_the_end_is_left_out():
    (window,) = pack(line(2), [Span(1, 5), Span(6, 7)])
    assert window.pieces == (Span(1, 2),)


def test_no_speech_no_windows():
    assert pack(line(2), []) == ()


SPEECH = st.lists(st.tuples(st.floats(0.05, 40), st.floats(0, 5)), max_size=8).map(
    lambda pairs: [
        Span(start, start + pairs[i][0])
        for i, start in enumerate(sum(a + b for a, b in pairs[:k]) + 0.0 for k in range(len(pairs)))
    ]
)


@given(SPEECH)
def test_windows_hold_all_speech_and_fit(speech):
    samples = np.zeros(round(max((s.end_s for s in speech), default=0) * RATE_HZ) + 1, np.float32)
    windows = pack(samples, speech)
    assert all(len(window.samples) <= 30 * RATE_HZ + len(window.pieces) for window in windows)
    pieces = [piece for window in windows for piece in window.pieces]
    assert sum(p.duration_s for p in pieces) == pytest.approx(sum(s.duration_s for s in speech), abs=1e-3)
    assert all(a.end_s <= b.start_s + 1e-9 for a, b in pairwise(pieces))


WINDOW = Window(noise(24, 0.1), (Span(10, 12), Span(20, 24)))


@pytest.mark.parametrize(
    ("inside", "there"),
    [
        (Span(0.5, 1.0), Span(10.5, 11.0)),
        (Span(2.5, 3.0), Span(20.5, 21.0)),
        (Span(1.5, 2.2), Span(11.5, 12.0)),
        (Span(1.9, 2.6), Span(20.0, 20.6)),
        (Span(5.5, 7.5), Span(23.5, 24.0)),
    ],
)
def test_times_of_the_recording(inside, there):
    found = WINDOW.to_recording(inside)
    assert (found.start_s, found.end_s) == pytest.approx((there.start_s, there.end_s))


def test_utterances_end_at_long_pauses():
    heard = Heard(WINDOW, (*words("您", "好"), *words("请", "讲", start_s=2.0)), 0.3)
    first, second = utterances([heard], 1)
    assert (first.text, second.text, first.channel, first.no_speech_probability) == ("您好", "请讲", 1, 0.3)
    assert (first.span.start_s, second.span.start_s) == pytest.approx((10.0, 20.0))
    assert "".join(word.text for word in first.words) == first.text
    assert first.confidence == pytest.approx(0.8)


def test_utterances_of_several_windows_are_ordered():
    late, early = Window(noise(42), (Span(40, 42),)), Window(noise(42), (Span(4, 6),))
    found = utterances([Heard(late, tuple(words("后"))), Heard(early, tuple(words("先"))), Heard(early, ())], 0)
    assert [utterance.text for utterance in found] == ["先", "后"]


def beeps(*stretches, seconds=3.0):
    wave = noise(seconds, 0.001)
    for start_s, end_s in stretches:
        wave[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] += tone(300, end_s - start_s)
    return wave


@pytest.mark.parametrize(
    ("span", "snapped"),
    [
        (Span(0.0, 1.4), (1.0, 1.4)),
        (Span(1.0, 2.9), (1.0, 1.5)),
        (Span(1.1, 1.3), (1.1, 1.3)),
        (Span(1.9, 2.9), (1.9, 2.9)),
    ],
    ids=["starts early", "ends late", "short", "no sound at all"],
)
def test_long_words_are_drawn_in_to_the_sound(span, snapped):
    (word,) = snap([Word("好", span, 1.0)], beeps((1.0, 1.5)))
    assert (word.span.start_s, word.span.end_s) == pytest.approx(snapped, abs=0.03)


@given(st.floats(0, 3), st.floats(0, 3))
def test_snapping_only_shortens(a, b):
    span = Span(min(a, b), max(a, b))
    (word,) = snap([Word("好", span, 1.0)], beeps((0.4, 0.8), (1.0, 1.5)))
    assert span.start_s <= word.span.start_s <= word.span.end_s <= span.end_s
