"""What leaks from one channel to the other is not said there: it is taken out before recognition.

A leaked voice is far below the channel's own voice while the other channel is loud. On twelve simulated hotline calls
own speech peaks at most 5 dB below the channel's usual peak level, leaked speech 23 dB or more below it.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, frame_power
from pipeline.schema import Span

_FRAME_S = 0.05
_PEAK_PERCENTILE = 95
"""Of the frame levels: a channel's usual peak level, whatever the share of speech in a call with two sides."""

_WEAK_DB = 15.0
"""Below the own peak level: half way between own speech and leaked speech."""

_LOUD_DB = 12.0
"""Sound within this much of a peak level counts as speech, not as the end of a word or a pause."""

_SMOOTH_FRAMES = 5
"""A quarter second on both sides keeps the edges of words and the gaps between syllables."""

_FAR_LOUDER_DB = 15.0
_MOSTLY = 0.9
"""A stretch in nearly all of whose loud frames the other channel is this much louder is the other's voice.

The rule below needs the channel's own voice to compare with; this one also holds where nobody else speaks here.
"""

_MIN_LEAK_S = 0.3
_MIN_OWN_S = 0.2
_SILENCE_POWER = 1e-10

Levels = npt.NDArray[np.float64]


def own_speech(samples: npt.NDArray[np.float32], speech: Sequence[Sequence[Span]]) -> tuple[tuple[Span, ...], ...]:
    """Per channel, the stretches of speech without those that only leak from the other channel.

    Parameters
    ----------
    samples
        Shape (channels, n), 16 kHz; with one channel nothing is taken out.
    speech
        Per channel, the stretches found there.
    """
    if len(samples) != 2:
        return tuple(tuple(spans) for spans in speech)
    levels = [_levels_db(channel) for channel in samples]
    peaks = [level - float(np.percentile(level, _PEAK_PERCENTILE)) if len(level) else level for level in levels]
    return tuple(
        tuple(
            part
            for span in spans
            if not _is_leak(span, levels[own], levels[1 - own])
            for part in _without(span, _leaks(peaks[own], peaks[1 - own]))
        )
        for own, spans in enumerate(speech)
    )


def _levels_db(samples: npt.NDArray[np.float32]) -> Levels:
    """Highest frame level within a quarter second around each frame."""
    level = 10 * np.log10(frame_power(samples, round(_FRAME_S * RATE_HZ)) + _SILENCE_POWER)
    around = np.pad(level, _SMOOTH_FRAMES, mode="edge")
    smooth: Levels = np.lib.stride_tricks.sliding_window_view(around, 2 * _SMOOTH_FRAMES + 1).max(axis=1)
    return smooth


def _is_leak(span: Span, own: Levels, other: Levels) -> bool:
    """Whether the other channel is far louder wherever this stretch is loud."""
    during = slice(round(span.start_s / _FRAME_S), round(span.end_s / _FRAME_S))
    if not len(own[during]):
        return False
    loud = own[during] > own[during].max() - _LOUD_DB
    return float(np.mean((other[during] - own[during])[loud] > _FAR_LOUDER_DB)) > _MOSTLY


def _leaks(own: Levels, other: Levels) -> tuple[Span, ...]:
    marks = (own < -_WEAK_DB) & (other > -_LOUD_DB)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marks, [False]])))
    spans = (Span(float(a) * _FRAME_S, float(b) * _FRAME_S) for a, b in edges.reshape(-1, 2))
    return tuple(span for span in spans if span.duration_s >= _MIN_LEAK_S)


def _without(span: Span, leaks: Sequence[Span]) -> tuple[Span, ...]:
    kept: list[Span] = []
    start_s = span.start_s
    for leak in (leak for leak in leaks if leak.overlap_s(span) > 0):
        kept.append(Span(start_s, max(start_s, leak.start_s)))
        start_s = leak.end_s
    kept.append(Span(start_s, max(start_s, span.end_s)))
    return tuple(part for part in kept if part.duration_s >= _MIN_OWN_S)
