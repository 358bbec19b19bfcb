"""Who speaks when, in recordings that hold everybody on one channel.

usage: python tests/benchmarks/diarization_bench.py FOLDER [FOLDER …] [--only ID,ID] [--skip ID,ID]

A folder holds two-channel calls <id>.wav with <id>.ref.json, which are mixed to one channel, or recordings with <id>.rttm
(<id>.flac, <id>_mono8k.flac or <id>_stereo8k.flac). Printed per folder: diarization error rate (pyannote.metrics: overlap
counted, no collar; then with 0.25 s to either side of a boundary left out), its parts, recordings with the right number
of people, processor seconds a second of sound. Nothing but our own way is run; the figures of others stand in the README.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import ENDING, add_choice, print_table, read_reference, reference_files

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from pyannote.core import Annotation, Segment, Timeline
    from pyannote.metrics.diarization import DiarizationErrorRate

from pipeline.audio.decode import RATE_HZ, load_audio
from pipeline.settings import Settings
from pipeline.speakers.by_voice import find_voices

PARTS = ("missed detection", "false alarm", "confusion")


def annotation(stretches: Sequence[tuple[float, float, str]]) -> Annotation:
    found = Annotation()
    for index, (start_s, end_s, who) in enumerate(stretches):
        if end_s > start_s:
            found[Segment(start_s, end_s), index] = who
    return found


def read_rttm(path: Path) -> Annotation:
    fields = [line.split() for line in path.read_text().splitlines() if line.startswith("SPEAKER")]
    return annotation([(float(f[3]), float(f[3]) + float(f[4]), f[7]) for f in fields])


def recordings(folder: Path, options: argparse.Namespace) -> Iterator[tuple[str, Path, Annotation]]:
    for name, path in reference_files(folder, options).items():
        turns = read_reference(path)["turns"]
        people = [str(turn.get("agent", turn["role"])) for turn in turns]
        yield (
            name,
            path.with_name(name + ".wav"),
            annotation([(turn["start"], turn["end"], who) for turn, who in zip(turns, people, strict=True)]),
        )
    for path in sorted(folder.glob("*.rttm")):
        forms = (path.with_name(path.stem + ending) for ending in (".flac", "_mono8k.flac", "_stereo8k.flac"))
        sound = next((form for form in forms if form.is_file()), None)
        if sound is not None:
            yield path.stem, sound, read_rttm(path)


def errors(wanted: Annotation, found: Annotation, duration_s: float) -> dict[str, float]:
    """The parts of the error and the time spoken, in seconds, and the rate with a collar."""
    whole = Timeline([Segment(0, duration_s)])
    strict = DiarizationErrorRate(collar=0.0)(wanted, found, uem=whole, detailed=True)
    collar = DiarizationErrorRate(collar=0.5)(wanted, found, uem=whole)  # the whole width, both sides together
    return {**{part: float(strict[part]) for part in (*PARTS, "total")}, "collar": float(collar)}


def row(folder: Path, options: argparse.Namespace) -> list[object]:
    measured, counted, processor_s, sound_s = [], 0, 0.0, 0.0
    for name, path, wanted in recordings(folder, options):
        samples = load_audio(path, settings=Settings()).samples.mean(axis=0)
        began = time.process_time()
        voices = find_voices(samples)
        processor_s += time.process_time() - began
        sound_s += len(samples) / RATE_HZ
        stretches = [(s.start_s, s.end_s, str(who)) for who, spans in enumerate(voices) for s in spans]
        measured.append(errors(wanted, annotation(stretches), len(samples) / RATE_HZ))
        counted += len(voices) == len(wanted.labels())
        print(f"{name}: {rate(measured[-1]):.3f}", file=sys.stderr)
    return [
        folder.name,
        len(measured),
        float(np.mean([rate(each) for each in measured])),
        float(np.mean([each["collar"] for each in measured])),
        *(sum(each[part] for each in measured) / sum(each["total"] for each in measured) for part in PARTS),
        f"{counted} of {len(measured)}",
        processor_s / sound_s,
    ]


def rate(error: Mapping[str, float]) -> float:
    return sum(error[part] for part in PARTS) / error["total"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", help=f"folders with {ENDING} or .rttm files")
    add_choice(parser)
    options = parser.parse_args()
    header = ("set", "recordings", "DER", "DER, collar 0.25 s", *PARTS, "people counted", "CPU s/s")
    print_table(header, (row(folder, options) for folder in options.folders))


if __name__ == "__main__":
    main()
