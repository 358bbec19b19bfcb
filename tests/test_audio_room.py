"""Long recordings lie in a file without a name: what is heard is the same, memory stays flat, nothing is left behind."""

import mmap
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile
from telephony import encode

from pipeline.audio import room
from pipeline.audio.decode import load_audio
from pipeline.audio.room import RATE_HZ, blocks, enlarged, frame_power, give_back, make_room, stretch
from pipeline.schema import Span
from pipeline.settings import Settings


@pytest.fixture
def short_is_long(monkeypatch, tmp_path):
    """What lasts over a second lies in a file; files are made in the folder that is given."""
    monkeypatch.setattr(room, "LONG", RATE_HZ)
    monkeypatch.setattr(room, "_BLOCK", 2 * RATE_HZ)
    folder = tmp_path / "room"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def in_file(samples):
    owner = samples
    while isinstance(owner, np.ndarray):
        owner = owner.base
    return isinstance(owner, mmap.mmap)


def noise(*shape):
    return np.random.default_rng(1).normal(0, 0.1, shape).astype(np.float32)


@pytest.mark.parametrize(("seconds", "expected"), [(1, False), (1.5, True), (10, True)])
def test_only_long_recordings_lie_in_a_file(short_is_long, seconds, expected):
    samples = make_room(2, round(seconds * RATE_HZ))
    assert (samples.shape, samples.dtype) == ((2, round(seconds * RATE_HZ)), np.float32)
    assert in_file(samples) is expected
    assert not list(short_is_long.iterdir())


def test_without_room_on_the_disk_memory_is_taken(short_is_long):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        samples = make_room(2, 5 * RATE_HZ)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (samples.shape, in_file(samples)) == ((2, 5 * RATE_HZ), False)


def test_what_is_given_back_is_still_there(short_is_long):
    samples = make_room(2, 3 * RATE_HZ)
    samples[:] = expected = noise(*samples.shape)
    give_back(samples[1, 5:9])
    assert np.array_equal(samples, expected)


def test_a_stretch_is_a_copy(short_is_long):
    samples = make_room(1, 3 * RATE_HZ)
    samples[:] = expected = noise(*samples.shape)
    part = stretch(samples[0], Span(0.5, 1.25))
    assert np.array_equal(part, expected[0, RATE_HZ // 2 : 5 * RATE_HZ // 4])
    assert not in_file(part)


def test_enlarged_rooms_begin_with_what_was_there(short_is_long):
    samples = noise(2, 5 * RATE_HZ)
    larger = enlarged(samples, 8 * RATE_HZ)
    assert larger.shape == (2, 8 * RATE_HZ)
    assert np.array_equal(larger[:, : 5 * RATE_HZ], samples)


@pytest.mark.parametrize("seconds", [0, 0.01, 1.999, 2, 2.05, 7.33])
@pytest.mark.parametrize("size", [400, 640, 800, 1600])
def test_blocks_make_the_same_powers(short_is_long, seconds, size):
    samples = noise(2, round(seconds * RATE_HZ))
    assert sum(block.shape[1] for block in blocks(samples)) == samples.shape[1]
    frames = samples[:, : samples.shape[1] // size * size].reshape(2, -1, size).astype(np.float64)
    assert frame_power(samples, size) == pytest.approx((frames**2).mean(axis=2))
    assert np.array_equal(frame_power(samples[0], size), frame_power(samples, size)[0])


@pytest.mark.parametrize("codec", ["pcm_alaw", "libopencore_amrnb"])
def test_a_recording_is_the_same_in_a_file(tmp_path, monkeypatch, short_is_long, codec):
    """AMR does not state its length: its room is enlarged on the way."""
    name, channels = ("a.amr", 1) if codec == "libopencore_amrnb" else ("a.wav", 2)
    path = encode(tmp_path / name, list(noise(channels, 8 * RATE_HZ)), codec=codec, rate=8_000)
    monkeypatch.setattr("pipeline.audio.decode.LONG", RATE_HZ)
    long = load_audio(path, settings=Settings())
    monkeypatch.setattr(room, "LONG", 100 * RATE_HZ)
    short = load_audio(path, settings=Settings())
    assert (in_file(long.samples), in_file(short.samples)) == (True, False)
    assert long.samples == pytest.approx(short.samples, abs=1e-7)
    assert not list(short_is_long.iterdir())


DECODE = """
import resource, sys
from pathlib import Path
from pipeline.audio.decode import load_audio
from pipeline.audio.quality import channel_quality
from pipeline.schema import Span
from pipeline.settings import Settings
for channel, samples in enumerate(load_audio(Path(sys.argv[1]), settings=Settings()).samples):
    channel_quality(samples, [Span(0.0, 60.0)], channel)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def peak_mb(folder, minutes):
    path, sound = folder / f"{minutes}.wav", noise(60 * 8_000, 2)
    with soundfile.SoundFile(path, "w", 8_000, 2, subtype="ALAW") as file:
        for _ in range(minutes):
            file.write(sound)
    done = subprocess.run(
        [sys.executable, "-c", DECODE, path], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def test_memory_does_not_grow_with_the_length(tmp_path):
    """In memory twenty minutes more of two channels would take 150 MB."""
    assert peak_mb(tmp_path, 36) - peak_mb(tmp_path, 16) < 40
