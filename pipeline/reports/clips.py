"""Playable copies of recordings for the pages: browsers cannot play A-law, and private words must not be heard."""

import errno
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.errors import AudioError
from pipeline.reports.files import whole_file
from pipeline.schema import Span

SUFFIX = ".ogg"
"""Small copies, for pages that are carried around."""

QUICK_SUFFIX = ".wav"
"""Large copies that are made twenty times as fast, for pages that somebody is waiting for."""

_RATE = 16_000
# Opus at its least effort takes a fifth of the time; at these bits telephone speech sounds the same.
_LEAST_EFFORT = {"compression_level": "0", "application": "voip"}
_FORMATS: Mapping[str, tuple[str, str, int, dict[str, str]]] = {
    SUFFIX: ("ogg", "libopus", 48_000, _LEAST_EFFORT),
    QUICK_SUFFIX: ("wav", "pcm_s16le", _RATE, {}),
}
_BITS_PER_CHANNEL = 16_000
# Word times are good to about a fifth of a second.
_MARGIN_S = 0.2


def write_clip(recording: Path, out: Path, silenced: Sequence[Span] = ()) -> None:
    """Write a copy of a recording in which some stretches are silent on every channel.

    Parameters
    ----------
    out
        ``.ogg`` is a small Opus copy; ``.wav`` is 16-bit PCM.

    Raises
    ------
    AudioError
        The recording cannot be read.
    StoreError
        The copy cannot be written.
    """
    import av

    with whole_file(out) as part, _opened(recording) as source:
        try:
            channels = min(2, source.streams.audio[0].codec_context.channels)
            container, codec, rate, options = _FORMATS[out.suffix]
            with av.open(str(part), "w", format=container) as target:
                layout = "stereo" if channels == 2 else "mono"
                stream = target.add_stream(codec, rate=rate, layout=layout, options=options)
                _copy(source, target, stream, silenced)
        except av.FFmpegError as error:
            if _is_ours(error, part):
                raise
            raise AudioError(f"cannot play {recording} ({error.strerror}): check the file") from error


def _is_ours(error: Exception, part: Path) -> bool:
    """Whether writing failed, not reading."""
    return isinstance(error, OSError) and (error.filename == str(part) or error.errno in (errno.ENOSPC, errno.EDQUOT))


def _opened(recording: Path) -> Any:  # noqa: ANN401 - untyped library
    import av

    try:
        source = av.open(str(recording))
    except (OSError, av.FFmpegError) as error:
        raise AudioError(f"cannot open {recording} ({error}): the page is made without sound") from error
    if not source.streams.audio:
        source.close()
        raise AudioError(f"{recording} holds no sound: the page is made without sound")
    return source


def _copy(source: Any, target: Any, stream: Any, silenced: Sequence[Span]) -> None:  # noqa: ANN401 - untyped library
    layout = stream.layout
    stream.bit_rate = _BITS_PER_CHANNEL * len(layout.channels)
    for frame in _silenced(_frames(source, layout.name), silenced):
        target.mux(stream.encode(frame))
    target.mux(stream.encode(None))


def _frames(source: Any, layout: str) -> Iterator[Any]:  # noqa: ANN401 - untyped library
    """16-bit frames at 16 kHz, channels interleaved."""
    import av

    resampler = av.AudioResampler(format="s16", layout=layout, rate=_RATE)
    for frame in source.decode(audio=0):
        yield from resampler.resample(frame)
    yield from resampler.resample(None)


def _silenced(frames: Iterator[Any], silenced: Sequence[Span]) -> Iterator[Any]:
    """Frames with the private stretches at zero, numbered anew from the first sample."""
    import av

    position = 0
    for frame in frames:
        channels = len(frame.layout.channels)
        samples = frame.to_ndarray().reshape(-1, channels)
        for span in silenced:
            first = int((span.start_s - _MARGIN_S) * _RATE) - position
            last = int((span.end_s + _MARGIN_S) * _RATE) - position
            samples[max(0, first) : max(0, last)] = 0
        made = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples.reshape(1, -1)), format="s16", layout=frame.layout.name
        )
        made.sample_rate = _RATE
        made.pts = position
        position += len(samples)
        yield made
