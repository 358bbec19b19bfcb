from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from speechless import RATE_HZ, noise, telephone, tone

from pipeline.audio.decode import load_audio
from pipeline.schema import Span
from pipeline.settings import Settings
from pipeline.speakers.activity import INAUDIBLE, RECOGNITION, TIMING, Margins, find_speech, speech_chances, stretches
from pipeline.speakers.crosstalk import own_speech

CALL = Path(__file__).parent / "data/calls/d05.wav"


@pytest.fixture(scope="module")
def call():
    return load_audio(CALL, settings=Settings()).samples


def test_nothing_in_nothing():
    assert find_speech(np.zeros(0, np.float32)) == ()
    assert find_speech(np.zeros(RATE_HZ, np.float32)) == ()


@pytest.mark.parametrize("sound", [tone(450, 5), noise(5, 0.01), telephone(noise(5, 0.05, color=0.5))])
def test_no_speech_in_tones_and_noise(sound):
    assert find_speech(sound, TIMING) == ()


@pytest.mark.parametrize("margins", [RECOGNITION, TIMING])
@pytest.mark.parametrize("channel", [0, 1])
def test_stretches_are_ordered_and_inside(call, margins, channel):
    spans = find_speech(call[channel], margins)
    assert spans
    edges = [edge for span in spans for edge in (span.start_s, span.end_s)]
    assert edges == sorted(edges)
    assert 0 <= edges[0] < edges[-1] <= call.shape[1] / RATE_HZ


FRAME_S = 0.032
PLAIN = Margins(threshold=0.5, min_speech_s=0.05, min_pause_s=0.1, pad_s=0.0)


@pytest.mark.parametrize(
    ("chances", "frames"),
    [
        ("0055500000", [(2, 5)]),
        ("0055444445500000", [(2, 11)]),  # a little less does not end it
        ("004440000000", []),  # nor begin it
        ("005515500000", [(2, 7)]),  # a short pause
        ("005500000500000", [(2, 4)]),  # a long one; a single frame is too short
        ("00550000055", [(2, 4), (9, 11)]),
        ("0055500", [(2, 7)]),  # the end comes before the pause is long
        ("5555555555", [(0, 10)]),
        ("0000000000", []),
    ],
)
def test_what_the_detector_says_becomes_stretches(chances, frames):
    found = stretches(
        np.array([int(each) / 10 for each in chances], np.float32), PLAIN, length_s=len(chances) * FRAME_S
    )
    assert [(span.start_s, span.end_s) for span in found] == [
        pytest.approx((first * FRAME_S, end * FRAME_S)) for first, end in frames
    ]


def test_margins_end_at_the_edges_and_meet_in_the_middle():
    chances = np.array([0, 5, 5, 0, 0, 0, 0, 0, 0, 5, 5], np.float32) / 10
    first, last = stretches(chances, replace(PLAIN, pad_s=0.2), length_s=11 * FRAME_S)
    assert (first.start_s, last.end_s) == (0.0, pytest.approx(11 * FRAME_S))
    assert first.end_s == last.start_s == pytest.approx(6 * FRAME_S)


def test_a_dead_channel_has_no_frames_and_changes_nothing(call):
    dead = np.full_like(call[0], INAUDIBLE / 2)
    alone = speech_chances(call[:1])[0]
    none, other = speech_chances(np.stack([dead, call[0]]))
    assert none.shape == (0,)
    assert other == pytest.approx(alone, abs=1e-4)


def test_generous_margins_hold_the_tight_ones(call):
    generous, tight = find_speech(call[0]), find_speech(call[0], TIMING)
    for span in tight:
        assert sum(span.overlap_s(other) for other in generous) == pytest.approx(span.duration_s, abs=0.05)
    assert sum(s.duration_s for s in tight) < sum(s.duration_s for s in generous)


@pytest.mark.parametrize("level", [1.0, 0.1, 0.02])
def test_soft_speech_is_speech(call, level):
    whole = sum(span.duration_s for span in find_speech(call[0]))
    assert sum(span.duration_s for span in find_speech(level * call[0])) > 0.8 * whole


def talk(*stretches, seconds=10.0, level=0.3):
    wave = noise(seconds, 0.0005)
    for start_s, end_s in stretches:
        wave[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)] += noise(end_s - start_s, level)
    return wave


def test_leaks_are_not_own_speech():
    left, right = talk((1, 3)), talk((5, 8))
    both = np.stack([left + 0.02 * right, right + 0.02 * left])
    heard = (Span(0.8, 3.2), Span(4.8, 8.2))
    left_own, right_own = own_speech(both, (heard, heard))
    assert sum(span.overlap_s(Span(1, 3)) for span in left_own) == pytest.approx(2, abs=0.05)
    assert sum(span.overlap_s(Span(5, 8)) for span in left_own) < 0.7
    assert sum(span.overlap_s(Span(5, 8)) for span in right_own) == pytest.approx(3, abs=0.05)
    assert sum(span.overlap_s(Span(1, 3)) for span in right_own) < 0.7


def test_a_channel_that_holds_nothing_but_leaks_has_no_speech():
    """No own voice to compare with: what counts is that the other side is far louder all the time."""
    right = talk((1, 3), (5, 8))
    heard = (Span(0.7, 3.3), Span(4.7, 8.3))
    assert own_speech(np.stack([0.05 * right + noise(10, 0.0005, seed=2), right]), (heard, heard)) == ((), heard)


def test_a_soft_voice_between_the_other_s_turns_is_kept():
    left, right = talk((1, 4)), 0.03 * talk((4.8, 6))
    heard = ((Span(0.7, 4.3),), (Span(4.5, 6.3),))
    assert own_speech(np.stack([left, right]), heard) == heard


@pytest.mark.parametrize("softer", [1.0, 0.1])
def test_both_at_once_is_kept_on_both(softer):
    both = np.stack([talk((1, 3), (5, 7)), softer * talk((5, 8))])
    heard = ((Span(1, 3), Span(5, 7)), (Span(5, 8),))
    assert own_speech(both, heard) == heard


def test_one_channel_and_a_dead_channel_are_left_alone():
    spans = (Span(1, 3),)
    assert own_speech(talk((1, 3))[None], [spans]) == (spans,)
    assert own_speech(np.stack([talk((1, 3)), np.zeros(10 * RATE_HZ, np.float32)]), [spans, ()]) == (spans, ())


def test_a_real_call_loses_nothing(call):
    heard = [find_speech(channel) for channel in call]
    own = own_speech(call, heard)
    for before, after, channel in zip(heard, own, call, strict=True):
        tight = find_speech(channel, TIMING)
        kept = sum(span.overlap_s(other) for span in tight for other in after)
        assert kept > 0.97 * sum(span.overlap_s(other) for span in tight for other in before)
