"""Room for a recording's samples: in memory, or for a long one in a file, of which only what is looked at is in memory."""

import mmap
import os
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile

import numpy as np
import numpy.typing as npt

from pipeline.schema import Span

Samples = npt.NDArray[np.float32]

RATE_HZ = 16_000
"""What the recognisers and the speech detector were trained on."""

LONG = 900 * RATE_HZ
"""Calls of a quarter of an hour and more are seldom; shorter ones take up to 115 MB."""

_BLOCK = 300 * RATE_HZ
"""A whole number of every length of frame in use."""


def make_room(channels: int, length: int) -> Samples:
    """An array of this shape, filled with anything.

    A long one lies in a temporary file without a name, of which nothing is left however the program ends; where the disk has
    no room for it, in memory.
    """
    if length <= LONG:
        return np.empty((channels, length), np.float32)
    size = channels * length * np.dtype(np.float32).itemsize
    try:
        with TemporaryFile(prefix="qinhe-") as file:
            os.posix_fallocate(file.fileno(), 0, size)  # else a full disk would end the program at the first write
            return np.ndarray((channels, length), np.float32, buffer=mmap.mmap(file.fileno(), size))
    except OSError:
        return np.empty((channels, length), np.float32)


def enlarged(samples: Samples, length: int) -> Samples:
    """A longer array that begins with these samples."""
    larger = make_room(len(samples), length)
    start = 0
    for block in blocks(samples):
        larger[:, start : start + block.shape[1]] = block
        start += block.shape[1]
        give_back(larger)
    return larger


def blocks(samples: Samples) -> Iterator[Samples]:
    """The samples, a few minutes a time along the last axis; memory holds one block."""
    for start in range(0, samples.shape[-1], _BLOCK):
        yield samples[..., start : start + _BLOCK]
        give_back(samples)


def stretch(samples: Samples, span: Span) -> Samples:
    """A copy of one channel's samples in a span."""
    part = samples[round(span.start_s * RATE_HZ) : round(span.end_s * RATE_HZ)].copy()
    give_back(samples)
    return part


def frames_within(spans: Iterable[Span], count: int, size: int) -> npt.NDArray[np.bool_]:
    """Which of so many frames of so many samples have their middle in one of the spans."""
    marks = np.zeros(count, np.bool_)
    for span in spans:
        first, last = (max(0, round(time_s * RATE_HZ / size)) for time_s in (span.start_s, span.end_s))
        marks[first:last] = True
    return marks


def frame_power(samples: Samples, size: int) -> npt.NDArray[np.float64]:
    """Mean power of each whole frame of so many samples along the last axis; right to a hundred-thousandth of a decibel."""
    none = np.empty((*samples.shape[:-1], 0))
    return np.concatenate([none, *(_power(block, size) for block in blocks(samples))], axis=-1)


def _power(samples: Samples, size: int) -> npt.NDArray[np.float64]:
    frames = samples[..., : samples.shape[-1] // size * size].reshape(*samples.shape[:-1], -1, size)
    energy: npt.NDArray[np.float32] = np.einsum("...j,...j->...", frames, frames)
    return energy.astype(np.float64) / size


def give_back(samples: Samples) -> None:
    """Let go of what a long recording has in memory; it is read from its file again when it is looked at."""
    owner: object = samples
    while isinstance(owner, np.ndarray):
        owner = owner.base
    if isinstance(owner, mmap.mmap):
        owner.madvise(mmap.MADV_DONTNEED)
