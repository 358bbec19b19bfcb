"""What lines and recorders do to a call: codecs, clipping, offset, cuts, length. Speech is still found where it was."""

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from telephony import CODECS, RATE_HZ, encode, needs, through

from pipeline.audio.decode import load_audio
from pipeline.audio.quality import channel_quality
from pipeline.settings import Settings
from pipeline.speakers.activity import TIMING, find_speech

CALL = Path(__file__).parent / "data/calls/d14.wav"
SECONDS = 15


@pytest.fixture(scope="module")
def sound():
    return load_audio(CALL, settings=Settings()).samples.mean(axis=0)[: SECONDS * RATE_HZ]


@pytest.fixture(scope="module")
def speech(sound):
    return find_speech(sound, TIMING)


def shared_ratio(one, other):
    """Time in both over time in either."""
    both = sum(a.overlap_s(b) for a in one for b in other)
    return both / (sum(a.duration_s for a in (*one, *other)) - both)


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs(name)) for name in CODECS])
def test_speech_is_found_through_codecs(sound, speech, name, tmp_path):
    heard = through(name, sound, tmp_path)
    assert len(heard) == pytest.approx(len(sound), abs=0.2 * RATE_HZ)
    assert shared_ratio(find_speech(heard, TIMING), speech) > 0.85


@pytest.mark.parametrize(("name", "codec"), [("d14.gsm", "gsm"), ("d14.awb", "amrwb")])
def test_speech_is_found_in_files_of_mobile_recorders(sound, name, codec):
    """The first six seconds of the call as libgsm and libvo-amrwbenc wrote them: no encoder for these is at hand."""
    audio = load_audio(CALL.parents[1] / "codecs" / name, settings=Settings())
    assert (audio.codec, audio.channels) == (codec, 1)
    assert audio.duration_s == pytest.approx(6.0, abs=0.05)
    wanted = find_speech(sound[: 6 * RATE_HZ], TIMING)
    assert shared_ratio(find_speech(audio.samples[0], TIMING), wanted) > 0.85


@pytest.mark.parametrize(
    "change",
    [
        lambda sound: np.clip(12 * sound, -1, 1),
        lambda sound: 0.6 * sound + 0.3,
        lambda sound: 0.05 * sound,
    ],
    ids=["clipped", "offset", "soft"],
)
def test_speech_is_found_in_spite_of_the_level(sound, speech, change, tmp_path):
    heard = load_audio(encode(tmp_path / "a.wav", [change(sound)]), settings=Settings()).samples[0]
    assert shared_ratio(find_speech(heard, TIMING), speech) > 0.85
    assert abs(float(heard.mean())) < 1e-5


def test_clipping_is_measured(sound, speech):
    clean, clipped = (channel_quality(each, speech, 0).clipped_ratio for each in (sound, np.clip(12 * sound, -1, 1)))
    assert clean == 0.0
    assert clipped > 0.002


def test_a_call_that_begins_and_ends_in_mid_sentence(sound, speech):
    longest = max(speech, key=lambda span: span.duration_s)
    start_s, end_s = longest.start_s + 0.5, longest.end_s - 0.5
    (cut,) = find_speech(sound[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)], TIMING)
    assert cut.start_s < 0.2
    assert cut.end_s > end_s - start_s - 0.2


@pytest.mark.parametrize("seconds", [120, 480])
def test_decoding_needs_room_for_the_samples_once(tmp_path, seconds):
    """Hours grow with what they hold, and with nothing else."""
    rng = np.random.default_rng(1)
    one, other = (0.05 * rng.standard_normal(seconds * RATE_HZ).astype(np.float32) for _ in range(2))
    path = encode(tmp_path / "a.wav", [one, other], codec="pcm_alaw", rate=8_000)
    tracemalloc.start()
    samples = load_audio(path, settings=Settings()).samples
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    spare = 30 * RATE_HZ * 2 * 4
    assert peak < 1.1 * samples.nbytes + spare + (4 << 20)
