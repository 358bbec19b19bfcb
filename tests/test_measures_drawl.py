import numpy as np
import pytest
from mixed_calls import spoken_call

from pipeline.audio.room import RATE_HZ as FULL_RATE
from pipeline.measures.drawl import DRAWN_S, RATE_HZ, longest_held_s
from pipeline.measures.voice import turn_voice
from pipeline.schema import Role, Span, Turn


def vowel(seconds, formants=(700, 1200), hz=200):
    """A sung vowel: overtones under two formants."""
    time = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    overtones = range(1, int(1900 / hz))
    weight = {k: sum(np.exp(-(((k * hz - f) / 150) ** 2)) for f in formants) + 0.02 for k in overtones}
    wave = sum(weight[k] * np.sin(2 * np.pi * k * hz * time) for k in overtones)
    return (0.1 * wave).astype(np.float32)


def syllables(count, seconds=0.2):
    """Vowels in turn, as in speech."""
    kinds = ((300, 1800), (700, 1200), (350, 700), (500, 1500))
    return np.concatenate([vowel(seconds, kinds[i % len(kinds)]) for i in range(count)])


@pytest.mark.parametrize("seconds", [0.5, 0.8, 1.5])
def test_a_held_vowel_is_as_long_as_it_is(seconds):
    spoken = np.concatenate([syllables(5), vowel(seconds), syllables(3)])
    assert longest_held_s(spoken) == pytest.approx(seconds, abs=0.12)
    assert longest_held_s(spoken) >= DRAWN_S


@pytest.mark.parametrize("seconds", [0.12, 0.2, 0.25])
def test_syllables_of_usual_length_are_not_held(seconds):
    assert longest_held_s(syllables(12, seconds)) < DRAWN_S


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(RATE_HZ, np.float32), vowel(0.05)])
def test_too_short_or_silent(samples):
    assert longest_held_s(samples) == 0.0


def test_noise_is_not_held():
    assert longest_held_s(np.random.default_rng(1).normal(0, 0.05, 3 * RATE_HZ).astype(np.float32)) < DRAWN_S


def test_nobody_drawls_in_a_plain_call():
    call = spoken_call("d08")
    held = [turn_voice(call.channels[0], turn).held_s or 0.0 for turn in call.turns]
    assert max(held) < DRAWN_S


def test_only_the_agents_turns_are_listened_to():
    samples = np.repeat(vowel(2.0), FULL_RATE // RATE_HZ)
    spoken = Turn(0, Role.CUSTOMER, Span(0.0, 2.0), "啊")
    assert turn_voice(samples, spoken).held_s is None
