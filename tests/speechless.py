"""Sounds without speech, made from numbers: what a line carries while nobody talks. All at 16 kHz."""

from collections.abc import Callable

import numpy as np

RATE_HZ = 16_000
Samples = np.ndarray


def clock(seconds: float) -> Samples:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def tone(hz: float, seconds: float, level: float = 0.3) -> Samples:
    return (level * np.sin(2 * np.pi * hz * clock(seconds))).astype(np.float32)


def cadence(hz: float, seconds: float, on_s: float, off_s: float) -> Samples:
    """A tone switched on and off: ring-back, busy signal."""
    return np.where(clock(seconds) % (on_s + off_s) < on_s, tone(hz, seconds), 0).astype(np.float32)


def noise(seconds: float, level: float = 0.05, *, seed: int = 1, color: float = 0.0) -> Samples:
    """Noise that falls by ``color`` x 6 dB an octave: 0 white, 0.5 pink, 1 brown."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(round(seconds * RATE_HZ)))
    spectrum /= np.maximum(np.arange(len(spectrum)), 20) ** color
    wave = np.fft.irfft(spectrum, round(seconds * RATE_HZ))
    return (level * wave / wave.std()).astype(np.float32)


def music(seconds: float, *, seed: int = 1, beat_s: float = 0.4, voices: int = 3) -> Samples:
    """Decaying harmonics over a scale: hold music."""
    rng = np.random.default_rng(seed)
    scale = 220 * 2 ** (np.array([0, 2, 4, 7, 9, 12, 14, 16]) / 12)
    wave, time = np.zeros(round(seconds * RATE_HZ) + RATE_HZ), clock(0.9)
    for start_s in np.arange(0, seconds, beat_s):
        for hz in rng.choice(scale, voices, replace=False):
            at = round(start_s * RATE_HZ)
            harmonics = sum(np.sin(2 * np.pi * k * hz * time) / k**1.5 for k in range(1, 6))
            wave[at : at + len(time)] += harmonics * np.exp(-3 * time)
    wave = wave[: round(seconds * RATE_HZ)]
    return (0.2 * wave / np.abs(wave).max()).astype(np.float32)


def dialling(seconds: float) -> Samples:
    pairs = [(697, 1209), (941, 1336), (941, 1336), (770, 1477), (852, 1209)]
    beeps = [np.concatenate([tone(a, 0.12, 0.2) + tone(b, 0.12, 0.2), tone(0, 0.1)]) for a, b in pairs]
    return np.pad(np.concatenate(beeps), (0, round(seconds * RATE_HZ)))[: round(seconds * RATE_HZ)]


def clicks(seconds: float, per_second: float = 5, *, seed: int = 1) -> Samples:
    """The keys of a keyboard: short noisy bursts."""
    rng = np.random.default_rng(seed)
    wave = np.zeros(round(seconds * RATE_HZ), np.float32)
    for at in rng.integers(0, len(wave) - 400, round(seconds * per_second)):
        wave[at : at + 400] += 0.3 * rng.standard_normal(400) * np.exp(-np.arange(400) / 80)
    return wave


def telephone(wave: Samples) -> Samples:
    """The same sound through a telephone band."""
    spectrum, hz = np.fft.rfft(wave), np.fft.rfftfreq(len(wave), 1 / RATE_HZ)
    spectrum[(hz < 300) | (hz > 3400)] = 0
    return np.fft.irfft(spectrum, len(wave)).astype(np.float32)


def wobble(seconds: float) -> Samples:
    time = clock(seconds)
    return (0.2 * np.sin(2 * np.pi * 600 * time + 40 * np.sin(6 * np.pi * time))).astype(np.float32)


FEW: dict[str, Callable[[], Samples]] = {
    "silence": lambda: tone(0, 10),
    "ring-back": lambda: cadence(450, 20, 1, 4),
    "white noise": lambda: noise(20, 0.1),
    "hold music": lambda: telephone(music(20)),
    "melody": lambda: music(25, seed=5, voices=1),
}
"""Tried in every test run; two of them wake the speech detector."""

MANY: dict[str, Callable[[], Samples]] = {
    "pink noise": lambda: noise(20, 0.05, color=0.5),
    "faint hiss": lambda: noise(20, 0.002),
    "brown noise": lambda: noise(20, 0.1, color=1.0),
    "loud pink noise": lambda: telephone(noise(20, 0.2, color=0.5, seed=2)),
    "loud white noise": lambda: telephone(noise(20, 0.2, seed=3)),
    "high tone": lambda: tone(1000, 10),
    "low tone": lambda: tone(450, 10),
    "busy signal": lambda: cadence(450, 15, 0.35, 0.35),
    "three tones": lambda: np.concatenate([tone(950, 0.33), tone(1400, 0.33), tone(1800, 0.33)] * 5),
    "dialling": lambda: dialling(10),
    "mains hum": lambda: tone(50, 15, 0.1) + tone(150, 15, 0.05) + noise(15, 0.003),
    "keyboard": lambda: clicks(20),
    "keyboard over hiss": lambda: clicks(20, 8, seed=2) + noise(20, 0.005),
    "slow music": lambda: telephone(music(25, seed=2, beat_s=0.8)),
    "fast music": lambda: telephone(music(25, seed=3, beat_s=0.2)),
    "wide music": lambda: music(25, seed=4),
    "music over noise": lambda: telephone(music(25, seed=6)) + noise(25, 0.02, color=0.5),
    "two voices of music": lambda: telephone(music(25, seed=7, voices=2)),
    "sweep": lambda: (0.2 * np.sin(2 * np.pi * (200 + 150 * clock(15)) * clock(15))).astype(np.float32),
    "siren": lambda: wobble(15),
    "bursts of noise": lambda: (noise(20, 0.2, color=0.5) * (clock(20) % 0.7 < 0.25)).astype(np.float32),
}
"""Tried before a release."""
