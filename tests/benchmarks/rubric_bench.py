"""How well the rubric meets expert ratings when evidence is perfect: scores computed from reference labels and turns.

usage: python tests/benchmarks/rubric_bench.py REFERENCE_DIR [--only ID,ID] [--skip ID,ID] [--reasons]
"""

import argparse
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from pipeline.criteria.context import CallContext
from pipeline.criteria.opening_closing import closing, opening
from pipeline.measures.figures import measure
from pipeline.measures.timing import find_events
from pipeline.schema import (
    Acoustics,
    Engine,
    Evidence,
    Finding,
    Polarity,
    Recording,
    Role,
    Roles,
    Scenario,
    Scorecard,
    Span,
    Transcript,
    Turn,
    Versions,
)
from pipeline.scoring.rubric import load_rubric
from pipeline.scoring.scorecard import score
from pipeline.settings import Settings

ENGINE = Engine("reference", "none")
VERSIONS = Versions("bench", "reference", "bench", None, ENGINE)
DIMENSIONS = ("politeness", "patience", "communication")


def read_turns(reference: Mapping[str, Any]) -> tuple[Turn, ...]:
    """The reference's turns."""
    return tuple(
        Turn(
            each["index"],
            Role(each["role"]),
            Span(each["start"], each["end"]),
            each["text"],
            channel=0 if each["role"] == "agent" else 1,
        )
        for each in reference["turns"]
    )


def read_findings(reference: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]]) -> tuple[Finding, ...]:
    """The labelled spans as certain findings; traps and customers' words are none."""
    return tuple(
        _finding(turn, span, labels[span["label"]])
        for turn in reference["turns"]
        if turn["role"] == "agent"
        for span in turn["spans"]
        if span["label"] in labels
    )


def _finding(turn: Mapping[str, Any], span: Mapping[str, Any], label: Mapping[str, str]) -> Finding:
    start = turn["text"].index(span["text"])
    evidence = Evidence(
        turn["index"], start, start + len(span["text"]), Span(span["start"], span["end"]), span["text"], 0.95
    )
    return Finding(span["label"], Polarity(label["polarity"]), label["criterion"], "reference", evidence)


def card(reference: Mapping[str, Any], settings: Settings) -> Scorecard:
    """The scorecard that perfect evidence would give; no sound, so voice and Mandarin abstain."""
    labels = yaml.safe_load((settings.lexicons_dir / "labels.yaml").read_text(encoding="utf-8"))["labels"]
    transcript = Transcript(read_turns(reference), Roles("given", 1.0, withheld=False), ENGINE)
    findings, acoustics = read_findings(reference, labels), Acoustics()
    recording = Recording(reference["id"], reference["id"], reference["duration_s"], 2)
    events = find_events(transcript, acoustics, findings, settings)
    context = CallContext(
        recording=recording,
        transcript=transcript,
        findings=findings,
        events=events,
        measures=measure(transcript, acoustics, events, settings),
        opening=opening(transcript, findings),
        closing=closing(transcript, findings, recording),
        scenario=Scenario(reference["scenario"], 1.0),
        settings=settings,
    )
    return score(context, load_rubric(settings.lexicons_dir / "rubric.yaml"), VERSIONS)


def spearman(first: Iterable[float], second: Iterable[float]) -> float:
    """Rank correlation, ties at their mean rank."""
    ranks = [
        np.array([(np.sum(values < v) + np.sum(values <= v) - 1) / 2 for v in values])
        for values in (np.array(list(first)), np.array(list(second)))
    ]
    return float(np.corrcoef(*ranks)[0, 1])


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("references", type=Path)
    parser.add_argument("--only", type=lambda text: set(text.split(",")), default=set())
    parser.add_argument("--skip", type=lambda text: set(text.split(",")), default=set())
    parser.add_argument("--reasons", action="store_true")
    return parser.parse_args()


def read_references(options: argparse.Namespace) -> list[dict[str, Any]]:
    """The references that were asked for, and no other file is opened."""
    paths = {path.name.split(".")[0]: path for path in sorted(options.references.glob("*.ref.json"))}
    wanted = [
        path for name, path in paths.items() if name not in options.skip and (not options.only or name in options.only)
    ]
    return [json.loads(path.read_text(encoding="utf-8")) for path in wanted]


def experts(reference: Mapping[str, Any]) -> list[float]:
    """The mean of both raters, per dimension."""
    second = reference.get("second_ratings", reference["ratings"])
    return [(reference["ratings"][name] + second[name]) / 2 for name in DIMENSIONS]


def report(
    reference: Mapping[str, Any], result: Scorecard, pairs: Sequence[tuple[float, float]], *, reasons: bool
) -> None:
    """A line a call: ours/expert(difference) per dimension, the total, and verdicts that disagree."""
    figures = " ".join(f"{ours:4.0f}/{expert:<3.0f}({ours - expert:+4.0f})" for ours, expert in pairs)
    print(f"{reference['id']:6} {figures}   {result.affinity.score} {result.affinity.band}")
    for name, found in (("opening", result.opening), ("closing", result.closing)):
        if found.complete != reference[f"{name}_complete"]:
            print(f"       {name} disagrees: {dict(found.elements)}")
    for each in result.criteria if reasons else ():
        print(f"    {each.criterion:26} {each.score!s:6} [{each.low}, {each.high}] {each.reason}")


def main() -> None:
    """Print a line a call and the figures per dimension."""
    options, settings = parse(), Settings()
    rows: list[list[tuple[float, float]]] = []
    for reference in read_references(options):
        result = card(reference, settings)
        ours = [math.nan if each.score is None else each.score for each in result.dimensions]
        rows.append(list(zip(ours, experts(reference), strict=True)))
        report(reference, result, rows[-1], reasons=options.reasons)
    for index, name in enumerate(DIMENSIONS):
        first, second = zip(*(row[index] for row in rows), strict=True)
        errors = np.abs(np.array(first) - np.array(second))
        within = f"within 10: {np.mean(errors <= 10):.0%}"
        print(f"{name:14} spearman {spearman(first, second):.3f}  MAE {errors.mean():.1f}  {within}  calls {len(rows)}")


if __name__ == "__main__":
    main()
