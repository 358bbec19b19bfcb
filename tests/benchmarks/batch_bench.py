"""What a night costs beyond the recogniser, and how it grows.

usage: python tests/benchmarks/batch_bench.py [overhead] [memory] [length] [rate] [--calls N] [--few N] [--minutes M M ...] [--ray]

overhead   processor time of the sample calls by part, a minute of recording
memory     peak memory of a run over few and over many transcripts
length     processor time and peak memory of decoding and finding speech in long recordings (a sample call repeated);
           with --recognise the whole way to the scorecard
rate       transcripts a second: serial, two processes, and with --ray two actors of a Ray started for it; loading left out

Without a name all parts are measured. One Markdown table is printed. Every measurement is a process of its own.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import soundfile

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.clocks import Clock, clocked
from benchmarks.references import print_table
from nights import write_night

from pipeline import call, hearing
from pipeline.asr.base import Transcriber
from pipeline.audio.decode import load_audio
from pipeline.batch import run
from pipeline.call import Outcome, Scorer
from pipeline.intake import find_sources
from pipeline.schema import Source, Span, Utterance
from pipeline.settings import Settings
from pipeline.speakers.activity import RECOGNITION, TIMING, speech_chances, stretches
from pipeline.speakers.crosstalk import own_speech
from pipeline.store.repository import Store

ROOT = Path(__file__).parents[2]
CALLS = ROOT / "tests" / "data" / "calls"
PARTS = {
    "decoding": (hearing, "load_audio"),
    "finding speech": (hearing, "speech_chances"),
    "taking out crosstalk": (hearing, "own_speech"),
    "writing by sound": (hearing, "rewrite"),
    "telling the sides apart": (hearing, "tell_apart"),
    "quality of the channels": (hearing, "channel_quality"),
    "level and pitch": (hearing, "turn_voice"),
    "judging": (call, "judge"),
}
Row = tuple[str, str]


class TimedTranscriber:
    """A recogniser whose processor time is added up; both channels may be with it at once."""

    def __init__(self, real: Transcriber) -> None:
        self._real, self.engine = real, real.engine
        self.clock = Clock()

    def transcribe(self, samples, *, speech: Sequence[Span], channel: int) -> tuple[Utterance, ...]:
        with self.clock.running():
            return self._real.transcribe(samples, speech=speech, channel=channel)


class TimedScorer(Scorer):
    """Adds up the processor time of scoring, and within it of recognising."""

    made: "TimedScorer"

    def __init__(self, settings: Settings, **more: object) -> None:
        super().__init__(settings, **more)
        if self._transcriber is not None:
            self._transcriber = TimedTranscriber(self._transcriber)
        self.seconds = 0.0
        self.loaded_s = time.process_time()
        TimedScorer.made = self

    def score(self, source: Source, recording_id: str) -> Outcome:
        began_s = time.process_time()
        try:
            return super().score(source, recording_id)
        finally:
            self.seconds += time.process_time() - began_s


def scored(folder: Path, *, transcripts: bool, workers: int = 1, cluster: str | None = None) -> dict[str, float]:
    """Score a folder into a new store; processor seconds, rate and peak memory."""
    sys.modules["pipeline.batch.night"].Scorer = TimedScorer
    settings = Settings(workers=workers)
    clocks = clocked({} if transcripts else PARTS)
    stamps: list[float] = []
    with TemporaryDirectory() as place, Store(f"sqlite:///{place}/q.sqlite") as store:
        sources = find_sources([folder], manifest=None, settings=settings, transcripts=transcripts)
        began_s = time.process_time()
        summary = run(
            sources,
            store=store,
            settings=settings,
            transcripts=transcripts,
            cluster=cluster,
            on_progress=lambda _: stamps.append(time.perf_counter()),
        )
        total_s = time.process_time() - began_s
    told = {"calls": summary.scored, "peak_mb": peak_mb()}
    if len(stamps) > 1:
        told["rate"] = len(stamps[1:]) / (stamps[-1] - stamps[0])
    if workers == 1 and not cluster:
        made = TimedScorer.made
        told |= {"total_s": total_s - (made.loaded_s - began_s), "scoring_s": made.seconds}
        if isinstance(made._transcriber, TimedTranscriber):
            told |= {"recogniser_s": made._transcriber.clock.seconds, "minutes": summary.audio_s / 60}
            told |= {part: clock.seconds for part, clock in clocks.items()}
    return told


def decoded(path: Path) -> dict[str, float]:
    """Decode a recording and find its speech, as before recognising."""
    began_s = time.process_time()
    audio = load_audio(path, settings=Settings())
    chances = speech_chances(audio.samples)
    generous, _ = (
        [stretches(each, margins, length_s=audio.duration_s) for each in chances] for margins in (RECOGNITION, TIMING)
    )
    own_speech(audio.samples, generous)
    return {"total_s": time.process_time() - began_s, "peak_mb": peak_mb()}


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def apart(what: str, folder: Path, **options: object) -> dict[str, float]:
    """Measure in a new process."""
    code = f"import json; from benchmarks.batch_bench import {what}; print(json.dumps({what}(Path, **O)))"
    code = code.replace("Path", f"__import__('pathlib').Path({str(folder)!r})").replace("**O", f"**{options!r}")
    path = os.pathsep.join((str(ROOT / "tests"), str(ROOT)))
    environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def overhead() -> Iterator[Row]:
    told = apart("scored", CALLS, transcripts=False)
    rest_s = told["total_s"] - told["recogniser_s"]
    parts = {"recogniser": told["recogniser_s"]} | {part: told[part] for part in PARTS}
    parts["bookkeeping (hash, claim, store)"] = told["total_s"] - told["scoring_s"]
    parts["everything but the recogniser"] = rest_s
    parts["everything but the recogniser and finding speech"] = rest_s - told["finding speech"]
    for part, seconds in parts.items():
        share = seconds / told["recogniser_s"]
        yield part, f"{1e3 * seconds / told['minutes']:.0f} ms a minute, {share:.1%} of the recogniser's time"


def memory(few: int, many: int) -> Iterator[Row]:
    peaks = {}
    for calls in (few, many):
        with TemporaryDirectory() as place:
            told = apart("scored", write_night(Path(place), calls, broken=0), transcripts=True)
        peaks[calls] = told["peak_mb"]
        yield f"peak memory, {calls} calls", f"{told['peak_mb']:.0f} MB"
        yield f"bookkeeping a call, {calls} calls", f"{1e3 * (told['total_s'] - told['scoring_s']) / calls:.1f} ms"
    yield f"memory of {many} against {few}", f"{peaks[many] / peaks[few] - 1:+.1%}"


def length(minutes: Iterable[float], *, recognise: bool) -> Iterator[Row]:
    for each in minutes:
        with TemporaryDirectory() as place:
            path = long_call(Path(place) / "long.wav", each)
            told = apart("scored", Path(place), transcripts=False) if recognise else apart("decoded", path)
        yield (
            f"{each:g} minutes",
            f"{told['total_s']:.1f} s, {told['total_s'] / each:.2f} s a minute, {told['peak_mb']:.0f} MB",
        )


def long_call(path: Path, minutes: float) -> Path:
    """A sample call again and again."""
    frames, rate_hz = soundfile.read(CALLS / "d14.wav", dtype="int16")
    with soundfile.SoundFile(path, "w", rate_hz, frames.shape[1], subtype="ALAW") as target:
        for _ in range(round(minutes * 60 * rate_hz / len(frames)) or 1):
            target.write(frames)
    return path


def rate(calls: int, *, ray: bool) -> Iterator[Row]:
    with TemporaryDirectory() as place:
        folder = write_night(Path(place), calls, broken=0)
        serial = apart("scored", folder, transcripts=True)["rate"]
        yield "serial", f"{serial:.1f} transcripts a second"
        ways = {"two processes": {"workers": 2}} | (
            {"Ray, two actors": {"workers": 2, "cluster": "local"}} if ray else {}
        )
        for name, options in ways.items():
            yield name, f"{apart('scored', folder, transcripts=True, **options)['rate'] / serial:.2f} times serial"


def main() -> None:
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("parts", nargs="*", choices=["overhead", "memory", "length", "rate", []])
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--few", type=int, default=200)
    parser.add_argument("--minutes", type=float, nargs="+", default=[10, 40, 120])
    parser.add_argument("--recognise", action="store_true")
    parser.add_argument("--ray", action="store_true")
    given = parser.parse_args()
    parts = {
        "overhead": overhead,
        "memory": lambda: memory(given.few, given.calls),
        "length": lambda: length(given.minutes, recognise=given.recognise),
        "rate": lambda: rate(given.few, ray=given.ray),
    }
    rows = [(name, *row) for name, part in parts.items() if not given.parts or name in given.parts for row in part()]
    print_table(("part", "what", "figure"), rows)


if __name__ == "__main__":
    main()
