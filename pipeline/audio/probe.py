"""What can be known of a recording before it is decoded, and what is refused there."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer

from pipeline.audio import riff
from pipeline.errors import AudioError

_CONTAINERS = (
    "wav", "w64", "aiff", "au", "caf", "voc", "mp3", "aac", "mov", "ogg", "flac", "amr", "amrnb", "amrwb", "gsm",
    "matroska", "asf", "avi", "flv", "mpegts", "mpeg", "g729", "wv", "ape",
)  # fmt: skip
"""Demuxers that may open a file. Playlist formats are left out: they would read other files and addresses."""

_DECLARING = frozenset({"wav", "w64", "aiff", "au", "caf", "flac", "mov", "matroska"})
"""Containers whose header states the length; of the others FFmpeg estimates it, so a difference proves nothing."""

_RATES_HZ = (6_000, 192_000)
"""Below, speech cannot be told; above, no recorder goes."""

_MP3_HEADER_BYTES = 1 << 16

_PACKET_BYTES = 8192
"""What is read of a WAV file at once: half a second of a telephone call; FFmpeg's own half of it costs twice the time."""


@dataclass(frozen=True, slots=True)
class Source:
    """An opened recording.

    Parameters
    ----------
    declared_s
        Length that the header states, None where it states none.
    """

    path: Path
    container: InputContainer
    stream: AudioStream
    rate: int
    channels: int
    codec: str
    declared_s: float | None


def check_file(path: Path) -> None:
    """Refuse what cannot hold a recording.

    Raises
    ------
    AudioError
        There is no such file, it is a folder, empty, or may not be read.
    """
    if path.is_dir():
        raise AudioError(f"{path}: is a folder; give a recording")
    if not path.is_file():
        raise AudioError(f"{path}: there is no such file; check the path")
    if path.stat().st_size == 0:
        raise AudioError(f"{path}: is empty (0 bytes); copy or export it again")
    if not os.access(path, os.R_OK):
        raise AudioError(f"{path}: may not be read; give this user permission to read it")


@contextmanager
def open_source(path: Path, *, max_duration_s: float) -> Iterator[Source]:
    """Open a recording and refuse by its header what cannot be a call.

    Raises
    ------
    AudioError
        As in ``check_file``, or it is no audio, has more than two channels, or states a length beyond ``max_duration_s``.
    """
    check_file(path)
    try:
        container = av.open(
            str(path),
            options={
                "format_whitelist": ",".join(_CONTAINERS),
                "protocol_whitelist": "file",
                "max_size": str(_PACKET_BYTES),
            },
            metadata_errors="replace",
        )
    except PermissionError as error:
        raise AudioError(f"{path}: may not be read; give this user permission to read it") from error
    except (av.error.FFmpegError, OSError, ValueError) as error:
        raise AudioError(f"{path}: is not audio that can be read; export it as WAV") from error
    with container:
        yield _source(path, container, max_duration_s)


def _source(path: Path, container: InputContainer, max_duration_s: float) -> Source:
    if not container.streams.audio:
        raise AudioError(f"{path}: has no audio stream; export the sound as WAV")
    stream = container.streams.audio[0]
    codec = stream.codec_context
    if codec is None:
        raise AudioError(f"{path}: its codec is not known; export it as WAV")
    _check_shape(path, codec.layout.nb_channels, codec.sample_rate)
    declared_s = _declared_s(path, container, stream)
    if declared_s is not None and declared_s > max_duration_s:
        raise AudioError(
            f"{path}: lasts {declared_s:.0f} s, longer than {max_duration_s:g} s; split it into calls or raise max_duration_s"
        )
    return Source(path, container, stream, codec.sample_rate, codec.layout.nb_channels, codec.name, declared_s)


def _check_shape(path: Path, channels: int, rate: int) -> None:
    if not 1 <= channels <= 2:
        raise AudioError(f"{path}: has {channels} channels; give a recording with one or two")
    if not _RATES_HZ[0] <= rate <= _RATES_HZ[1]:
        raise AudioError(f"{path}: has a sample rate of {rate} Hz; give one between 8000 and 48000 Hz")


def _declared_s(path: Path, container: InputContainer, stream: AudioStream) -> float | None:
    names = set(container.format.name.split(","))
    if "wav" in names and (stated_s := riff.declared_s(path)) is not None:
        return stated_s
    if "mp3" in names and _has_length_header(path):
        names.add("wav")
    if not names & _DECLARING:
        return None
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return None if container.duration is None else container.duration / av.time_base


def _has_length_header(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_MP3_HEADER_BYTES)
    return any(mark in head for mark in (b"Xing", b"Info", b"VBRI"))
