"""The course that all Whisper recognisers share: pack, decode, try loops again, make utterances."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from pipeline.asr.loops import is_looping
from pipeline.asr.packing import WINDOW_S, Window, pack
from pipeline.asr.words import Heard, utterances
from pipeline.audio.room import Samples
from pipeline.schema import Span, Utterance

BATCH = 8
"""Windows handed to a recogniser at once: bounds memory on long recordings."""

_RETRY_WINDOW_S = 10.0
"""Where the text of a window loops, its stretches are decoded again in windows this short."""

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
    for batch in _batches(windows):
        for heard in decode(batch, False):
            if not is_looping(heard.text):
                yield heard
                continue
            for again in _batches(pack(samples, heard.window.pieces, window_s=_RETRY_WINDOW_S)):
                yield from decode(again, True)


def _batches(windows: Sequence[Window]) -> Iterator[Sequence[Window]]:
    for start in range(0, len(windows), BATCH):
        yield windows[start : start + BATCH]
