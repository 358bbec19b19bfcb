"""What is heard besides speech: keys, music and busy signals mixed into calls, and how often something is heard that is not there.

usage: python tests/benchmarks/sounds_bench.py [CALLS] [--keys FOLDER] [--music FOLDER]

CALLS is a folder of two-channel ``<id>.wav`` with ``<id>.ref.json``, the agent left (the sample calls if none is named). Where the agent is silent for
3.6 s and more, a sound is mixed into his channel, so far below his loud speech. Printed per sound and level: the share of its time
that is heard as what it is, and the calls in which it is heard at all; first, what is heard in the calls as they are. Without folders of recorded
keys (one stroke a file) and music the sounds are made from numbers.
"""

import argparse
import random
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import print_table
from mixed_calls import CALLS, SpokenCall, spoken_call
from speechless import RATE_HZ, cadence, clicks, music, telephone

from pipeline.audio.decode import load_audio
from pipeline.measures.sounds import sounds
from pipeline.measures.spans import covered_s
from pipeline.schema import EventKind
from pipeline.settings import Settings

BELOW_DB = (6, 12, 20, 28, 34)
STROKES_A_SECOND = (3.0, 7.0)
SECONDS = 60.0

Make = Callable[[int], np.ndarray]


def typed(strokes: list[np.ndarray], seed: int) -> np.ndarray:
    """Recorded strokes at a typist's uneven rhythm."""
    chance = random.Random(seed)
    rate = chance.uniform(*STROKES_A_SECOND)
    wave, at_s = np.zeros(round(SECONDS * RATE_HZ), np.float32), 0.1
    while at_s < SECONDS - 1.0:
        stroke = chance.choice(strokes) * chance.uniform(0.5, 1.0)
        start = round(at_s * RATE_HZ)
        wave[start : start + len(stroke)] += stroke[: len(wave) - start]
        at_s += 0.4 / rate + 0.6 * chance.expovariate(rate)
    return telephone(wave)


def recorded(folder: Path) -> list[np.ndarray]:
    """The recordings in a folder, 16 kHz, one channel."""
    loose = Settings(min_duration_s=0.0)
    return [load_audio(path, settings=loose).samples[0] for path in sorted(folder.iterdir()) if path.is_file()]


def tried(keys: Path | None, tunes: Path | None) -> Iterator[tuple[str, EventKind, Make]]:
    """Sounds by name."""
    strokes, pieces = (recorded(folder) if folder else None for folder in (keys, tunes))
    typing: Make = (
        (lambda seed: typed(strokes, seed)) if strokes else lambda seed: telephone(clicks(SECONDS, seed=seed))
    )
    played: Make = (
        (lambda seed: telephone(np.resize(pieces[seed % len(pieces)], round(SECONDS * RATE_HZ))))
        if pieces
        else lambda seed: telephone(music(SECONDS, seed=seed, beat_s=(0.2, 0.4, 0.8)[seed % 3]))
    )
    yield "keys", EventKind.TYPING, typing
    yield "music", EventKind.MUSIC, played
    yield "busy line", EventKind.BUSY_SIGNAL, lambda seed: cadence(450, SECONDS, *((0.35, 0.35), (0.7, 0.7))[seed % 2])


def share_heard(call: SpokenCall, kind: EventKind, sound: np.ndarray, below_db: float) -> float:
    """Share of the sound's time in which it is heard as what it is."""
    mixed = call.channels
    for place in call.silent:
        mixed = call.with_sound(sound, place, below_voice_db=below_db, onto=mixed)
    events = [event.span for event in sounds(call.line(mixed)) if event.kind is kind]
    sounding = sum(place.duration_s for place in call.silent)
    return sum(covered_s(events, place) for place in call.silent) / sounding


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("calls", nargs="?", type=Path, default=CALLS)
    parser.add_argument("--keys", type=Path)
    parser.add_argument("--music", type=Path)
    asked = parser.parse_args()
    every = [
        spoken_call(path.stem, asked.calls) for path in sorted(asked.calls.glob("*.wav")) if "mono" not in path.stem
    ]
    plain = [event.kind for call in every for event in sounds(call.line())]
    minutes = sum(call.channels.shape[1] for call in every) / RATE_HZ / 60
    print(f"{len(every)} calls, {minutes:.0f} minutes, as they are:")
    print_table(["sound", "heard"], [[kind.value, str(plain.count(kind))] for kind in KINDS])
    calls = [call for call in every if call.silent]
    print(
        f"\n{len(calls)} of them with the sound mixed in where the agent is silent: share of its time heard (calls in which it is heard)"
    )
    rows = []
    for name, kind, make in tried(asked.keys, asked.music):
        found = {db: [share_heard(call, kind, make(seed), db) for seed, call in enumerate(calls)] for db in BELOW_DB}
        rows.append([name, *(f"{statistics.mean(each):.2f} ({sum(map(bool, each))})" for each in found.values())])
    print_table(["sound", *(f"{db} dB below the voice" for db in BELOW_DB)], rows)


KINDS = (EventKind.TYPING, EventKind.MUSIC, EventKind.BUSY_SIGNAL, EventKind.NOISE)

if __name__ == "__main__":
    main()
