"""Recognition measured: ours beside openai-whisper as its README runs it.

usage: python tests/benchmarks/asr_bench.py REFERENCE_DIR [--only d01,d05] [--ours faster-whisper] [--model base]

REFERENCE_DIR holds <id>.wav (agent left, customer right) and <id>.ref.json (turns with role and text). Printed: character
error rate per side (Chinese characters only), error rate of syllables without tone, wall and processor seconds per second
of one channel, peak memory; ours as it was recognised and as it was then written by sound. Each system runs in a process
of its own.
"""

import argparse
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pypinyin import lazy_pinyin
from rapidfuzz.distance import Levenshtein

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import SIDES, chinese

from pipeline.asr import registry, weights
from pipeline.asr.guard import drop_invented, load_invented
from pipeline.audio.decode import RATE_HZ, load_audio
from pipeline.settings import Settings
from pipeline.speakers.activity import TIMING, find_speech
from pipeline.speakers.by_channel import make_turns
from pipeline.speakers.crosstalk import own_speech
from pipeline.spelling.model import load_model
from pipeline.spelling.rewriting import respell
from pipeline.spelling.search import Speller

Texts = tuple[str, ...]
"""What each channel said."""

Transcribe = Callable[[np.ndarray], tuple[Texts, Texts]]
"""Samples to what was recognised, and to what was written in the end."""

KEYS = (*SIDES, "syllables", "recognised")


@dataclass
class Tally:
    """Edits and lengths, summed over calls."""

    edits: dict[str, int]
    lengths: dict[str, int]
    wall_s: float = 0.0
    cpu_s: float = 0.0
    audio_s: float = 0.0

    def error(self, key: str) -> float:
        return self.edits[key] / max(1, self.lengths[key])


def openai_as_its_readme(settings: Settings, model: str) -> Transcribe:
    """``whisper.load_model`` and ``model.transcribe`` on each whole channel; only language and fp16 are told."""
    import whisper

    loaded = whisper.load_model(str(weights.openai_checkpoint(model, settings)), device="cpu")

    def run(samples: np.ndarray) -> tuple[Texts, Texts]:
        heard = tuple(
            loaded.transcribe(np.ascontiguousarray(channel), language="zh", fp16=False)["text"] for channel in samples
        )
        return heard, heard

    return run


def ours(settings: Settings, model: str, name: str) -> Transcribe:
    """Speech found, leaks taken out, recognised, invented text dropped, written by sound, turns made: as calls are scored."""
    transcriber = registry.create(name, model, settings)
    speller = Speller(load_model(settings.models_dir / "spelling.npz"))
    phrases = load_invented(settings.lexicons_dir / "invented.yaml")

    def run(samples: np.ndarray) -> tuple[Texts, Texts]:
        speech = own_speech(samples, [find_speech(channel) for channel in samples])
        heard = [u for i, s in enumerate(speech) for u in transcriber.transcribe(samples[i], speech=s, channel=i)]
        kept, _ = drop_invented(heard, [find_speech(channel, TIMING) for channel in samples], phrases)
        turns = make_turns([respell(utterance, speller) for utterance in kept])
        sides = [[turn for turn in turns if turn.channel == i] for i in range(len(samples))]
        recognised = tuple("".join(turn.recognised for turn in side) for side in sides)
        return recognised, tuple("".join(turn.text for turn in side) for side in sides)

    return run


def references(path: Path) -> list[str]:
    turns = json.loads(path.read_text("utf-8"))["turns"]
    return [chinese("".join(turn["text"] for turn in turns if turn["role"] == side)) for side in SIDES]


def measure(system: str, calls: list[Path], model: str) -> tuple[Tally, float]:
    """Run one system over all calls; with peak memory in MB. Meant for a process of its own."""
    settings = Settings()
    transcribe = openai_as_its_readme(settings, model) if system == "README" else ours(settings, model, system)
    tally = Tally(dict.fromkeys(KEYS, 0), dict.fromkeys(KEYS, 0))
    for call in calls:
        samples = load_audio(call, settings=settings).samples
        wall, cpu = time.perf_counter(), time.process_time()
        recognised, texts = transcribe(samples)
        tally.wall_s += time.perf_counter() - wall
        tally.cpu_s += time.process_time() - cpu
        tally.audio_s += samples.size / RATE_HZ
        said = references(call.with_suffix(".ref.json"))
        for side, reference, heard, text in zip(SIDES, said, recognised, texts, strict=True):
            count(tally, side, reference, chinese(text))
            add(tally, "recognised", reference, chinese(heard))
    return tally, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def count(tally: Tally, side: str, said: str, text: str) -> None:
    add(tally, side, said, text)
    add(tally, "syllables", lazy_pinyin(said), lazy_pinyin(text))


def add(tally: Tally, key: str, said: Sequence[str], text: Sequence[str]) -> None:
    tally.edits[key] += Levenshtein.distance(said, text)
    tally.lengths[key] += len(said)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("references", type=Path)
    parser.add_argument("--only", default="", help="names of calls, separated by commas")
    parser.add_argument("--ours", default="faster-whisper", help="our recogniser")
    parser.add_argument("--model", default="base")
    args = parser.parse_args()
    only = [name for name in args.only.split(",") if name]
    calls = [path for path in sorted(args.references.glob("*.wav")) if not only or path.stem in only]
    print(f"{len(calls)} calls, model {args.model}")
    print(
        f"{'':16}{'CER agent':>10}{'customer':>10}{'all':>8}{'recognised':>12}{'syllables':>11}{'wall s/s':>10}{'cpu s/s':>9}{'peak MB':>9}"
    )
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for system in (args.ours, "README"):
            tally, peak_mb = pool.apply(measure, (system, calls, args.model))
            agent, customer = (tally.error(side) for side in SIDES)
            both = sum(tally.edits[side] for side in SIDES) / max(1, sum(tally.lengths[side] for side in SIDES))
            figures = f"{agent:10.3f}{customer:10.3f}{both:8.3f}{tally.error('recognised'):12.3f}{tally.error('syllables'):11.3f}"
            times = f"{tally.wall_s / tally.audio_s:10.4f}{tally.cpu_s / tally.audio_s:9.4f}{peak_mb:9.0f}"
            print(f"{system:16}{figures}{times}", flush=True)


if __name__ == "__main__":
    main()
