import numpy as np
import pytest
from builders import turn

from pipeline.audio.room import RATE_HZ as RATE
from pipeline.measures.voice import turn_voice
from pipeline.schema import TurnVoice


def tone(start_hz, end_hz, seconds=2.0, gain=0.1):
    """A gliding tone with overtones, like a sung vowel."""
    pitch = np.geomspace(start_hz, end_hz, int(RATE * seconds))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    wave = sum(np.sin(k * phase) / k for k in range(1, 8))
    return (gain * wave).astype(np.float32)


def voice(samples):
    return turn_voice(samples, turn("agent", "您好请问有什么可以帮您", until=len(samples) / RATE))


@pytest.mark.parametrize("hz", [110, 220, 300])
def test_pitch_of_a_steady_voice(hz):
    found = voice(tone(hz, hz))
    assert found.pitch_hz == pytest.approx(hz, rel=0.02)
    assert found.pitch_range_semitones < 1


def test_pitch_range_of_a_glide():
    assert voice(tone(180, 270)).pitch_range_semitones == pytest.approx(12 * np.log2(1.5) * 0.9, abs=1.0)


def test_a_long_turn_is_looked_at_in_places_and_tells_the_same():
    short, long = voice(tone(180, 270, 2.0)), voice(np.tile(tone(180, 270, 2.0), 20))
    assert long.pitch_hz == pytest.approx(short.pitch_hz, rel=0.02)
    assert long.pitch_range_semitones == pytest.approx(short.pitch_range_semitones, abs=1.0)


@pytest.mark.parametrize(("role", "measured"), [("agent", True), ("customer", False), ("unknown", False)])
def test_only_the_agents_pitch_is_measured(role, measured):
    found = turn_voice(tone(200, 200), turn(role, "我要查话费", until=2.0))
    assert found.level_db is not None
    assert (found.pitch_hz is not None, found.pitch_range_semitones is not None) == (measured, measured)


def test_level_follows_the_gain():
    quiet, loud = voice(tone(200, 200, gain=0.02)), voice(tone(200, 200, gain=0.2))
    assert loud.level_db - quiet.level_db == pytest.approx(20, abs=0.2)
    assert loud.peak_db >= loud.level_db - 0.5


def test_pauses_do_not_lower_the_level():
    spoken = tone(200, 200)
    paused = np.concatenate([spoken, np.zeros(RATE * 3, np.float32)])
    assert voice(paused).level_db == pytest.approx(voice(spoken).level_db, abs=0.5)


def test_only_the_turns_own_stretch_counts():
    samples = np.concatenate([tone(200, 200, gain=0.2), tone(200, 200, gain=0.02)])
    assert turn_voice(samples, turn("agent", "您好", 2.0, until=4.0)).level_db < -25


@pytest.mark.parametrize("samples", [tone(200, 200, 0.3), np.zeros(RATE * 2, np.float32), np.zeros(0, np.float32)])
def test_too_short_or_silent_is_not_measured(samples):
    assert turn_voice(samples, turn("agent", "您好", until=2.0)) == TurnVoice(0)


def test_noise_has_a_level_and_no_pitch():
    noise = np.random.default_rng(1).normal(0, 0.05, RATE * 2).astype(np.float32)
    found = voice(noise)
    assert found.level_db == pytest.approx(-26, abs=1)
    assert found.pitch_hz is None and found.pitch_range_semitones is None
