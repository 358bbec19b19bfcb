"""Speech packed into the recogniser's 30 s windows, with a way back to the recording's time.

A window costs much and silence in it costs as much as speech, so windows are few and hold whole stretches of speech only: a
word cut in two is lost. They are filled evenly: a short rest at the end would be heard with little of what was said before.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.audio.room import RATE_HZ, Samples, stretch
from pipeline.schema import Span

WINDOW_S = 30.0

_SEARCH_S = 8.0
"""A stretch longer than a window is cut at the quietest place in this much of its end."""

_QUIET_S = 0.2

_STEP_S = 0.5
"""How closely the windows' common length is looked for."""


@dataclass(frozen=True, slots=True)
class Window:
    """Stretches of one channel joined end to end.

    Parameters
    ----------
    whole
        The channel's samples.
    pieces
        The stretches of the recording that it holds, in order.
    """

    whole: Samples
    pieces: tuple[Span, ...]

    @property
    def samples(self) -> Samples:
        """Shape (n,), 16 kHz, at most 30 s; joined when asked for, so that hours are not held twice."""
        return np.concatenate([stretch(self.whole, piece) for piece in self.pieces])

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
    """Windows that hold all speech in order, as few as whole stretches allow and as even as may be.

    Parameters
    ----------
    samples
        Shape (n,), 16 kHz.
    speech
        Ordered stretches; one longer than a window is cut where it is quietest.
    window_s
        No window is longer.
    """
    spans = tuple(_cut(samples, speech, window_s))
    groups = _filled(spans, window_s)
    longest_s = max((span.duration_s for span in spans), default=window_s)
    for limit_s in np.arange(longest_s, window_s, _STEP_S):
        even = _filled(spans, float(limit_s))
        if len(even) == len(groups):
            groups = even
            break
    return tuple(Window(samples, tuple(pieces)) for pieces in groups)


def _filled(spans: Sequence[Span], limit_s: float) -> list[list[Span]]:
    """The stretches in order, as many together as fit."""
    groups: list[list[Span]] = []
    filled_s = limit_s
    for span in spans:
        if filled_s + span.duration_s > limit_s:
            groups.append([])
            filled_s = 0.0
        groups[-1].append(span)
        filled_s += span.duration_s
    return groups


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
