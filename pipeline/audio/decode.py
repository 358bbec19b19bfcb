"""Any recording as 16 kHz samples per channel, or one line that says why it cannot be used.

Only local audio containers are opened: no playlists, no addresses. The source is never changed.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import soxr

from pipeline.audio.probe import Source, check_file, open_source
from pipeline.errors import AudioError
from pipeline.settings import Settings

Samples = npt.NDArray[np.float32]

RATE_HZ = 16_000
"""What the recognisers and the speech detector were trained on."""

_MISSING_RATIO = 0.03
"""A file that lacks more than this of its declared length is truncated; codec padding is far less."""

_DAMAGED_RATIO = 0.03
"""Share of packets that may be unreadable before a recording is refused."""

_SAME_RESIDUAL_RATIO = 1e-3
"""Channels whose difference after matching levels is 30 dB down are one sound saved twice (lossy codecs leave that much)."""

_SAME_GAIN = (0.5, 2.0)
"""Levels of the two copies may differ by 6 dB; crosstalk of one speaker on a silent line is far weaker."""

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Audio:
    """A decoded recording.

    Parameters
    ----------
    samples
        Shape (channels, n), 16 kHz, full scale is 1, without DC offset.
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
    samples -= samples.mean(axis=1, keepdims=True, dtype=np.float64).astype(np.float32)
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


def _audio(samples: Samples, source: Source) -> Audio:
    notes: tuple[str, ...] = ()
    if len(samples) == 2 and same_sound(samples):
        samples, notes = samples[:1], ("左右声道内容相同，按单声道处理",)
    return Audio(samples, samples.shape[1] / RATE_HZ, source.rate, len(samples), source.codec, notes)


def same_sound(samples: Samples) -> bool:
    """Whether both channels carry one sound, perhaps at two levels."""
    left, right = samples
    left_energy, right_energy = (float(np.dot(x, x)) for x in (left, right))
    if min(left_energy, right_energy) == 0:
        return False
    gain = float(np.dot(left, right)) / right_energy
    residual = left_energy - gain * gain * right_energy
    return _SAME_GAIN[0] <= gain <= _SAME_GAIN[1] and residual <= _SAME_RESIDUAL_RATIO * left_energy


def _resampled(source: Source, max_duration_s: float) -> Samples:
    stream = soxr.ResampleStream(source.rate, RATE_HZ, source.channels, dtype="float32")
    limit = int(max_duration_s * RATE_HZ)
    parts: list[Samples] = []
    total = 0
    for block in _decoded(source):
        parts.append(stream.resample_chunk(block))
        total += len(parts[-1])
        if total > limit:
            raise AudioError(
                f"{source.path}: lasts longer than {max_duration_s:g} s; split it into calls or raise max_duration_s"
            )
    parts.append(stream.resample_chunk(np.zeros((0, source.channels), np.float32), last=True))
    return np.ascontiguousarray(np.concatenate(parts).T)


def _decoded(source: Source) -> Iterator[Samples]:
    """Blocks of shape (n, channels) at the source's rate; unreadable packets are skipped while they are few."""
    to_float = av.AudioResampler(format="flt", layout="mono" if source.channels == 1 else "stereo", rate=source.rate)
    read = damaged = 0
    for packet in source.container.demux(source.stream):
        read += 1
        try:
            frames = [flat for frame in packet.decode() for flat in to_float.resample(frame)]
        except av.error.FFmpegError:
            damaged += 1
            continue
        for frame in frames:
            yield frame.to_ndarray().reshape(-1, source.channels).astype(np.float32, copy=False)
    if damaged > _DAMAGED_RATIO * read:
        raise AudioError(
            f"{source.path}: damaged, {damaged} of {read} packets cannot be decoded; export the recording again"
        )


def _check_complete(source: Source, duration_s: float) -> None:
    if duration_s == 0:
        raise AudioError(f"{source.path}: holds no sound; export the recording again")
    declared_s = source.declared_s
    if declared_s is not None and duration_s < (1 - _MISSING_RATIO) * declared_s:
        raise AudioError(
            f"{source.path}: truncated, {duration_s:.1f} s of the declared {declared_s:.1f} s can be read; copy or export it again"
        )
