from pathlib import Path

import faster_whisper.utils
import numpy as np
import pytest
from faster_whisper.vad import get_vad_model
from onnx.parser import parse_model

from pipeline.audio import room
from pipeline.audio.decode import load_audio
from pipeline.errors import ModelError
from pipeline.settings import Settings
from pipeline.speakers import silero
from pipeline.speakers.silero import FRAME, chances

CALL = Path(__file__).parent / "data/calls/d05.wav"
ROUNDING = 5e-5
ANOTHER = parse_model(
    '<ir_version: 8, opset_import: ["": 18]> another (float[1] x) => (float[1] y) { y = Relu(x) }'
).SerializeToString()


@pytest.fixture(scope="module")
def call():
    samples = load_audio(CALL, settings=Settings()).samples
    return samples[:, : 40 * room.RATE_HZ // FRAME * FRAME]


def test_the_probabilities_are_those_of_the_detector_s_own_package(call):
    """But for the last frame, of which the package silences the end."""
    found = chances(call, [0, 1])
    for channel, ours in zip(call, found, strict=True):
        theirs = np.ravel(get_vad_model()(channel.copy()))
        assert ours.shape == theirs.shape
        assert ours[:-1] == pytest.approx(theirs[:-1], abs=ROUNDING)
    assert found.min() < 0.1
    assert found.max() > 0.9


@pytest.mark.parametrize("channels", [[0], [1], [1, 0]])
def test_a_channel_is_heard_by_itself(call, channels):
    assert chances(call, channels) == pytest.approx(chances(call, [0, 1])[channels], abs=ROUNDING)


@pytest.mark.parametrize(("frames", "block"), [(1, 1250), (7, 1250), (125, 300)])
def test_pieces_and_blocks_change_nothing(call, monkeypatch, frames, block):
    whole = chances(call, [0, 1])
    monkeypatch.setattr(silero, "_AT_ONCE", frames * FRAME)
    monkeypatch.setattr(room, "_BLOCK", block * FRAME)
    assert chances(call, [0, 1]) == pytest.approx(whole, abs=ROUNDING)


@pytest.mark.parametrize("more", [1, FRAME // 2, FRAME - 1])
def test_behind_the_end_lies_silence(call, more):
    cut = call[:, : 20 * FRAME + more]
    filled = np.pad(cut, ((0, 0), (0, FRAME - more)))
    assert chances(cut, [0, 1]) == pytest.approx(chances(filled, [0, 1]), abs=ROUNDING)


@pytest.mark.parametrize("content", [None, b"", b"no network at all", ANOTHER])
def test_another_file_is_refused(tmp_path, monkeypatch, content):
    if content is not None:
        (tmp_path / "silero_vad_v6.onnx").write_bytes(content)
    monkeypatch.setattr(faster_whisper.utils, "get_assets_path", lambda: str(tmp_path))
    silero.network.cache_clear()
    with pytest.raises(ModelError, match=r"silero_vad_v6\.onnx: is not the speech detector's file; reinstall"):
        chances(np.zeros((1, FRAME), np.float32), [0])
    silero.network.cache_clear()
