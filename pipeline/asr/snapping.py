"""Word times drawn in to the sound: a recogniser lets the last word before a pause last as long as the pause."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, Samples
from pipeline.schema import Span, Word

_FRAME_S = 0.02
_LONG_WORD_S = 0.3
"""A syllable lasts 0.15 to 0.3 s at the usual 180 to 280 characters a minute with pauses; longer words hold a pause."""

_SOUND_SHARE = 0.35
"""How far from the window's quiet to its loud level (in dB) a frame must be to count as sound."""

_BRIDGE_FRAMES = 6
"""Quiet of about a tenth of a second inside a syllable does not end it."""

_SILENCE_POWER = 1e-10

Marks = npt.NDArray[np.bool_]


def snap(words: Iterable[Word], samples: Samples) -> Iterator[Word]:
    """The words, long ones shortened to the longest run of sound inside them.

    Parameters
    ----------
    words
        Timed within the window.
    samples
        Shape (n,), 16 kHz: the window.
    """
    sound = _sound(samples)
    for word in words:
        if word.span.duration_s <= _LONG_WORD_S * max(1, len(word.text.strip())):
            yield word
        else:
            yield replace(word, span=_longest_run(sound, word.span))


def _sound(samples: Samples) -> Marks:
    """Per frame, whether it sounds: quiet and loud levels are the window's 10th and 95th percentiles."""
    width = round(_FRAME_S * RATE_HZ)
    if len(samples) < width:
        return np.zeros(0, np.bool_)
    frames = samples[: len(samples) // width * width].reshape(-1, width)
    level = 10 * np.log10(np.mean(np.square(frames, dtype=np.float64), axis=1) + _SILENCE_POWER)
    quiet, loud = np.percentile(level, [10, 95])
    marks: Marks = level > quiet + _SOUND_SHARE * (loud - quiet)
    return marks


def _longest_run(sound: Marks, span: Span) -> Span:
    first = round(span.start_s / _FRAME_S)
    loud = np.flatnonzero(sound[first : round(span.end_s / _FRAME_S)])
    if not len(loud):
        return span
    runs = np.split(loud, np.flatnonzero(np.diff(loud) > _BRIDGE_FRAMES) + 1)
    run = max(runs, key=len)
    start_s, end_s = (first + int(run[0])) * _FRAME_S, (first + int(run[-1]) + 1) * _FRAME_S
    return Span(max(start_s, span.start_s), min(end_s, span.end_s))
