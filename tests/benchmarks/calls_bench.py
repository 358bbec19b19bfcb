"""The whole path measured, from recordings to scores, against calls with references.

usage: python tests/benchmarks/calls_bench.py REFERENCE_DIR [SCORECARDS.jsonl] [--only ID,ID] [--skip ID,ID]

REFERENCE_DIR holds <id>.wav and <id>.ref.json: turns with times and labelled spans, verdicts, events, ratings. Without an
export of scorecards the recordings are scored first, into a store that is thrown away. One Markdown table is printed.

Evidence is right when a reference span of its label lies within 1.5 s, events when within 2 s, one to one; doubtful findings
count as found, as an inspector sees them. Where the system withholds a verdict or the roles, the call is left out of that
row; where it withholds the roles, nothing that was said is the agent's or the customer's. Scores are compared with the mean
of both raters.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from operator import add
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from rapidfuzz.distance import Levenshtein

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import (
    DIMENSIONS,
    SIDES,
    Tally,
    add_choice,
    agreement,
    by_name,
    chinese,
    experts,
    labelled,
    micro,
    print_table,
    read_export,
    read_reference,
    reference_files,
    tally,
    unpaired,
)

from pipeline.batch import run
from pipeline.intake import find_sources
from pipeline.lexicon.entries import Label, load_lexicon
from pipeline.reports.contract import scorecard_object
from pipeline.schema import EventKind, Polarity, Role, Span
from pipeline.settings import Settings
from pipeline.store.repository import Store

EVENT_TOLERANCE_S = 2.0
FRAMES_PER_S = 50
NO_FAULTS = ("trap", "customer_bad")
"""Labels of words that sound like a fault and are none: quoted or negated by the agent, or the customer's own."""

Object = Mapping[str, Any]
"""A reference or a scorecard, as it is read from JSON."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    part: float
    whole: float
    unit: str

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.whole + other.whole, self.unit)


def counts(reference: Object, card: Object, labels: Mapping[str, Label]) -> dict[str, Share | Tally]:
    """Everything that is counted in one call, in the order of the table's rows."""
    return {
        **{f"CER {side}": misheard(reference, card, side) for side in SIDES},
        "time with the right role": role_time(reference, card),
        "roles withheld": Share(card["roles"]["withheld"], 1, "calls"),
        **evidence(reference, card, labels),
        "no fault, taken for one": traps_hit(reference, card, labels),
        **{f"{part} verdict right": verdict(reference, card, part) for part in ("opening", "closing")},
        "scenario right": scenario(reference, card),
        "agent's interruptions": events(reference, card, EventKind.INTERRUPTION),
        "unannounced silences": events(reference, card, EventKind.SILENCE_UNANNOUNCED),
    }


def misheard(reference: Object, card: Object, side: str) -> Share:
    """Edits between what one side said and what its turns say."""
    said, heard = (
        chinese("".join(turn["text"] for turn in each["turns"] if turn["role"] == side)) for each in (reference, card)
    )
    return Share(Levenshtein.distance(said, heard), len(said), "characters")


def role_time(reference: Object, card: Object) -> Share:
    """Time with the right role, of the time in which one person speaks and we have a turn; half right where we have both."""
    unit = "s"
    if card["roles"]["withheld"]:
        return Share(0, 0, unit)
    true, ours = (speaking(each, reference["duration_s"]) for each in (reference, card))
    compared = (true.sum(axis=0) == 1) & ours.any(axis=0)
    right = (true & ours)[:, compared].sum(axis=0) / ours[:, compared].sum(axis=0)
    return Share(float(right.sum()) / FRAMES_PER_S, int(compared.sum()) / FRAMES_PER_S, unit)


def speaking(call: Object, duration_s: float) -> np.ndarray:
    """Who speaks when: a row a role, a column a frame."""
    frames = np.zeros((len(Role), round(duration_s * FRAMES_PER_S)), dtype=bool)
    for turn in call["turns"]:
        start, end = (round(turn.get(f"{edge}_s", turn.get(edge)) * FRAMES_PER_S) for edge in ("start", "end"))
        frames[list(Role).index(turn["role"]), start:end] = True
    return frames


def spans(rows: Iterable[Object], key: str) -> defaultdict[str, list[Span]]:
    """A scorecard's findings or events by label or kind."""
    found = defaultdict(list)
    for row in rows:
        found[row[key]].append(Span(row["start_s"], row["end_s"]))
    return found


def evidence(reference: Object, card: Object, labels: Mapping[str, Label]) -> dict[str, Tally]:
    """Findings against labelled spans, all labels of a polarity together."""
    wanted, found = labelled(reference), spans(card["findings"], "label")
    tallies = {name: tally(wanted[name], found[name]) for name in labels}
    return {f"{kind} evidence": micro(tallies, labels, kind) for kind in (Polarity.STANDARD, Polarity.FORBIDDEN)}


