"""敲键盘: the clicks of keys, heard where the agent does not speak.

A key is struck within a few milliseconds and over within a few dozen; strikes come in runs, and unlike a drum's never at the same distance.
"""

import statistics
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import RATE_HZ, Samples, blocks, frame_power
from pipeline.measures.spans import parted
from pipeline.schema import Span

FRAME_S = 0.005
"""Short enough to see a strike rise and fall."""
AUDIBLE_DB = 12.0
"""So far above the channel's own noise a strike is heard."""
FRAME = round(FRAME_S * RATE_HZ)
_SILENT_POWER = 1e-10
_BEFORE = slice(-14, -2)
_AFTER = 24
"""Frames to compare a strike with: 10 to 70 ms before it, and up to 120 ms after."""
_RISE_DB = 9.0
_FALL_DB = 8.0
_WIDEST = 8
"""Frames within the fall of the peak: 40 ms; a syllable lasts longer."""
_APART = 6
"""Frames: a key let go within 30 ms is the same strike."""
_LEAK_DB = 22.0
"""Far below what the other channel carries at that moment: leaked from there (calls leak 28 to 40 dB down)."""
_NEAR = 4
"""Frames on both sides in which the other channel may be louder: it may lie so much earlier or later on the line."""
RUN_GAP_S = 1.2
LEAST_STRIKES = 6
"""A number dialled or a mouse clicked twice is no typing."""
_BETWEEN_DB = 6.0
"""Between the strikes the channel is as quiet as ever, or they are part of another sound."""
_SAME = 0.1
_REGULAR = 0.6
"""Share of a run's intervals within a tenth of their median: machines and drums have most of them there, nobody types so evenly."""

Levels = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


def sharp_levels(samples: Samples) -> Levels:
    """Level of each frame in dB, low sounds weakened by differencing: strikes are broad, voices and hum low."""
    power = [frame_power(np.diff(block, prepend=block[:1]), FRAME) for block in blocks(samples)]
    levels: Levels = 10 * np.log10(np.concatenate(power) + _SILENT_POWER)
    return levels


def typing(levels: Levels, listened: Mask, other: Levels) -> tuple[Span, ...]:
    """Runs of key strikes, in order.

    Parameters
    ----------
    levels, other
        As from ``sharp_levels``: the agent's channel and the customer's.
    listened
        Frames in which the agent does not speak.
    """
    if not listened.any():
        return ()
    floor = float(np.median(levels[listened]))
    strikes = _strikes(levels, listened & (levels > floor + AUDIBLE_DB), other)
    runs = parted(strikes, between=lambda before, after: (after - before) * FRAME_S > RUN_GAP_S)
    return tuple(
        Span(run[0] * FRAME_S, (run[-1] + 1) * FRAME_S)
        for run in runs
        if len(run) >= LEAST_STRIKES and not _regular(run) and _quiet_between(levels, run, floor)
    )


def _strikes(levels: Levels, heard: Mask, other: Levels) -> Iterator[int]:
    """Frames in which a key is struck."""
    loud, last = np.flatnonzero(heard), -_APART
    for frame in loud[(loud >= -_BEFORE.start) & (loud + _AFTER <= len(levels))].tolist():
        if frame - last >= _APART and _is_strike(levels, frame) and not _leaked(levels, other, frame):
            last = frame
            yield frame


def _is_strike(levels: Levels, frame: int) -> bool:
    peak = levels[frame]
    if peak < levels[frame - _APART + 1 : frame + _APART].max():
        return False
    near = levels[frame + _BEFORE.start : frame + _AFTER]
    risen = peak - np.median(levels[frame + _BEFORE.start : frame + _BEFORE.stop]) >= _RISE_DB
    return bool(risen and np.count_nonzero(near > peak - _FALL_DB) <= _WIDEST)


def _leaked(levels: Levels, other: Levels, frame: int) -> bool:
    return bool(other[frame - _NEAR : frame + _NEAR + 1].max() - levels[frame] > _LEAK_DB)


def _quiet_between(levels: Levels, run: Sequence[int], floor: float) -> bool:
    """Whether nothing goes on between the strikes, as in music with drums."""
    return bool(np.median(levels[run[0] : run[-1] + 1]) < floor + _BETWEEN_DB)


def _regular(run: Sequence[int]) -> bool:
    intervals = [after - before for before, after in pairwise(run)]
    usual = statistics.median(intervals)
    return sum(abs(each - usual) <= _SAME * usual for each in intervals) >= _REGULAR * len(intervals)
