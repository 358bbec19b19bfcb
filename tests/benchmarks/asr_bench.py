"""Recognition measured: ours beside openai-whisper as its README runs it.

usage: python tests/benchmarks/asr_bench.py FOLDER [--only d01,d05] [--minutes 12] [--ours faster-whisper] [--model base]

FOLDER holds calls, <id>.wav (agent left, customer right) and <id>.ref.json (turns with role and text), each channel on its
own; or read sentences, <id>.flac and text.json (id to text), which are joined into recordings of three minutes and heard at
16 kHz and through a telephone line (300 to 3400 Hz, mu-law at 8 kHz). Printed: character error rate (Chinese characters only)
as it was recognised and as it was then written by sound, of syllables without tone, for calls of each side; wall and
processor seconds per second of one channel; peak memory. Ours is the way that every call goes. Each system runs in a process
of its own.
"""

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import SIDES, chinese
from benchmarks.spoken import Spoken, open_folder

from pipeline import hearing
from pipeline.asr import registry, weights
from pipeline.audio.decode import RATE_HZ, Audio
from pipeline.kit import load_kit
from pipeline.settings import Settings
from pipeline.speakers.by_channel import make_turns

Texts = tuple[str, ...]
"""What each channel said."""

Transcribe = Callable[[Audio], tuple[Texts, Texts]]
"""A recording to what was recognised, and to what was written in the end."""

README = "openai-whisper"
COLUMNS = {"recognised": 11, "written": 9, "syllables": 10, **dict.fromkeys(SIDES, 9)}


@dataclass
class Tally:
    """Edits and lengths, summed over recordings."""

    edits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    lengths: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COLUMNS, 0))
    wall_s: float = 0.0
    cpu_s: float = 0.0
    audio_s: float = 0.0

    def add(self, key: str, said: Sequence[str], text: Sequence[str]) -> None:
        self.edits[key] += Levenshtein.distance(said, text)
        self.lengths[key] += len(said)

    def error(self, key: str) -> str:
        return f"{self.edits[key] / self.lengths[key]:.3f}" if self.lengths[key] else ""


def openai_as_its_readme(settings: Settings, model: str) -> Transcribe:
    """``whisper.load_model`` and ``model.transcribe`` on each whole channel; only language and fp16 are told."""
    import whisper

    loaded = whisper.load_model(str(weights.openai_checkpoint(model, settings)), device="cpu")

    def run(audio: Audio) -> tuple[Texts, Texts]:
        heard = tuple(
            loaded.transcribe(np.ascontiguousarray(channel), language="zh", fp16=False)["text"]
            for channel in audio.samples
        )
        return heard, heard

    return run


def ours(settings: Settings, model: str, name: str) -> Transcribe:
    """As calls are heard: ``hearing.recognise``, then turns."""
    transcriber, kit = registry.create(name, model, settings), load_kit(settings)

    def run(audio: Audio) -> tuple[Texts, Texts]:
        turns = make_turns(hearing.recognise(audio, transcriber, kit).utterances)
        sides = [[turn for turn in turns if turn.channel == i] for i in range(len(audio.samples))]
        recognised = tuple("".join(turn.recognised for turn in side) for side in sides)
        return recognised, tuple("".join(turn.text for turn in side) for side in sides)

    return run


def measure(system: str, spoken: Iterable[Spoken], model: str) -> tuple[Tally, float]:
    """Run one system over all recordings; with peak memory in MB. Meant for a process of its own."""
    settings = Settings()
    transcribe = openai_as_its_readme(settings, model) if system == README else ours(settings, model, system)
    tally = Tally()
    for item in spoken:
        audio = item.load(settings)
        wall, cpu = time.perf_counter(), time.process_time()
        recognised, written = transcribe(audio)
        tally.wall_s += time.perf_counter() - wall
        tally.cpu_s += time.process_time() - cpu
        tally.audio_s += audio.samples.size / RATE_HZ
        count(tally, item, [chinese(text) for text in recognised], [chinese(text) for text in written])
    return tally, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def count(tally: Tally, item: Spoken, recognised: Sequence[str], written: Sequence[str]) -> None:
    for i, said in enumerate(item.said):
        tally.add("recognised", said, recognised[i])
        tally.add("written", said, written[i])
        tally.add("syllables", lazy_pinyin(said), lazy_pinyin(written[i]))
        if len(item.said) == len(SIDES):
            tally.add(SIDES[i], said, written[i])


def row(system: str, tally: Tally, peak_mb: float) -> str:
    errors = "".join(f"{tally.error(key):>{width}}" for key, width in COLUMNS.items())
    return f"{system:16}{errors}{tally.wall_s / tally.audio_s:10.4f}{tally.cpu_s / tally.audio_s:9.4f}{peak_mb:9.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="names of calls, separated by commas")
    parser.add_argument("--minutes", type=float, default=12, help="how much read speech")
    parser.add_argument("--ours", default="faster-whisper", help="our recogniser")
    parser.add_argument("--model", default="base")
    args = parser.parse_args()
    only = [name for name in args.only.split(",") if name]
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for title, spoken in open_folder(args.folder, only, args.minutes).items():
            print(f"{title}: {len(spoken)} recordings, model {args.model}")
            print(
                " " * 16 + "".join(f"{key:>{width}}" for key, width in COLUMNS.items()) + "  wall s/s  cpu s/s  peak MB"
            )
            for system in (args.ours, README):
                print(row(system, *pool.apply(measure, (system, spoken, args.model))), flush=True)


if __name__ == "__main__":
    main()
