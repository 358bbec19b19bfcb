"""How well the rubric meets expert ratings when evidence is perfect: scores computed from reference labels and turns.

usage: python tests/benchmarks/rubric_bench.py REFERENCE_DIR [--only ID,ID] [--skip ID,ID] [--reasons]
"""

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import DIMENSIONS, add_choice, agreement, experts, read_reference, reference_files

from pipeline.criteria.context import CallContext
from pipeline.criteria.opening_closing import closing, opening
from pipeline.criteria.wordings import load_wordings
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
        wordings=load_wordings(settings.lexicons_dir, reactions=settings.models_dir / "reactions.npz"),
    )
    return score(context, load_rubric(settings.lexicons_dir / "rubric.yaml"), VERSIONS)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("references", type=Path)
    add_choice(parser)
    parser.add_argument("--reasons", action="store_true")
    return parser.parse_args()


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
    for reference in map(read_reference, reference_files(options.references, options).values()):
        result = card(reference, settings)
        ours = [math.nan if each.score is None else each.score for each in result.dimensions]
        rows.append(list(zip(ours, experts(reference), strict=True)))
        report(reference, result, rows[-1], reasons=options.reasons)
    for index, name in enumerate(DIMENSIONS):
        scored = [row[index] for row in rows if not math.isnan(row[index][0])]
        rho, error, within = agreement(scored)
        print(f"{name:14} spearman {rho:.3f}  MAE {error:.1f}  within 10: {within:.0%}  calls {len(scored)}")


if __name__ == "__main__":
    main()
