"""The sound of one turn: how loud, how high, how lively and how drawn out."""

from dataclasses import replace

import numpy as np
import parselmouth
import soxr
from numpy.typing import NDArray

from pipeline.audio.room import RATE_HZ, frame_power, stretch
from pipeline.measures.drawl import RATE_HZ as LOW_RATE
from pipeline.measures.drawl import longest_held_s
from pipeline.schema import Role, Turn, TurnVoice

MIN_TURN_S = 0.5
"""Shorter turns have too few frames for a level or a pitch."""
SPEECH_RANGE_DB = 25.0
"""Frames further below the turn's loud frames are pauses."""
PITCH_FRAMES = 100
"""A turn's pitch is looked at in at most so many places, and no closer than every 20 ms, at a low rate that holds the overtones by which it is heard.

On sixteen simulated calls that costs a tenth of looking every 5 to 12.5 ms at the full rate, moves a call's median pitch by 4 % at most
and its range by 0.3 semitones (median), and tells agitated from calm speech as well (``emotion_bench.py``).
"""
PITCH_STEP_S = 0.02
MIN_VOICED_FRAMES = 10
PITCH_HZ = (60.0, 600.0)
"""Wide enough for adult speakers of both sexes; a second pass narrows it to the speaker's own range."""
OWN_RANGE = (0.75, 1.5)
"""Factors on the first pass's quartiles (De Looze and Hirst 2008): octave jumps of the tracker fall outside."""
_SILENT_DB = -90.0
_SILENT_POWER = 1e-12
_FRAME = RATE_HZ // 20


def turn_voice(samples: NDArray[np.float32], turn: Turn) -> TurnVoice:
    """Level of a turn, and of the agent's pitch and drawl, from its channel's samples; all None when it is too short or silent.

    Nothing is judged by a customer's pitch or drawl, so they are not measured, nor kept.

    Parameters
    ----------
    samples
        The whole channel, float, shape (n,), 16 kHz, full scale 1.
    """
    part = stretch(samples, turn.span)
    if part.shape[0] < MIN_TURN_S * RATE_HZ:
        return TurnVoice(turn.index)
    levels = 10 * np.log10(frame_power(part, _FRAME) + _SILENT_POWER)
    peak = float(np.percentile(levels, 95))
    if peak <= _SILENT_DB:
        return TurnVoice(turn.index)
    speech = levels[levels >= peak - SPEECH_RANGE_DB]
    level = float(10 * np.log10(np.mean(10 ** (speech / 10))))
    found = TurnVoice(turn.index, round(level, 1), round(peak, 1))
    if turn.role is not Role.AGENT:
        return found
    reduced = soxr.resample(part, RATE_HZ, LOW_RATE, quality="LQ")
    pitch, movement = _pitch(reduced)
    held_s = round(longest_held_s(reduced), 2)
    return replace(found, pitch_hz=pitch, pitch_range_semitones=movement, held_s=held_s)


def _pitch(samples: NDArray[np.float32]) -> tuple[float | None, float | None]:
    """Median pitch in Hz and the 5th to 95th percentile distance in semitones, over voiced frames."""
    step_s = max(PITCH_STEP_S, len(samples) / LOW_RATE / PITCH_FRAMES)
    sound = parselmouth.Sound(samples.astype(np.float64), sampling_frequency=LOW_RATE)
    first = _voiced_hz(sound, 2 * step_s, *PITCH_HZ)
    if first.size < MIN_VOICED_FRAMES / 2:
        return None, None
    lower, upper = np.percentile(first, [25, 75])
    voiced = _voiced_hz(sound, step_s, OWN_RANGE[0] * lower, OWN_RANGE[1] * upper)
    if voiced.size < MIN_VOICED_FRAMES:
        return None, None
    low, high = np.percentile(voiced, [5, 95])
    return round(float(np.median(voiced)), 1), round(float(12 * np.log2(high / low)), 1)


def _voiced_hz(sound: parselmouth.Sound, step_s: float, floor_hz: float, ceiling_hz: float) -> NDArray[np.float64]:
    """Pitch of the voiced frames."""
    pitch = sound.to_pitch(time_step=step_s, pitch_floor=floor_hz, pitch_ceiling=ceiling_hz)
    heard: NDArray[np.float64] = pitch.selected_array["frequency"]
    return heard[heard > 0]
