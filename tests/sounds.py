"""Sounds made for tests: silence, tones, music on hold; written as real files."""

import wave
from pathlib import Path

import numpy as np

RATE_HZ = 8000


def silence(seconds: float) -> np.ndarray:
    """Digital silence."""
    return np.zeros(int(seconds * RATE_HZ), np.float32)


def tone(seconds: float, hz: float = 440.0, level: float = 0.3) -> np.ndarray:
    """A sine."""
    return (level * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def hold_music(seconds: float) -> np.ndarray:
    """Chords that change every half second, with decaying notes: what a customer hears while waiting."""
    chords = ((262, 330, 392), (220, 262, 330), (175, 220, 262), (196, 247, 294))
    beat = int(0.5 * RATE_HZ)
    decay = np.exp(-4 * np.arange(beat) / beat)
    beats = int(np.ceil(seconds / 0.5))
    notes = [sum(tone(0.5, hz, 0.2) for hz in chords[i // 2 % 4]) * decay for i in range(beats)]
    return np.concatenate(notes)[: int(seconds * RATE_HZ)].astype(np.float32)


def write_wav(path: Path, *channels: np.ndarray) -> Path:
    """A 16-bit PCM file, one array a channel."""
    samples = (np.stack(channels, axis=1) * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(samples.tobytes())
    return path
