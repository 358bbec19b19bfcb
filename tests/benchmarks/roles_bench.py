"""Who is the agent: right role by time, how often withheld, and whether the chances keep what they promise.

usage: python tests/benchmarks/roles_bench.py [--two EXPORT.jsonl] [--mono EXPORT.jsonl] [--references FOLDER]
           [--dialogues FILE.jsonl …] [--most N] [--only ID,ID] [--skip ID,ID]

The exports are scorecards of calls in both forms (``qinhe export``); FOLDER holds their <id>.ref.json. A file of dialogues
has one object a line with "turns" of "role" (agent, customer) and "text": there, who speaks first is not counted (in a chat
the customer always does) and the chance is compared, bin by bin, with how often it was right.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.calls_bench import role_time
from benchmarks.references import add_choice, print_table, read_export, read_reference, reference_files
from builders import dialogue

from pipeline.kit import load_kit
from pipeline.language.text import read_turns
from pipeline.settings import Settings
from pipeline.speakers.roles import agent_chances

BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.001)


def call_row(form: str, export: Path, references: Mapping[str, Path]) -> list[object]:
    cards = read_export(export)
    pairs = [(read_reference(path), cards[name]) for name, path in references.items() if name in cards]
    named = [role_time(reference, card) for reference, card in pairs if not card["roles"]["withheld"]]
    right, whole = sum(share.part for share in named), sum(share.whole for share in named)
    return [form, len(pairs), len(pairs) - len(named), right / whole if whole else float("nan")]


def chances(file: Path, most: int) -> Iterator[float]:
    """Per dialogue, the chance given to the true agent."""
    kit = load_kit(Settings())
    for line in file.read_text(encoding="utf-8").splitlines()[:most]:
        lines: list[dict[str, Any]] = json.loads(line)["turns"]
        turns = dialogue(*((each["role"], each["text"]) for each in lines))
        if len({turn.channel for turn in turns}) == 2:
            yield agent_chances(read_turns(turns, kit.segmenter), kit.finder, first_points=0.0)[0]


def dialogue_rows(file: Path, most: int) -> Iterator[list[object]]:
    chance = np.array(list(chances(file, most)))
    sure = np.maximum(chance, 1 - chance)
    least = Settings().min_role_confidence
    for low, high in (*pairwise(BINS), (least, BINS[-1]), (BINS[0], BINS[-1])):
        within = (sure >= low) & (sure < high)
        if within.any():
            shown = "all" if (low, high) == (BINS[0], BINS[-1]) else f"{low:g} to {min(high, 1):g}"
            yield [
                file.stem,
                shown,
                int(within.sum()),
                float(sure[within].mean()),
                float((chance[within] > 0.5).mean()),
            ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--two", type=Path, help="export of the two-channel calls")
    parser.add_argument("--mono", type=Path, help="export of the same calls on one channel")
    parser.add_argument("--references", type=Path, default=Path(__file__).parents[1] / "data/calls")
    parser.add_argument("--dialogues", type=Path, nargs="*", default=[])
    parser.add_argument("--most", type=int, default=500, help="dialogues read of a file")
    add_choice(parser)
    options = parser.parse_args()
    references = reference_files(options.references, options)
    forms = {"two channels": options.two, "one channel": options.mono}
    rows = [call_row(form, export, references) for form, export in forms.items() if export]
    if rows:
        print_table(("form", "calls", "withheld", "time with the right role"), rows)
    if options.dialogues:
        header = ("dialogues", "confidence", "number", "mean confidence", "right")
        print_table(header, (row for file in options.dialogues for row in dialogue_rows(file, options.most)))


if __name__ == "__main__":
    main()
