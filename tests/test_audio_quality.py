import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pipeline.audio.quality import channel_quality
from pipeline.schema import ChannelQuality, Span

RATE = 16_000


def band_noise(low_hz, high_hz, seconds, *, level=0.05, seed=1):
    """Noise with nothing outside the band, at a mean level relative to full scale."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).normal(size=int(RATE * seconds)))
    hertz = np.fft.rfftfreq(int(RATE * seconds), 1 / RATE)
    spectrum[(hertz < low_hz) | (hertz > high_hz)] = 0
    wave = np.fft.irfft(spectrum)
    return (level * wave / np.sqrt(np.mean(wave**2))).astype(np.float32)


def call(*, talk, noise):
    """Three seconds of line noise, in whose middle second somebody talks besides."""
    samples = noise.copy()
    samples[RATE : 2 * RATE] += talk
    return samples


TALK = band_noise(300, 3400, 1)
MIDDLE = [Span(1.0, 2.0)]


@pytest.mark.parametrize("snr_db", [5, 20, 35])
def test_noise_ratio(snr_db):
    noise = band_noise(0, 4000, 3, level=0.05 / 10 ** (snr_db / 20), seed=2)
    found = channel_quality(call(talk=TALK, noise=noise), MIDDLE, 1)
    expected = 10 * np.log10(10 ** (snr_db / 10) + 1)  # what is heard in speech is speech and noise
    assert found.snr_db == pytest.approx(expected, abs=0.7)
    assert (found.channel, found.speech_s) == (1, 1.0)


def test_a_click_between_speech_is_no_noise():
    noise = band_noise(0, 4000, 3, level=0.0005, seed=2)
    clean = channel_quality(call(talk=TALK, noise=noise), MIDDLE, 0)
    noise[: RATE // 10] += 0.5
    assert channel_quality(call(talk=TALK, noise=noise), MIDDLE, 0).snr_db == pytest.approx(clean.snr_db, abs=0.3)


def test_digital_silence_between_speech_is_capped():
    assert channel_quality(call(talk=TALK, noise=np.zeros(3 * RATE, np.float32)), MIDDLE, 0).snr_db == 60.0


@pytest.mark.parametrize(
    "speech",
    [[], [Span(1.0, 1.9)], [Span(0.0, 2.5)], [Span(0.0, 3.0)]],
    ids=["no speech", "too little speech", "too little between", "nothing between"],
)
def test_too_little_for_a_noise_ratio(speech):
    found = channel_quality(band_noise(300, 3400, 3), speech, 0)
    assert found.snr_db is None
    assert found.speech_s == pytest.approx(sum(span.duration_s for span in speech))


@pytest.mark.parametrize("top_hz", [2000, 3400, 7000])
@pytest.mark.parametrize("noise_level", [0.0, 0.0002])
def test_bandwidth(top_hz, noise_level):
    noise = band_noise(0, 8000, 3, level=noise_level) if noise_level else np.zeros(3 * RATE, np.float32)
    found = channel_quality(call(talk=band_noise(300, top_hz, 1), noise=noise), MIDDLE, 0)
    assert found.bandwidth_hz == pytest.approx(top_hz, abs=100)


def test_wide_noise_does_not_widen_speech():
    noise = band_noise(0, 8000, 3, level=0.01, seed=3)
    assert channel_quality(call(talk=TALK, noise=noise), MIDDLE, 0).bandwidth_hz == pytest.approx(3400, abs=100)


def test_clipping():
    samples = np.zeros(3 * RATE, np.float32)
    samples[:RATE] = 0.98
    samples[RATE : 2 * RATE] = -1.0
    assert channel_quality(samples, MIDDLE, 0).clipped_ratio == pytest.approx(2 / 3)
    assert channel_quality(TALK, MIDDLE, 0).clipped_ratio == 0


@pytest.mark.parametrize("seconds", [0, 0.01, 3])
def test_silent_or_empty_channel(seconds):
    samples = np.zeros(int(RATE * seconds), np.float32)
    speech_s = 1.0 if seconds == 3 else 0.0
    assert channel_quality(samples, MIDDLE, 0) == ChannelQuality(0, speech_s)


@given(
    samples=arrays.arrays(np.float32, st.integers(0, 3000), elements=st.floats(-1, 1, width=32)),
    spans=st.lists(st.tuples(st.floats(0, 2), st.floats(0, 2)).map(lambda pair: Span(*sorted(pair))), max_size=4),
)
def test_figures_stay_in_range(samples, spans):
    found = channel_quality(samples, spans, 0)
    assert 0 <= found.clipped_ratio <= 1
    assert found.snr_db is None or found.snr_db <= 60
    assert found.bandwidth_hz is None or 0 < found.bandwidth_hz <= 8000
