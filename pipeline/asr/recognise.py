"""The course that all Whisper recognisers share: pack, decode, try loops and what was passed over again, make utterances."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from pipeline.asr.loops import is_looping
from pipeline.asr.packing import WINDOW_S, Window, pack
from pipeline.asr.words import Heard, utterances
from pipeline.audio.room import Samples, stretch
from pipeline.schema import Span, Utterance

BATCH = 8
"""Windows handed to a recogniser at once: bounds memory on long recordings."""

_RETRY_WINDOW_S = 10.0
"""Where the text of a window loops, its stretches are decoded again in windows this short."""

_PASSED_OVER_S = 2.0
"""Whisper may end a window early; a stretch this long without a word is tried by itself. Shorter ones are mostly no words."""

_AS_LOUD_RATIO = 0.3
"""Only what is about as loud as what was understood (10 dB): the other side leaks in at 20 dB less and more."""

Decode = Callable[[Sequence[Window], bool], Iterable[Heard]]
"""Windows, and whether this is a second try, to what was heard in them."""


def recognise(
    samples: Samples, speech: Sequence[Span], channel: int, decode: Decode, *, window_s: float = WINDOW_S
) -> tuple[Utterance, ...]:
    """Utterances of one channel, ordered by start.

    Parameters
    ----------
    samples
        Shape (n,), 16 kHz.
    decode
        The recogniser itself; it is called with at most ``BATCH`` windows.
    window_s
        Length of the windows, at most 30 s.
    """
    return utterances(_heard(samples, pack(samples, speech, window_s=window_s), decode), channel)


def _heard(samples: Samples, windows: Sequence[Window], decode: Decode) -> Iterator[Heard]:
    """What is in the windows, and after each what was passed over in it."""
    for heard in _without_loops(samples, windows, decode):
        yield heard
        alone = [Window(samples, (piece,)) for piece in _passed_over(heard)]
        yield from _without_loops(samples, alone, decode)


def _without_loops(samples: Samples, windows: Sequence[Window], decode: Decode) -> Iterator[Heard]:
    """What is in the windows; where its text loops, in short windows of another try."""
    for batch in _batches(windows):
        for heard in decode(batch, False):
            if not is_looping(heard.text):
                yield heard
                continue
            for again in _batches(pack(samples, heard.window.pieces, window_s=_RETRY_WINDOW_S)):
                yield from decode(again, True)


def _passed_over(heard: Heard) -> Iterator[Span]:
    """Long stretches of a window that have no word, though they are as loud as those that have."""
    said = {heard.window.to_recording(word.span).start_s for word in heard.words}
    worded = {piece for piece in heard.window.pieces if any(piece.start_s <= at <= piece.end_s for at in said)}
    if worded:
        least = _AS_LOUD_RATIO * min(_level(heard.window, piece) for piece in worded)
        for piece in heard.window.pieces:
            if piece not in worded and piece.duration_s >= _PASSED_OVER_S and _level(heard.window, piece) >= least:
                yield piece


def _level(window: Window, piece: Span) -> float:
    """Root mean square of a stretch."""
    return float(np.sqrt(np.mean(np.square(stretch(window.whole, piece), dtype=np.float64))))


def _batches(windows: Sequence[Window]) -> Iterator[Sequence[Window]]:
    for start in range(0, len(windows), BATCH):
        yield windows[start : start + BATCH]
