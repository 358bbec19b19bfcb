"""How well evidence is found: by meaning on the hand of the corpus that is held back, and step by step on whole calls.

usage: python tests/benchmarks/evidence_bench.py [CALLS_DIR --transcripts reference|SCORECARDS.jsonl] [--only ID,ID] [--skip ID,ID]

CALLS_DIR holds <id>.ref.json: turns with times and labelled spans. The words are the reference's own, or those of an export
of scorecards (joined by file name; calls that it does not hold are not opened). An export has no word times, so the time of a
quote is in proportion to its place in the turn. A finding is right when a reference span of its label lies within 1.5 s, one
to one; doubtful findings are counted as found, as an inspector sees them.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.language.segment import Segmenter
from pipeline.language.text import TurnText, read_turns
from pipeline.lexicon.clauses import clauses
from pipeline.lexicon.corpus import HELD_BACK, Example, read_corpus
from pipeline.lexicon.entries import Label, Lexicon, load_lexicon
from pipeline.lexicon.finder import CERTAIN, DOUBTFUL, Finder
from pipeline.lexicon.matcher import Matcher
from pipeline.lexicon.meaning import MeaningModel, load_model
from pipeline.lexicon.resolve import EXACTLY, resolve
from pipeline.lexicon.training import labels_of, read_text
from pipeline.schema import Finding, Polarity, Role, Span, Turn
from pipeline.settings import Settings

TOLERANCE_S = 1.5
JUDGED = (Polarity.STANDARD, Polarity.FORBIDDEN)
REFERENCE = "reference"


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
    return sum((tally for name, tally in tallies.items() if labels[name].polarity is polarity), Tally())


def clause_tallies(
    model: MeaningModel, examples: Iterable[Example], labels: Mapping[str, Label], least: Mapping[Polarity, float]
) -> dict[str, Tally]:
    """Per label, the agent's clauses whose probability reaches ``least`` against those that a hand marked."""
    read = [(each, clauses(read_text(each.text))) for each in examples if each.role is Role.AGENT]
    table = np.concatenate([model.probabilities(found) for _, found in read if found])
    marked = [labels_of(each, clause) for each, found in read for clause in found]
    return {
        name: _tally(table[:, i] >= least[labels[name].polarity], np.array([name in names for names in marked]))
        for i, name in enumerate(model.labels)
    }


def _tally(found: np.ndarray, wanted: np.ndarray) -> Tally:
    return Tally(int((found & wanted).sum()), int(found.sum()), int(wanted.sum()))


def held_back(settings: Settings, labels: Mapping[str, Label]) -> list[Example]:
    """The hand that training never reads."""
    corpus = read_corpus(settings.lexicons_dir / "corpus", labels=frozenset(labels))
    return [example for example in corpus if example.hand == HELD_BACK]


def steps(finder: Finder, matcher: Matcher, texts: Sequence[TurnText]) -> dict[str, Sequence[Finding]]:
    """What is found in a call, each step with one more means than the one before."""
    spoken = [text for text in texts if text.turn.role is Role.AGENT]
    turns = [text.turn for text in spoken]
    bare = matcher.candidates(spoken, any_role=True)
    return {
        "exact phrases": resolve((each for each in bare if each.rule == EXACTLY), turns),
        "+ by sound": resolve(bare, turns),
        "+ context": matcher.find(texts),
        "+ meaning": finder.find(texts),
    }


def call_tallies(reference: Mapping[str, Any], findings: Iterable[Finding], labels: Iterable[str]) -> dict[str, Tally]:
    """Per label, the findings of a call against its reference's spans."""
    wanted, found = defaultdict(list), defaultdict(list)
    for turn in reference["turns"]:
        for span in turn["spans"]:
            wanted[span["label"]].append(Span(span["start"], span["end"]))
    for finding in findings:
        found[finding.label].append(finding.evidence.span)
    return {name: Tally(paired(wanted[name], found[name]), len(found[name]), len(wanted[name])) for name in labels}


def paired(wanted: Sequence[Span], found: Sequence[Span]) -> int:
    """How many pairs there are one to one, each span to be found taking the nearest that is left within the tolerance."""
    left, pairs = list(found), 0
    for span in wanted:
        reachable = [other for other in left if _gap_s(span, other) <= TOLERANCE_S]
        if reachable:
            left.remove(min(reachable, key=lambda other: abs(other.start_s + other.end_s - span.start_s - span.end_s)))
            pairs += 1
    return pairs


def _gap_s(one: Span, other: Span) -> float:
    return max(one.start_s - other.end_s, other.start_s - one.end_s)


