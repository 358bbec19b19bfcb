"""The sound of one turn: how loud, how high and how lively."""

import numpy as np
import parselmouth
from numpy.typing import NDArray

from pipeline.schema import Turn, TurnVoice

RATE = 16_000
FRAME_S = 0.05
MIN_TURN_S = 0.5
"""Shorter turns have too few frames for a level or a pitch."""
SPEECH_RANGE_DB = 25.0
"""Frames further below the turn's loud frames are pauses."""
MIN_VOICED_FRAMES = 10
PITCH_HZ = (60.0, 600.0)
"""Wide enough for adult speakers of both sexes; a second pass narrows it to the speaker's own range."""
OWN_RANGE = (0.75, 1.5)
"""Factors on the first pass's quartiles (De Looze and Hirst 2008): octave jumps of the tracker fall outside."""
_SILENT_DB = -90.0


def turn_voice(samples: NDArray[np.float32], turn: Turn) -> TurnVoice:
    """Level and pitch of a turn from its channel's samples; every figure is None when the turn is too short or silent.

    Parameters
    ----------
    samples
        The whole channel, float, shape (n,), 16 kHz, full scale 1.
    """
    part = samples[round(turn.span.start_s * RATE) : round(turn.span.end_s * RATE)]
    if part.shape[0] < MIN_TURN_S * RATE:
        return TurnVoice(turn.index)
    levels = _frame_levels_db(part)
    peak = float(np.percentile(levels, 95))
    if peak <= _SILENT_DB:
        return TurnVoice(turn.index)
    speech = levels[levels >= peak - SPEECH_RANGE_DB]
    level = float(10 * np.log10(np.mean(10 ** (speech / 10))))
    pitch, movement = _pitch(part)
    return TurnVoice(turn.index, round(level, 1), round(peak, 1), pitch, movement)


def _frame_levels_db(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Level of each whole 50 ms frame, dB relative to full scale."""
    size = round(FRAME_S * RATE)
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    levels: NDArray[np.float64] = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-12)
    return levels


def _pitch(samples: NDArray[np.float32]) -> tuple[float | None, float | None]:
    """Median pitch in Hz and the 5th to 95th percentile distance in semitones, over voiced frames."""
    sound = parselmouth.Sound(samples.astype(np.float64), sampling_frequency=RATE)
    first = _voiced_hz(sound, *PITCH_HZ)
    if first.size < MIN_VOICED_FRAMES:
        return None, None
    lower, upper = np.percentile(first, [25, 75])
    voiced = _voiced_hz(sound, OWN_RANGE[0] * lower, OWN_RANGE[1] * upper)
    if voiced.size < MIN_VOICED_FRAMES:
        return None, None
    low, high = np.percentile(voiced, [5, 95])
    return round(float(np.median(voiced)), 1), round(float(12 * np.log2(high / low)), 1)


def _voiced_hz(sound: parselmouth.Sound, floor_hz: float, ceiling_hz: float) -> NDArray[np.float64]:
    """Pitch of the voiced frames."""
    heard: NDArray[np.float64] = sound.to_pitch(pitch_floor=floor_hz, pitch_ceiling=ceiling_hz).selected_array[
        "frequency"
    ]
    return heard[heard > 0]
