"""Any recording as 16 kHz samples per channel, or one line that says why it cannot be used.

Only local audio containers are opened: no playlists, no addresses. The source is never changed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
import numpy as np
import soxr

from pipeline.audio.probe import Source, check_file, open_source
from pipeline.audio.room import LONG, RATE_HZ, Samples, blocks, enlarged, frame_power, give_back, make_room
from pipeline.errors import AudioError
from pipeline.settings import Settings

_MISSING_RATIO = 0.03
"""A file that lacks more than this of its declared length is truncated; codec padding is far less."""

_DAMAGED_RATIO = 0.03
"""Share of packets that may be unreadable before a recording is refused."""

_SAME_RESIDUAL_RATIO = 1e-3
"""Channels whose difference after matching levels is 30 dB down are one sound saved twice (lossy codecs leave that much)."""

_SAME_GAIN = (0.5, 2.0)
"""Levels of the two copies may differ by 6 dB; crosstalk of one speaker on a silent line is far weaker."""

_SAME_COURSE = 0.94
"""Loudness of two copies that went through codecs or lines of their own still goes up and down together.

On simulated calls the two sides' levels correlate by at most -0.16, with crosstalk at -6 dB by 0.92; copies through A-law and Opus by 0.947.
A copy through AMR-NB (0.93) stays two channels.
"""

_LEVEL_FRAME = RATE_HZ // 10
_COMPARED = 1e3
_LOUD_PERCENTILE = 95
"""Levels are compared down to 30 dB below the loud ones: codecs treat the noise between words as they like."""

_QUIET_POWER = 1e-7
"""70 dB below full scale: below it levels say nothing."""

_STEADY = 0.2
"""A level that moves by less than 2 dB has no course to compare: two steady tones are not one sound."""

_SPARE_S = 30.0
_BLOCK_BYTES = 1 << 20

_FRAME = 8192
"""Samples resampled at once: codecs give 20 ms a time, and handing so little on costs more than resampling it."""


@dataclass(frozen=True, slots=True)
class Audio:
    """A decoded recording.

    Parameters
    ----------
    samples
        Shape (channels, n), 16 kHz, full scale is 1, without DC offset; of a long recording in a file, see ``room``.
    source_rate
        Sample rate of the file in Hz.
    channels
        1 or 2; one sound saved on both channels counts as 1.
    notes
        In Chinese, what an inspector should know about the file.
    """

    samples: Samples
    duration_s: float
    source_rate: int
    channels: int
    codec: str
    notes: tuple[str, ...] = ()


def load_audio(path: Path, *, settings: Settings) -> Audio:
    """Decode a recording of one or two channels.

    Raises
    ------
    AudioError
        It cannot be read, is no audio, has more than two channels, is truncated or damaged, or is shorter or longer than the settings allow.
    """
    with open_source(path, max_duration_s=settings.max_duration_s) as source:
        samples = _resampled(source, settings.max_duration_s)
    duration_s = samples.shape[1] / RATE_HZ
    _check_complete(source, duration_s)
    if duration_s < settings.min_duration_s:
        raise AudioError(
            f"{path}: lasts {duration_s:.2f} s, shorter than {settings.min_duration_s:g} s; no call fits (setting min_duration_s)"
        )
    _take_out_offset(samples)
    return _audio(samples, source)


def content_hash(path: Path) -> str:
    """SHA-256 of the file's bytes, hexadecimal.

    Raises
    ------
    AudioError
        The file cannot be read.
    """
    check_file(path)
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _take_out_offset(samples: Samples) -> None:
    total = sum(block.sum(axis=1, dtype=np.float64) for block in blocks(samples))
    offset = (total / samples.shape[1]).astype(np.float32)[:, None]
    for block in blocks(samples):
        np.subtract(block, offset, out=block)


def _audio(samples: Samples, source: Source) -> Audio:
    notes: tuple[str, ...] = ()
    if len(samples) == 2 and same_sound(samples):
        samples, notes = samples[:1], ("左右声道内容相同，按单声道处理",)
    return Audio(samples, samples.shape[1] / RATE_HZ, source.rate, len(samples), source.codec, notes)


def same_sound(samples: Samples) -> bool:
    """Whether both channels carry one sound, perhaps at two levels, turned over, or each through a codec of its own."""
    products = ([float(np.dot(x, y)) for x, y in ((a, a), (b, b), (a, b))] for a, b in blocks(samples))
    left_energy, right_energy, shared = map(sum, zip(*products, strict=True))
    if min(left_energy, right_energy) == 0:
        return False
    gain = shared / right_energy
    residual = left_energy - gain * gain * right_energy
    if _SAME_GAIN[0] <= abs(gain) <= _SAME_GAIN[1] and residual <= _SAME_RESIDUAL_RATIO * left_energy:
        return True
    return _SAME_GAIN[0] ** 2 <= left_energy / right_energy <= _SAME_GAIN[1] ** 2 and _same_course(samples)


def _same_course(samples: Samples) -> bool:
    """Whether the levels of both channels rise and fall together."""
    power = frame_power(samples, _LEVEL_FRAME)
    heard = power.max(axis=0) > _QUIET_POWER if power.size else np.zeros(0, np.bool_)
    floor = np.maximum(np.percentile(power, _LOUD_PERCENTILE, axis=1, keepdims=True) / _COMPARED, _QUIET_POWER)
    levels = np.log10(np.maximum(power, floor)[:, heard])
    if heard.sum() < 2 or float(levels.std(axis=1).min()) < _STEADY:
        return False
    return float(np.corrcoef(levels)[0, 1]) >= _SAME_COURSE


def _resampled(source: Source, max_duration_s: float) -> Samples:
    """Samples of shape (channels, n), filled in place."""
    stream = soxr.ResampleStream(source.rate, RATE_HZ, source.channels, dtype="float32")
    filled = 0
    samples = make_room(source.channels, _length(source, max_duration_s))
    for block in chain(_decoded(source), (None,)):
        part = stream.resample_chunk(
            np.zeros((0, source.channels), np.float32) if block is None else block, block is None
        )
        if filled + len(part) > max_duration_s * RATE_HZ:
            raise AudioError(
                f"{source.path}: lasts longer than {max_duration_s:g} s; split it into calls or raise max_duration_s"
            )
        if filled + len(part) > samples.shape[1]:
            samples = enlarged(samples[:, :filled], (filled + len(part)) * 3 // 2)
        samples[:, filled : filled + len(part)] = part.T
        filled += len(part)
        give_back(samples)
    return samples[:, :filled]


def _length(source: Source, max_duration_s: float) -> int:
    """Samples to make room for: what the container says, which for some is an estimate, and half a minute more."""
    stated = source.container.duration
    return LONG if stated is None else int(RATE_HZ * (min(stated / av.time_base, max_duration_s) + _SPARE_S))


def _decoded(source: Source) -> Iterator[Samples]:
    """Blocks of shape (n, channels) at the source's rate; unreadable packets are skipped while they are few."""
    layout = "mono" if source.channels == 1 else "stereo"
    to_float = av.AudioResampler(format="flt", layout=layout, rate=source.rate, frame_size=_FRAME)
    read = damaged = 0
    for packet in source.container.demux(source.stream):
        read += 1
        try:
            frames = [flat for frame in packet.decode() for flat in to_float.resample(frame)]
        except av.error.FFmpegError:
            damaged += 1
            continue
        yield from (_block(frame, source.channels) for frame in frames)
    yield from (_block(frame, source.channels) for frame in to_float.resample(None))
    if damaged > _DAMAGED_RATIO * read:
        raise AudioError(
            f"{source.path}: damaged, {damaged} of {read} packets cannot be decoded; export the recording again"
        )


def _block(frame: av.AudioFrame, channels: int) -> Samples:
    return frame.to_ndarray().reshape(-1, channels).astype(np.float32, copy=False)


def _check_complete(source: Source, duration_s: float) -> None:
    if duration_s == 0:
        raise AudioError(f"{source.path}: holds no sound; export the recording again")
    declared_s = source.declared_s
    if declared_s is not None and duration_s < (1 - _MISSING_RATIO) * declared_s:
        raise AudioError(
            f"{source.path}: truncated, {duration_s:.1f} s of the declared {declared_s:.1f} s can be read; copy or export it again"
        )
