"""Where somebody speaks, by the Silero detector that comes with faster-whisper."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.schema import Span

RATE_HZ = 16_000

INAUDIBLE = 1e-3
"""A channel that never exceeds 60 dB below full scale is dead: telephone noise is louder, and hours of it cost nothing."""


@dataclass(frozen=True, slots=True)
class Margins:
    """How generously speech is cut out.

    Parameters
    ----------
    threshold
        Speech probability that opens a stretch.
    min_speech_s
        Shorter stretches are dropped.
    min_pause_s
        Shorter pauses do not end a stretch.
    pad_s
        Added on both sides; neighbours that would touch meet in the middle.
    """

    threshold: float
    min_speech_s: float
    min_pause_s: float
    pad_s: float


RECOGNITION = Margins(threshold=0.2, min_speech_s=0.1, min_pause_s=0.5, pad_s=0.3)
"""Loses no syllable; on simulated hotline calls 0.3 s on both sides gave fewer character errors than 0.2 and 0.4 s."""

TIMING = Margins(threshold=0.3, min_speech_s=0.1, min_pause_s=0.2, pad_s=0.05)
"""Close to the voice: for pauses, overlaps, rate and level.

On sixteen simulated calls this finds 98.6 % of the speaking time and calls 3.5 % of the rest speech (0.5: 95.8 and 1.6 %,
and whole turns of noisy callers are missed).
"""


def find_speech(samples: npt.NDArray[np.float32], margins: Margins = RECOGNITION) -> tuple[Span, ...]:
    """Stretches with speech in one channel, ordered, not overlapping.

    Parameters
    ----------
    samples
        Shape (n,), 16 kHz.
    margins
        ``RECOGNITION`` for what is handed to a recogniser, ``TIMING`` for what is measured.
    """
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if not len(samples) or float(np.abs(samples).max()) < INAUDIBLE:
        return ()
    options = VadOptions(
        threshold=margins.threshold,
        min_speech_duration_ms=round(1000 * margins.min_speech_s),
        min_silence_duration_ms=round(1000 * margins.min_pause_s),
        speech_pad_ms=round(1000 * margins.pad_s),
    )
    found = get_speech_timestamps(np.ascontiguousarray(samples), options)
    return tuple(Span(item["start"] / RATE_HZ, item["end"] / RATE_HZ) for item in found)
