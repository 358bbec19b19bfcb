"""Music and busy signals on a line where nobody speaks: sounds whose pitch stands still."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, Samples, frame_power, stretch
from pipeline.measures.spans import parted
from pipeline.schema import Span

Powers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

_SIZE = 1024
_HOP = 512
"""64 ms every 32 ms: lines of the spectrum 15.6 Hz apart, a quarter of a tone at 500 Hz."""
_BAND_HZ = (200.0, 3400.0)
"""Of a telephone line, above the hum of the mains."""
_PEAK_DB = 10.0
_AROUND = 8
"""A partial stands so far above the lines within 125 Hz on both sides."""
_HELD = 4
"""Frames: a partial that stands still for 130 ms and more; those of a voice glide, as speech never keeps a pitch so long."""
MUSIC_WINDOW_S = 4.0
_MUSICAL = 0.5
"""Share of a window's frames with a held partial: on both channels of 16 simulated calls, speech and all, and in 30 sounds without music it stays below."""
_LEAST_PITCHES = 4
"""Of a window: signals of the exchange keep to one or two."""
_AUDIBLE = 10.0
"""Times the power of the noise: 10 dB."""

_TONE_HZ = (420.0, 480.0)
"""Signals of Chinese exchanges are of 450 Hz (GB/T 3380): busy 0.35 s on and off, congestion 0.7 s, ringing 1 s in 5."""
_TONE_SIZE = 640
_PURE = 0.8
"""Share of the power in the band of the tone."""
_BUSY_S = (0.25, 0.85)
_BUSY_BEATS = 3
"""So many tones of the same length, with pauses as long between them."""
_LEAST_TONE = 0.1
"""Less of the time with any sound is no signal, and costs nothing."""
_UNEVEN = 0.12
"""Seconds by which they may differ, three frames."""


def music(samples: Samples, span: Span, floor_power: float) -> tuple[Span, ...]:
    """Stretches of a span in which music plays.

    Parameters
    ----------
    samples
        The whole channel, shape (n,), 16 kHz.
    floor_power
        Mean power of the channel's noise: what is not well above it is not heard.
    """
    part = stretch(samples, span)
    size, last = round(MUSIC_WINDOW_S * RATE_HZ), len(part) - round(MUSIC_WINDOW_S * RATE_HZ)
    starts = sorted({*range(0, last, size // 2), last}) if last >= 0 else []
    found = ((span.start_s + start / RATE_HZ, _played(part[start : start + size], floor_power)) for start in starts)
    return tuple(Span(at_s + played.start_s, at_s + played.end_s) for at_s, played in found if played)


def _played(window: Samples, floor_power: float) -> Span | None:
    """From the first held partial to the last, where the window holds music."""
    if _audible(window, floor_power) < _MUSICAL:
        return None
    held = _held(_spectra(window, _SIZE, _HOP), floor_power)
    frames = np.flatnonzero(held.any(axis=1))
    if len(frames) < _MUSICAL * len(held) or np.count_nonzero(held.any(axis=0)) < _LEAST_PITCHES:
        return None
    return Span(float(frames[0]) * _HOP / RATE_HZ, float(frames[-1] * _HOP + _SIZE) / RATE_HZ)


def _audible(part: Samples, floor_power: float) -> float:
    """Share of the time in which something is heard."""
    return float(np.mean(frame_power(part, _HOP) > floor_power * _AUDIBLE))


def _spectra(part: Samples, size: int, hop: int) -> Powers:
    """Power of each line, shape (frames, lines); scaled so that a frame's lines add up to its mean power."""
    frames = np.lib.stride_tricks.sliding_window_view(part, size)[::hop] * np.hanning(size)
    lines: Powers = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    return lines * (2 / (size * np.sum(np.hanning(size) ** 2)))


def _held(lines: Powers, floor_power: float) -> Mask:
    """Which lines carry a partial that stands still, shape (frames, lines)."""
    first, last = (round(hz * _SIZE / RATE_HZ) for hz in _BAND_HZ)
    around = np.lib.stride_tricks.sliding_window_view(lines, 2 * _AROUND + 1, axis=1)
    level = np.zeros_like(lines)
    level[:, _AROUND:-_AROUND] = np.median(around, axis=2)
    top = np.zeros(lines.shape, bool)
    top[:, 1:-1] = (lines[:, 1:-1] >= lines[:, :-2]) & (lines[:, 1:-1] >= lines[:, 2:])
    top &= lines > level * 10 ** (_PEAK_DB / 10)
    top &= (lines.sum(axis=1) > floor_power * _AUDIBLE)[:, None]
    top[:, :first] = top[:, last:] = False
    return _standing(top)


def _standing(top: Mask) -> Mask:
    """The partials that are there for so many frames, in all of these frames."""
    count = max(0, len(top) - _HELD + 1)
    runs = np.ones((count, top.shape[1]), np.bool_)
    held = np.zeros_like(top)
    for shift in range(_HELD):
        runs &= top[shift : shift + count]
    for shift in range(_HELD):
        held[shift : shift + count] |= runs
    return held


def busy_signals(samples: Samples, span: Span, floor_power: float) -> tuple[Span, ...]:
    """Where the line is busy: the same tone again and again."""
    part = stretch(samples, span)
    if len(part) < _TONE_SIZE or _audible(part, floor_power) < _LEAST_TONE:
        return ()
    lines = _spectra(part, _TONE_SIZE, _TONE_SIZE)
    first, last = (round(hz * _TONE_SIZE / RATE_HZ) for hz in _TONE_HZ)
    total = lines.sum(axis=1)
    sounding = (lines[:, first : last + 1].sum(axis=1) > _PURE * total) & (total > floor_power * _AUDIBLE)
    return tuple(
        Span(span.start_s + start, span.start_s + end) for start, end in _beats(list(_lengths(sounding.tolist())))
    )


def _lengths(sounding: Sequence[bool]) -> Iterator[tuple[bool, float, float]]:
    """Tones and pauses with their begin and end in seconds."""
    frame_s, at = _TONE_SIZE / RATE_HZ, 0
    for on, run in groupby(sounding):
        length = len(list(run))
        yield on, at * frame_s, (at + length) * frame_s
        at += length


def _beats(parts: Sequence[tuple[bool, float, float]]) -> Iterator[tuple[float, float]]:
    """Begin and end of tones that come again at their own length."""
    tones = ((start, end) for on, start, end in parts if on and _BUSY_S[0] <= end - start <= _BUSY_S[1])
    for run in parted(tones, between=_other_beat):
        if len(run) >= _BUSY_BEATS:
            yield run[0][0], run[-1][1]


def _other_beat(before: tuple[float, float], after: tuple[float, float]) -> bool:
    length, pause = before[1] - before[0], after[0] - before[1]
    return max(abs(after[1] - after[0] - length), abs(pause - length)) > _UNEVEN
