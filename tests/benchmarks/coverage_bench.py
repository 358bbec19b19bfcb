"""Whether intervals hold what they promise: the same calls heard by a perturbed recogniser, and raters' scores.

Each recording is heard as usual, with another beam, in another precision and with noise added; the usual scorecard's intervals are
tried: how many scores of the others, and how many reference ratings (the mean of both raters), lie in them.

usage: python tests/benchmarks/coverage_bench.py REFERENCE_DIR [--only ID,ID] [--skip ID,ID]

REFERENCE_DIR holds <id>.wav and <id>.ref.json. Every call is recognised five times.
"""

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from scipy.io import wavfile

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import (
    DIMENSIONS,
    add_choice,
    experts,
    print_table,
    read_reference,
    reference_files,
)

from pipeline.asr import faster_whisper
from pipeline.asr.base import Transcriber
from pipeline.audio.decode import load_audio
from pipeline.audio.room import RATE_HZ
from pipeline.call import judge
from pipeline.hearing import hear
from pipeline.kit import Kit, load_kit
from pipeline.reports.contract import scorecard_object
from pipeline.schema import Scorecard, Source
from pipeline.settings import Settings
from pipeline.speakers.activity import TIMING, find_speech

Card = Mapping[str, Any]
Numbers = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Hearing:
    """How a call is heard.

    Parameters
    ----------
    snr_db
        Speech above the noise that is added to each channel; None for none.
    """

    beam: int = 5
    precision: str = "int8"
    snr_db: float | None = None


USUAL = Hearing()
PERTURBED = {
    "beam 1 instead of 5": Hearing(beam=1),
    "float32 instead of int8": Hearing(precision="float32"),
    "noise at 15 dB": Hearing(snr_db=15.0),
    "noise at 10 dB": Hearing(snr_db=10.0),
}


def noisy(samples: np.ndarray, snr_db: float) -> np.ndarray:
    """A channel with pink noise this far below the level of its speech; the same noise in every run."""
    white = np.fft.rfft(np.random.default_rng(0).standard_normal(len(samples)))
    pink = np.fft.irfft(white / np.sqrt(np.arange(1.0, len(white) + 1)), len(samples))
    spans = [samples[int(s.start_s * RATE_HZ) : int(s.end_s * RATE_HZ)] for s in find_speech(samples, TIMING)]
    speech = np.concatenate(spans) if spans else samples
    level = np.sqrt(np.mean(np.square(speech)) / np.mean(np.square(pink))) * 10 ** (-snr_db / 20)
    return np.asarray(samples + level * pink, dtype=np.float32)


def judged(path: Path, hearing: Hearing, transcriber: Transcriber, kit: Kit) -> Card:
    """The scorecard of a recording that is heard in this way, as it is exported."""
    return scorecard_object(carded(path, hearing, transcriber, kit))


def carded(path: Path, hearing: Hearing, transcriber: Transcriber, kit: Kit) -> Scorecard:
    """The scorecard of a recording that is heard in this way."""
    with TemporaryDirectory() as folder:
        if hearing.snr_db is not None:
            samples = [noisy(channel, hearing.snr_db) for channel in load_audio(path, settings=kit.settings).samples]
            path = Path(folder) / path.name
            wavfile.write(path, RATE_HZ, np.clip(np.stack(samples, axis=1), -1, 1))
        heard = hear(Source(str(path)), path.stem, transcriber=transcriber, kit=kit)
    return judge(heard, kit)


def judged_all(paths: Mapping[str, Path], hearing: Hearing, kit: Kit) -> dict[str, Card]:
    """The scorecards of all calls, by name."""
    settings = kit.settings.model_copy(update={"precision": hearing.precision})
    transcriber = faster_whisper.create(settings.model, settings, beam=hearing.beam)
    return {name: judged(path, hearing, transcriber, kit) for name, path in paths.items()}


def scored(card: Card) -> dict[str, Numbers]:
    """Everything with a number: criteria, dimensions and the total, by name."""
    named = {**card["criteria"], **card["dimensions"], "affinity": card["affinity"]}
    return {name: each for name, each in named.items() if each["score"] is not None}


def kind(name: str) -> str:
    """A criterion is told from a dimension by its dot."""
    return "criteria" if "." in name else "dimensions" if name in DIMENSIONS else "affinity"


def within(interval: Numbers, value: float) -> bool:
    """Whether a value lies in an interval, its ends included."""
    return interval["low"] <= value <= interval["high"]


def perturbed(base: Mapping[str, Card], others: Sequence[Mapping[str, Card]]) -> Iterator[tuple[str, bool, bool]]:
    """For every score of another export: its kind, whether it changed, whether the base's interval holds it."""
    for name, card in base.items():
        own = scored(card)
        for other in others:
            for part, score in scored(other[name]).items() if name in other else ():
                if part in own:
                    yield kind(part), score["score"] != own[part]["score"], within(own[part], score["score"])


def rated(base: Mapping[str, Card], references: Mapping[str, Path]) -> Iterator[tuple[str, bool]]:
    """For every rating of a dimension: the dimension, and whether its interval holds the raters' mean."""
    for name, path in references.items():
        own = scored(base[name]) if name in base else {}
        for part, rating in zip(DIMENSIONS, experts(read_reference(path)), strict=True):
            if part in own:
                yield part, within(own[part], rating)


def widths(base: Mapping[str, Card]) -> dict[str, float]:
    """Mean width of the intervals by kind."""
    found = defaultdict(list)
    for card in base.values():
        for part, each in scored(card).items():
            found[kind(part)].append(each["high"] - each["low"])
    return {name: statistics.fmean(values) for name, values in found.items()}


def share(values: Iterable[bool]) -> float:
    """Share of what is true."""
    known = list(values)
    return sum(known) / len(known) if known else float("nan")


def changes(base: Mapping[str, Card], others: Mapping[str, Mapping[str, Card]]) -> Iterator[tuple[object, ...]]:
    """A row a perturbation and kind: scores, those inside, those inside of what changed, the mean width."""
    wide = widths(base)
    for how, other in others.items():
        moved = list(perturbed(base, [other]))
        for name in wide:
            held = [inside for part, _, inside in moved if part == name]
            changed = [inside for part, new, inside in moved if part == name and new]
            yield how, name, len(held), share(held), f"{share(changed):.3f} ({len(changed)})", wide[name]


def main() -> None:
    """Print coverage and width."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("references", type=Path)
    add_choice(parser)
    options = parser.parse_args()
    references = reference_files(options.references, options)
    paths = {name: options.references / f"{name}.wav" for name in references}
    kit = load_kit(Settings(calibration=None))
    base = judged_all(paths, USUAL, kit)
    others = {how: judged_all(paths, hearing, kit) for how, hearing in PERTURBED.items()}
    head = ("heard with", "scores", "n", "inside", "of those that changed", "mean width")
    print_table(head, changes(base, others))
    ratings = list(rated(base, references))
    print_table(
        ("", "n", "ratings inside"),
        [
            (name, sum(part == name for part, _ in ratings), share(h for part, h in ratings if part == name))
            for name in DIMENSIONS
        ],
    )


if __name__ == "__main__":
    main()
