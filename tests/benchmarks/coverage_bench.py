"""Whether intervals hold what they promise: exports of the same calls under a perturbed recogniser, and raters' scores.

The first export's intervals are tried: how many scores of the other exports, and how many reference ratings, lie in them.

usage: python tests/benchmarks/coverage_bench.py REFERENCE_DIR BASE.jsonl OTHER.jsonl… [--only ID,ID] [--skip ID,ID]
"""

import argparse
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import (
    DIMENSIONS,
    add_choice,
    experts,
    print_table,
    read_export,
    read_reference,
    reference_files,
)

Card = Mapping[str, Any]
Numbers = Mapping[str, float]


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


def main() -> None:
    """Print coverage and width."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("references", type=Path)
    parser.add_argument("base", type=Path)
    parser.add_argument("others", type=Path, nargs="+")
    add_choice(parser)
    options = parser.parse_args()
    references = reference_files(options.references, options)
    base, *others = (
        {name: card for name, card in read_export(file).items() if name in references}
        for file in (options.base, *options.others)
    )
    moved, wide = list(perturbed(base, others)), widths(base)
    print_table(
        ("", "n", "scores of the others inside", "of those that changed", "mean width"),
        [
            (
                name,
                sum(part == name for part, _, _ in moved),
                share(held for part, _, held in moved if part == name),
                share(held for part, changed, held in moved if part == name and changed),
                wide[name],
            )
            for name in wide
        ],
    )
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
