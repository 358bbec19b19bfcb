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


def chords(seconds: float, *, seed: int = 1) -> Samples:
    """Sustained chords that change every two seconds, with a slow tremolo: strings."""
    rng, wave = np.random.default_rng(seed), []
    for root in rng.choice([196, 220, 247, 262, 294], round(seconds / 2) + 1):
        parts = sum(tone(root * ratio * k, 2.0, 0.1 / k) for ratio in (1, 1.26, 1.5) for k in (1, 2, 3))
        wave.append(parts * (1 + 0.3 * np.sin(2 * np.pi * 5 * clock(2.0))))
    return np.concatenate(wave)[: round(seconds * RATE_HZ)].astype(np.float32)


def drums(seconds: float, *, seed: int = 1, beat_s: float = 0.25) -> Samples:
    """A loop of kick, snare and hi-hat."""
    rng, wave = np.random.default_rng(seed), np.zeros(round(seconds * RATE_HZ) + RATE_HZ)
    time = clock(0.2)
    kick = 0.6 * np.sin(2 * np.pi * (50 * time + 8 * np.exp(-30 * time))) * np.exp(-15 * time)
    snare, hat = (
        level * rng.standard_normal(len(time)) * np.exp(-fall * time) for level, fall in ((0.3, 20), (0.1, 60))
    )
    for beat in range(int(seconds / beat_s)):
        at = round(beat * beat_s * RATE_HZ)
        wave[at : at + len(time)] += hat + (kick if beat % 4 == 0 else 0) + (snare if beat % 4 == 2 else 0)
    return wave[: round(seconds * RATE_HZ)].astype(np.float32)


def humming(seconds: float, *, seed: int = 1) -> Samples:
    """A gliding voice-like tune: harmonics with vibrato under the formants of an a."""
    rng = np.random.default_rng(seed)
    steps = np.repeat(rng.choice([0, 2, 4, 5, 7, 9], int(seconds / 0.5) + 2), RATE_HZ // 2)[: round(seconds * RATE_HZ)]
    glide = np.convolve(steps, np.ones(1600) / 1600, mode="same")
    hz = 180 * 2 ** (glide / 12) * (1 + 0.02 * np.sin(2 * np.pi * 5.5 * clock(seconds)))
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    wave = sum(np.exp(-(((k * 180 - 700) / 500) ** 2)) * np.sin(k * phase) for k in range(1, 18))
    return (0.2 * wave / np.abs(wave).max()).astype(np.float32)


def breathing(seconds: float, level: float = 0.03) -> Samples:
    swell = np.maximum(0, np.sin(2 * np.pi * 0.3 * clock(seconds))) ** 2
    return (noise(seconds, level, color=0.4) * swell).astype(np.float32)


def handset(seconds: float, *, seed: int = 1) -> Samples:
    """A receiver put down, rubbed and picked up: thumps and scratches."""
    rng, wave = np.random.default_rng(seed), noise(seconds, 0.002)
    for at in rng.integers(0, len(wave) - 8000, round(seconds / 2)):
        length = int(rng.integers(800, 8000))
        wave[at : at + length] += noise(length / RATE_HZ, 0.15, seed=int(at), color=0.8)[:length] * np.hanning(length)
    return wave.astype(np.float32)


def fax(seconds: float) -> Samples:
    """The calling tone of a fax, half a second in three, then the answering tone."""
    return np.concatenate([cadence(1100, seconds / 2, 0.5, 3), tone(2100, seconds / 2, 0.2)])


def modem(seconds: float, *, seed: int = 1) -> Samples:
    """Two frequencies keyed 300 times a second."""
    bits = np.random.default_rng(seed).integers(0, 2, int(seconds * 300) + 1)
    hz = np.repeat(np.where(bits, 1270, 1070), RATE_HZ // 300)[: round(seconds * RATE_HZ)]
    return (0.2 * np.sin(2 * np.pi * np.cumsum(hz) / RATE_HZ)).astype(np.float32)


def murmur(seconds: float, *, seed: int = 1, voices: int = 8) -> Samples:
    """A room of people behind a wall: noise of the long-term spectrum of speech, in syllables that hang together by chance."""
    total = np.zeros(round(seconds * RATE_HZ))
    for voice in range(voices):
        rng = np.random.default_rng(seed * 100 + voice)
        rhythm = np.repeat(rng.random(int(seconds * 5) + 2), RATE_HZ // 5)[: len(total)]
        total += noise(seconds, 0.03, seed=seed * 100 + voice, color=0.6) * np.convolve(
            rhythm, np.ones(800) / 800, "same"
        )
    return total.astype(np.float32)


def offset(seconds: float) -> Samples:
    return np.full(round(seconds * RATE_HZ), 0.2, np.float32) + noise(seconds, 0.0005)


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
    "offset": lambda: offset(10),
    "chords": lambda: telephone(chords(20)),
    "other chords": lambda: telephone(chords(20, seed=2)),
    "drums": lambda: telephone(drums(20)),
    "slow drums": lambda: telephone(drums(20, seed=2, beat_s=0.5)),
    "band": lambda: telephone(0.5 * drums(20) + 0.5 * chords(20) + 0.5 * music(20, seed=8)),
    "humming": lambda: telephone(humming(20)),
    "other humming": lambda: telephone(humming(20, seed=3)),
    "breathing": lambda: breathing(20),
    "heavy breathing": lambda: telephone(breathing(20, 0.15)),
    "handset": lambda: telephone(handset(20)),
    "fax": lambda: fax(20),
    "modem": lambda: modem(15),
    "murmur": lambda: telephone(murmur(20)),
    "loud murmur": lambda: telephone(4 * murmur(20, seed=2, voices=3)),
    "congestion": lambda: cadence(450, 15, 0.7, 0.7),
    "ring-back over hiss": lambda: cadence(450, 20, 1, 4) + noise(20, 0.01),
    "music cut by silence": lambda: (telephone(music(20, seed=9)) * (clock(20) % 4 < 2)).astype(np.float32),
}
"""Tried before a release."""
