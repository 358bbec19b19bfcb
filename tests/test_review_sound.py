"""Copies for the desk: made once, drawn ahead, private words silent in what is played and in what is drawn."""

import json
import os
import time
import wave
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from builders import dialogue

from pipeline.errors import AudioError
from pipeline.review.sound import Sounds, has_sound
from pipeline.schema import (
    Affinity,
    Completeness,
    Engine,
    Recording,
    Roles,
    Scenario,
    Scorecard,
    Transcript,
    Versions,
)

RATE = 8000
ENGINE = Engine("given", "none")


def _write_tones(path: Path, seconds: float = 8.0) -> Path:
    """Left at half scale, right at a quarter."""
    times = np.arange(int(RATE * seconds)) / RATE
    left, right = (scale * 32767 * np.sin(2 * np.pi * 440 * times) for scale in (0.5, 0.25))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.stack([left, right], axis=1).astype("<i2").tobytes())
    return path


def _card(path: Path, *lines, recording_id: str = "a" * 64, channels: int = 2) -> Scorecard:
    turns = dialogue(*lines)
    return Scorecard(
        recording=Recording(recording_id, str(path), 8.0, channels),
        transcript=Transcript(turns, Roles("channel", 1.0, False), ENGINE),
        findings=(),
        opening=Completeness(False, {}),
        closing=Completeness(False, {}),
        scenario=Scenario(None, 0.0),
        flow=(),
        events=(),
        measures={},
        criteria=(),
        dimensions=(),
        affinity=Affinity(None, None, None, "未评"),
        versions=Versions("0", "l", "r", None, ENGINE),
    )


@pytest.fixture
def card(tmp_path):
    path = _write_tones(tmp_path / "call.wav")
    return _card(path, ("agent", "您好"), ("customer", "我的号码是13912345678"))


def _samples(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, 2)


def test_a_copy_is_16_bit_pcm_of_both_channels_with_its_peaks(tmp_path, card):
    sound = Sounds(tmp_path / "cache").make(card, masked=True)
    drawing = json.loads(sound.peaks.read_text())
    assert len(_samples(sound.audio)) == pytest.approx(8.0 * 16_000, abs=400)
    assert drawing["duration_s"] == pytest.approx(8.0, abs=0.05)
    left, right = drawing["peaks"]
    assert len(left) == len(right) == pytest.approx(8 * 40, abs=2)
    assert (max(left), max(right)) == (pytest.approx(50, abs=2), pytest.approx(25, abs=2))


def test_private_words_are_silent_in_sound_and_drawing_only_while_masked(tmp_path, card):
    sounds = Sounds(tmp_path / "cache")
    number = card.transcript.turns[1].words[6].span
    masked, open_ = sounds.make(card, masked=True), sounds.make(card, masked=False)
    assert masked.tag != open_.tag
    first, last = (int(at * 16_000) for at in (number.start_s, number.end_s))
    assert np.abs(_samples(masked.audio)[first:last]).max() == 0
    assert np.abs(_samples(open_.audio)[first:last]).max() > 10_000
    at = int(number.start_s * 40)
    assert json.loads(masked.peaks.read_text())["peaks"][0][at] == 0
    assert json.loads(open_.peaks.read_text())["peaks"][0][at] > 40


def test_a_copy_is_made_once_and_anew_when_other_words_are_private(tmp_path, card):
    sounds = Sounds(tmp_path / "cache")
    first = sounds.make(card, masked=True)
    for path in (first.audio, first.peaks):
        os.utime(path, (1.0, 1.0))
    assert sounds.make(card, masked=True) == first
    assert (first.audio.stat().st_mtime, first.peaks.stat().st_mtime) == (1.0, 1.0)
    assert first.audio.stat().st_atime > 1.0
    other = replace(card, transcript=replace(card.transcript, turns=dialogue(("agent", "没有号码"))))
    assert sounds.make(other, masked=True).audio != first.audio


def test_recordings_do_not_share_copies(tmp_path, card):
    sounds = Sounds(tmp_path / "cache")
    other = replace(card, recording=replace(card.recording, id="b" * 64))
    assert sounds.find(card, masked=True).audio != sounds.find(other, masked=True).audio


@pytest.mark.parametrize("key", ["../../etc/passwd", "a/b", "..", "x\0y", "名" * 300])
def test_a_strange_id_stays_in_the_folder(tmp_path, card, key):
    sounds = Sounds(tmp_path / "cache")
    sound = sounds.make(replace(card, recording=replace(card.recording, id=key)), masked=True)
    assert sound.audio.resolve().parent == (tmp_path / "cache").resolve()


def test_many_at_once_make_one_whole_copy(tmp_path, card):
    sounds = Sounds(tmp_path / "cache")
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: sounds.make(card, masked=True), range(16)))
    assert len(set(made)) == 1
    assert sorted(path.suffix for path in (tmp_path / "cache").iterdir()) == [".json", ".wav"]


def test_the_folder_keeps_to_its_size_and_never_loses_the_newest(tmp_path, card):
    sounds = Sounds(tmp_path / "cache", keep_bytes=600_000)
    for key in "abc":
        made = sounds.make(replace(card, recording=replace(card.recording, id=key * 64)), masked=True)
        os.utime(made.audio, (time.time() - ord("z") + ord(key),) * 2)
    assert [path.name for path in (tmp_path / "cache").glob("*.wav")] == [made.audio.name]
    assert len(list((tmp_path / "cache").glob("*.json"))) == 1
    tiny = Sounds(tmp_path / "tiny", keep_bytes=1)
    assert tiny.make(card, masked=True).audio.is_file()


@pytest.mark.parametrize("channels", [0, 2])
def test_without_a_recording_there_is_an_error_and_no_file(tmp_path, card, channels):
    gone = replace(card, recording=replace(card.recording, path=str(tmp_path / "gone.wav"), channels=channels))
    assert has_sound(card)
    assert not has_sound(gone)
    with pytest.raises(AudioError, match="gone"):
        Sounds(tmp_path / "cache").make(gone, masked=True)
    assert not (tmp_path / "cache").exists()