def traps_hit(reference: Object, card: Object, labels: Mapping[str, Label]) -> Share:
    """Traps and customers' words on which a forbidden finding lies that no reference span accounts for."""
    wanted, found = labelled(reference), spans(card["findings"], "label")
    forbidden = [name for name, label in labels.items() if label.polarity is Polarity.FORBIDDEN]
    wrong = [span for name in forbidden for span in unpaired(wanted[name], found[name])]
    traps = [span for name in NO_FAULTS for span in wanted[name]]
    return Share(sum(any(trap.overlap_s(span) > 0 for span in wrong) for trap in traps), len(traps), "such spans")


def verdict(reference: Object, card: Object, part: str) -> Share:
    """Whether the opening's or the closing's verdict is the reference's."""
    given = not card[part]["abstained"]
    return Share(given and card[part]["complete"] == reference[f"{part}_complete"], given, "verdicts given")


def scenario(reference: Object, card: Object) -> Share:
    """Whether the scenario is the reference's, where it is named."""
    name = card["scenario"]["name"]
    return Share(name == reference["scenario"], name is not None, "named")


def events(reference: Object, card: Object, kind: EventKind) -> Tally:
    """The agent's events of one kind; a reference's lies between the end of the turn before and the start of its own."""
    turns = reference["turns"]
    wanted = [
        Span(*sorted((before["end"], turn["start"])))
        for before, turn in pairwise(turns)
        if turn.get("event") == kind and turn["role"] == Role.AGENT
    ]
    found = spans((event for event in card["events"] if event["by"] == Role.AGENT), "kind")[kind]
    return tally(wanted, found, tolerance_s=EVENT_TOLERANCE_S)


def score_pairs(reference: Object, card: Object) -> dict[str, tuple[float, float]]:
    """Our score and the raters' mean, per dimension that has a score."""
    ours = {name: card["dimensions"][name]["score"] for name in DIMENSIONS}
    theirs = dict(zip(DIMENSIONS, experts(reference), strict=True))
    return {name: (score, theirs[name]) for name, score in ours.items() if score is not None}


def rows(calls: Sequence[tuple[Object, Object]], labels: Mapping[str, Label]) -> Iterator[tuple[str, str, str]]:
    """The table of all calls together: what, the figure, what it was counted on."""
    counted = [counts(reference, card, labels) for reference, card in calls]
    for name in counted[0]:
        yield name, *told(reduce(add, (each[name] for each in counted)))
    scored = [score_pairs(reference, card) for reference, card in calls]
    for name in DIMENSIONS:
        pairs = [each[name] for each in scored if name in each]
        rho, error, within = agreement(pairs)
        yield (
            f"{name} score",
            f"Spearman {rho:.3f}, mean absolute error {error:.1f}, within 10: {within:.3f}",
            f"{len(pairs)} calls",
        )


def told(value: Share | Tally) -> tuple[str, str]:
    """A figure and what it was counted on, in words."""
    if isinstance(value, Tally):
        figure = f"P {value.precision:.3f}, R {value.recall:.3f}, F1 {value.f1:.3f}"
        return figure, f"{value.wanted} to find, {value.found} found, {value.right} right"
    figure = f"{value.part / value.whole:.3f}" if value.whole else "–"
    return figure, f"{value.part:.0f} of {value.whole:.0f} {value.unit}"


def score_recordings(files: Sequence[Path], settings: Settings) -> list[dict[str, Any]]:
    """Score recordings as the command does; those that fail are named on the way and have no card."""
    sources = find_sources(files, manifest=None, settings=settings)
    with TemporaryDirectory() as folder, Store(f"sqlite:///{folder}/calls.sqlite") as store:
        for failed in run(sources, store=store, settings=settings).failures:
            print(failed.error, file=sys.stderr)
        return [scorecard_object(card) for card in store.scorecards()]


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("references", type=Path)
    parser.add_argument("scorecards", type=Path, nargs="?")
    add_choice(parser)
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    options, settings = parse(), Settings()
    files = reference_files(options.references, options)
    recordings = [options.references / f"{name}.wav" for name in files]
    cards = read_export(options.scorecards) if options.scorecards else by_name(score_recordings(recordings, settings))
    calls = [(read_reference(file), cards[name]) for name, file in files.items() if name in cards]
    if not calls:
        sys.exit(
            f"{options.references}: no reference that was asked for has a scorecard; check the folder, --only, --skip"
        )
    labels = load_lexicon(settings.lexicons_dir).labels
    measured = ("calls", str(len(calls)), f"{len(calls)} of {len(files)} references")
    print_table(("what", "figure", "counted on"), [measured, *rows(calls, labels)])


if __name__ == "__main__":
    main()
