"""What a recogniser passes over in a window is tried by itself; what loops is tried in short windows."""

import numpy as np
import pytest

from pipeline.asr.recognise import recognise
from pipeline.asr.words import Heard
from pipeline.audio.room import RATE_HZ
from pipeline.schema import Span, Word

LOUD, AS_LOUD, LEAKED = 0.1, 0.05, 0.01
ALL, FIRST, NOTHING = "all", "first", "nothing"


class Ear:
    """Hears a word in every stretch of a window, in the first alone, or in none; in a stretch by itself always one."""

    def __init__(self, hears: str, text: str = "好", *, alone: str = "好") -> None:
        self.hears, self.text, self.alone = hears, text, alone
        self.asked: list[int] = []

    def __call__(self, windows, again):
        for window in windows:
            self.asked.append(len(window.pieces))
            yield Heard(window, tuple(self._words(window, again)))

    def _words(self, window, again):
        by_itself = len(window.pieces) == 1 and self.hears != NOTHING
        hears, text = (ALL, self.alone) if by_itself else (self.hears, self.text)
        at = 0.0
        for number, piece in enumerate(window.pieces):
            if hears == ALL or (hears == FIRST and number == 0):
                yield Word("好" if again else text, Span(at + 0.2, at + 0.5), 0.9)
            at += piece.duration_s


def channel(*stretches: tuple[float, float, float]):
    """Noise of these levels between these seconds, and where it is."""
    noise = np.random.default_rng(0).normal(size=30 * RATE_HZ)
    samples = np.zeros(30 * RATE_HZ, dtype=np.float32)
    for start_s, end_s, level in stretches:
        part = slice(round(start_s * RATE_HZ), round(end_s * RATE_HZ))
        samples[part] = level * noise[part]
    return samples, [Span(start_s, end_s) for start_s, end_s, _ in stretches]


@pytest.mark.parametrize(
    ("hears", "second", "starts", "asked"),
    [
        (ALL, (5.0, 9.0, LOUD), [0.2, 5.2], [2]),
        (FIRST, (5.0, 9.0, LOUD), [0.2, 5.2], [2, 1]),
        (FIRST, (5.0, 9.0, AS_LOUD), [0.2, 5.2], [2, 1]),
        (FIRST, (5.0, 9.0, LEAKED), [0.2], [2]),
        (FIRST, (5.0, 6.5, LOUD), [0.2], [2]),
        (NOTHING, (5.0, 9.0, LOUD), [], [2]),
    ],
)
def test_a_long_stretch_as_loud_as_the_others_is_tried_by_itself(hears, second, starts, asked):
    samples, speech = channel((0.0, 3.0, LOUD), second)
    ear = Ear(hears)
    found = recognise(samples, speech, 0, ear)
    assert [utterance.span.start_s for utterance in found] == pytest.approx(starts, abs=0.2)
    assert ear.asked == asked


def test_loops_are_tried_again_in_short_windows():
    samples, speech = channel((0.0, 6.0, LOUD), (8.0, 14.0, LOUD))
    ear = Ear(ALL, text="好的" * 8)
    assert {utterance.text for utterance in recognise(samples, speech, 0, ear)} == {"好"}
    assert ear.asked == [2, 1, 1]


def test_what_was_passed_over_and_loops_by_itself_is_tried_again():
    samples, speech = channel((0.0, 3.0, LOUD), (5.0, 9.0, LOUD))
    ear = Ear(FIRST, alone="好的" * 8)
    assert [utterance.text for utterance in recognise(samples, speech, 0, ear)] == ["好", "好"]
    assert ear.asked == [2, 1, 1]