def ablation(
    calls: Iterable[tuple[dict[str, Any], tuple[Turn, ...]]], lexicon: Lexicon, model: MeaningModel
) -> dict[str, dict[str, Tally]]:
    """Per step and label, the tally over all calls."""
    finder, matcher, segmenter = Finder(lexicon, model), Matcher(lexicon), Segmenter(lexicon.words)
    total: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for reference, turns in calls:
        for step, findings in steps(finder, matcher, read_turns(turns, segmenter)).items():
            for name, tally in call_tallies(reference, findings, lexicon.labels).items():
                total[step][name] += tally
    return total


def read_calls(options: argparse.Namespace) -> Iterator[tuple[dict[str, Any], tuple[Turn, ...]]]:
    """References that were asked for with the turns to be searched; no other reference is opened."""
    exported = None if options.transcripts == REFERENCE else read_export(Path(options.transcripts))
    for path in sorted(options.calls.glob("*.ref.json")):
        name = path.name.removesuffix(".ref.json")
        asked = name not in options.skip and (not options.only or name in options.only)
        if asked and (exported is None or name in exported):
            reference = json.loads(path.read_text(encoding="utf-8"))
            yield reference, make_turns(reference["turns"] if exported is None else exported[name])


def read_export(file: Path) -> dict[str, list[dict[str, Any]]]:
    """Turns by the recording's file name without its ending."""
    cards = [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line.strip()]
    return {Path(card["path"]).stem.removesuffix(".mono"): card["turns"] for card in cards}


def make_turns(rows: Iterable[Mapping[str, Any]]) -> tuple[Turn, ...]:
    """Turns of a reference or of an export, whose times have other names."""
    return tuple(
        Turn(
            row["index"],
            Role(row["role"]),
            Span(row.get("start_s", row.get("start")), row.get("end_s", row.get("end"))),
            row["text"],
            confidence=row.get("confidence", 1.0),
            channel=0 if row["role"] == Role.AGENT else 1,
        )
        for row in rows
    )


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A Markdown table; numbers with three decimals."""
    print("| " + " | ".join(header) + " |")
    print("|" + "---|" * len(header))
    for row in rows:
        print("| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
    print()


def figures(tally: Tally) -> tuple[int, float, float, float]:
    """What a row says of a tally."""
    return tally.wanted, tally.precision, tally.recall, tally.f1


def print_held_back(settings: Settings, lexicon: Lexicon, model: MeaningModel) -> None:
    """Meaning alone, clause by clause, on the held-back hand."""
    examples, labels = held_back(settings, lexicon.labels), lexicon.labels
    shown, counted = (clause_tallies(model, examples, labels, least) for least in (DOUBTFUL, CERTAIN))
    print(f"## Meaning alone on {HELD_BACK} ({len(examples)} utterances, clause by clause)\n")
    head = ("label", "clauses", "precision", "recall", "F1")
    print_table(head, ((f"{name} {labels[name].zh}", *figures(tally)) for name, tally in shown.items()))
    micros = [
        (f"{polarity} {kind}", *figures(micro(tallies, labels, polarity)))
        for kind, tallies in (("shown (certain or doubtful)", shown), ("counted (certain)", counted))
        for polarity in JUDGED
    ]
    print_table(("micro", *head[1:]), micros)


def print_ablation(options: argparse.Namespace, lexicon: Lexicon, model: MeaningModel) -> None:
    """Step by step on whole calls."""
    calls = list(read_calls(options))
    print(f"## Step by step on {len(calls)} calls ({options.transcripts})\n")
    rows = [
        (step, *(figure for polarity in JUDGED for figure in figures(micro(tallies, lexicon.labels, polarity))[1:]))
        for step, tallies in ablation(calls, lexicon, model).items()
    ]
    print_table(("means", *(f"{polarity} {name}" for polarity in JUDGED for name in ("P", "R", "F1"))), rows)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", type=Path, nargs="?")
    parser.add_argument("--transcripts", default=REFERENCE, metavar="reference|SCORECARDS.jsonl")
    parser.add_argument("--only", type=lambda text: set(text.split(",")), default=set())
    parser.add_argument("--skip", type=lambda text: set(text.split(",")), default=set())
    return parser.parse_args()


def main() -> None:
    """Print the tables."""
    options, settings = parse(), Settings()
    lexicon, model = load_lexicon(settings.lexicons_dir), load_model(settings.models_dir / "meaning.npz")
    print_held_back(settings, lexicon, model)
    if options.calls:
        print_ablation(options, lexicon, model)


if __name__ == "__main__":
    main()
