"""Copies of recordings play in a browser, and private words cannot be heard in them."""

from pathlib import Path

import av
import numpy as np
import pytest

from pipeline.errors import AudioError, StoreError
from pipeline.reports.clips import write_clip
from pipeline.schema import Span

CALL = Path(__file__).parent / "data" / "calls" / "d01.wav"
RATE = 16_000


def _heard(path) -> np.ndarray:
    with av.open(str(path)) as source:
        resampler = av.AudioResampler("fltp", source.streams.audio[0].layout.name, RATE)
        frames = [made for frame in source.decode(audio=0) for made in resampler.resample(frame)]
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1)


def _write_tone(path, channels: int, rate: int = 8000, seconds: float = 4.0) -> Path:
    tone = (8000 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)).astype(np.int16)
    layout = "stereo" if channels == 2 else "mono"
    frame = av.AudioFrame.from_ndarray(np.repeat(tone, channels).reshape(1, -1), format="s16", layout=layout)
    frame.sample_rate = rate
    with av.open(str(path), "w") as target:
        stream = target.add_stream("pcm_s16le", rate=rate, layout=layout)
        target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    return path


def test_copy_is_opus_of_the_same_length_and_smaller(tmp_path):
    write_clip(CALL, tmp_path / "a.ogg")
    with av.open(str(tmp_path / "a.ogg")) as copy, av.open(str(CALL)) as call:
        assert copy.streams.audio[0].codec_context.name == "opus"
        assert copy.duration == pytest.approx(call.duration, abs=100_000)
    assert (tmp_path / "a.ogg").stat().st_size < 0.5 * CALL.stat().st_size


@pytest.mark.parametrize("suffix", [".ogg", ".wav"])
@pytest.mark.parametrize("channels", [1, 2])
def test_private_stretches_are_silent_and_the_rest_sounds(tmp_path, channels, suffix):
    tone = _write_tone(tmp_path / "tone.wav", channels)
    write_clip(tone, tmp_path / f"a{suffix}", [Span(1.0, 2.0), Span(3.9, 9.0)])
    heard = _heard(tmp_path / f"a{suffix}")
    assert heard.shape[0] == channels
    loud = np.abs(heard).max(axis=0)
    assert loud[int(0.9 * RATE) : int(2.1 * RATE)].max() < 0.01
    assert loud[int(3.8 * RATE) :].max() < 0.01
    assert min(loud[int(0.2 * RATE) : int(0.6 * RATE)].max(), loud[int(2.4 * RATE) : int(3.5 * RATE)].max()) > 0.2


def test_channels_stay_apart(tmp_path):
    write_clip(CALL, tmp_path / "a.ogg")
    left, right = _heard(tmp_path / "a.ogg")
    assert np.abs(np.corrcoef(left, right)[0, 1]) < 0.3


@pytest.mark.parametrize(
    ("name", "content"), [("gone.wav", None), ("text.wav", b"not sound" * 100), ("empty.wav", b"")]
)
def test_recordings_that_cannot_be_read_are_named(tmp_path, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(AudioError, match=name):
        write_clip(tmp_path / name, tmp_path / "out" / "a.ogg")
    assert list((tmp_path / "out").iterdir()) == []


def test_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="not a folder"):
        write_clip(CALL, tmp_path / "file" / "a.ogg")
