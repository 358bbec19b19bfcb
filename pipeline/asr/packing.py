"""Speech packed into the recogniser's 30 s windows, with a way back to the recording's time.

Whisper always encodes 30 s, so a window filled with whole stretches of speech costs as much as one with a single word.
Stretches are kept whole: a word cut in two is lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.asr.base import RATE_HZ, Samples
from pipeline.schema import Span

WINDOW_S = 30.0

_SEARCH_S = 8.0
"""A stretch longer than a window is cut at the quietest place in this much of its end."""

_QUIET_S = 0.2


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches of one channel joined end to end.

    Parameters
    ----------
    samples
        Shape (n,), 16 kHz, at most 30 s.
    pieces
        The stretches of the recording that it holds, in order.
    """

    samples: Samples
    pieces: tuple[Span, ...]

    def to_recording(self, span: Span) -> Span:
        """Where a span of the window lies in the recording: inside the piece that holds its middle."""
        middle_s = (span.start_s + span.end_s) / 2
        piece, offset_s = self._piece_at(middle_s)
        start_s, end_s = (
            min(max(piece.start_s + time_s - offset_s, piece.start_s), piece.end_s)
            for time_s in (span.start_s, span.end_s)
        )
        return Span(start_s, max(start_s, end_s))

    def _piece_at(self, time_s: float) -> tuple[Span, float]:
        offset_s = 0.0
        for piece in self.pieces[:-1]:
            if time_s < offset_s + piece.duration_s:
                return piece, offset_s
            offset_s += piece.duration_s
        return self.pieces[-1], offset_s


def pack(samples: Samples, speech: Sequence[Span], *, window_s: float = WINDOW_S) -> tuple[Window, ...]:
    """Windows that hold all speech in order, each as full as whole stretches allow.

    Parameters
    ----------
    samples
        Shape (n,), 16 kHz.
    speech
        Ordered stretches; one longer than a window is cut where it is quietest.
    """
    windows: list[list[Span]] = []
    filled_s = window_s
    for span in _cut(samples, speech, window_s):
        if filled_s + span.duration_s > window_s:
            windows.append([])
            filled_s = 0.0
        windows[-1].append(span)
        filled_s += span.duration_s
    return tuple(_window(samples, tuple(pieces)) for pieces in windows)


def _window(samples: Samples, pieces: tuple[Span, ...]) -> Window:
    return Window(np.concatenate([samples[_index(p.start_s) : _index(p.end_s)] for p in pieces]), pieces)


def _index(time_s: float) -> int:
    return round(time_s * RATE_HZ)


def _cut(samples: Samples, speech: Sequence[Span], window_s: float) -> Iterator[Span]:
    last_s = len(samples) / RATE_HZ
    for span in speech:
        start_s, end_s = max(0.0, span.start_s), min(span.end_s, last_s)
        while end_s - start_s > window_s:
            full_s = start_s + window_s
            cut_s = _quietest_s(samples, Span(full_s - min(_SEARCH_S, window_s / 2), full_s))
            yield Span(start_s, cut_s)
            start_s = cut_s
        if end_s > start_s:
            yield Span(start_s, end_s)


def _quietest_s(samples: Samples, span: Span) -> float:
    """Middle of the quietest fifth of a second in the span."""
    width, first = _index(_QUIET_S), _index(span.start_s)
    power = np.cumsum(np.square(samples[first : _index(span.end_s)], dtype=np.float64))
    energy = power[width:] - power[:-width]
    return (first + int(np.argmin(energy)) + width // 2) / RATE_HZ
