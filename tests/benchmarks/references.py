"""What the benches share: references and exports read, spans counted one to one, agreement with raters, Markdown tables."""

import argparse
import json
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import spearmanr

from pipeline.asr.words import to_simplified
from pipeline.lexicon.entries import Label
from pipeline.schema import Polarity, Span

SIDES = ("agent", "customer")
DIMENSIONS = ("politeness", "patience", "communication")
TOLERANCE_S = 1.5
WITHIN = 10
ENDING = ".ref.json"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many were found rightly, found at all, and to be found."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.right + other.right, self.found + other.found, self.wanted + other.wanted)

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 0.0


def micro(tallies: Mapping[str, Tally], labels: Mapping[str, Label], polarity: Polarity) -> Tally:
    """All labels of one polarity together."""
    return sum((each for name, each in tallies.items() if labels[name].polarity is polarity), Tally())


def tally(wanted: Sequence[Span], found: Sequence[Span], *, tolerance_s: float = TOLERANCE_S) -> Tally:
    """Spans found against those to be found, one to one."""
    return Tally(len(found) - len(unpaired(wanted, found, tolerance_s=tolerance_s)), len(found), len(wanted))


def unpaired(wanted: Sequence[Span], found: Sequence[Span], *, tolerance_s: float = TOLERANCE_S) -> list[Span]:
    """What was found for nothing: each span to be found takes the nearest one that is left within the tolerance."""
    left = list(found)
    for span in wanted:
        reachable = [other for other in left if _gap_s(span, other) <= tolerance_s]
        if reachable:
            left.remove(min(reachable, key=lambda other: abs(other.start_s + other.end_s - span.start_s - span.end_s)))
    return left


def _gap_s(one: Span, other: Span) -> float:
    return max(one.start_s - other.end_s, other.start_s - one.end_s)


def labelled(reference: Mapping[str, Any]) -> defaultdict[str, list[Span]]:
    """The reference's spans by label."""
    spans = defaultdict(list)
    for turn in reference["turns"]:
        for span in turn["spans"]:
            spans[span["label"]].append(Span(span["start"], span["end"]))
    return spans


def experts(reference: Mapping[str, Any]) -> list[float]:
    """The mean of both raters, per dimension; the first's where there is no second."""
    second = reference.get("second_ratings", reference["ratings"])
    return [(reference["ratings"][name] + second[name]) / 2 for name in DIMENSIONS]


def agreement(pairs: Sequence[tuple[float, float]]) -> tuple[float, float, float]:
    """Rank correlation, mean absolute error and share within 10 points of (our score, raters' score)."""
    if not pairs:
        return math.nan, math.nan, math.nan
    ours, theirs = np.array(pairs).T
    errors = np.abs(ours - theirs)
    rho = spearmanr(ours, theirs).statistic if len(pairs) > 2 else math.nan  # two calls tell nothing about order
    return float(rho), float(errors.mean()), float((errors <= WITHIN).mean())


def chinese(text: str) -> str:
    """Chinese characters only, simplified."""
    return re.sub(r"[^\u4e00-\u9fff]", "", to_simplified(text))


def add_choice(parser: argparse.ArgumentParser) -> None:
    """``--only`` and ``--skip``: names of calls, separated by commas."""
    for option in ("--only", "--skip"):
        parser.add_argument(option, type=lambda text: set(text.split(",")), default=set(), metavar="ID,ID")


def reference_files(folder: Path, options: argparse.Namespace) -> dict[str, Path]:
    """Files of the references that were asked for, by name; none is opened."""
    paths = {path.name.removesuffix(ENDING): path for path in sorted(folder.glob(f"*{ENDING}"))}
    return {
        name: path
        for name, path in paths.items()
        if name not in options.skip and (not options.only or name in options.only)
    }


def read_reference(path: Path) -> dict[str, Any]:
    """One reference."""
    return json.loads(path.read_text(encoding="utf-8"))


def read_export(file: Path) -> dict[str, dict[str, Any]]:
    """Exported scorecards by name."""
    return by_name(json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip())


def by_name(cards: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Scorecards by the recording's file name without its ending."""
    return {Path(card["path"]).stem.removesuffix(".mono"): card for card in cards}


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A Markdown table; numbers with three decimals."""
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
    print()
