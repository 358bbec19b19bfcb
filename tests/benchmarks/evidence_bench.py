"""How well evidence is found: by meaning on the hand of the corpus that is held back, and step by step on whole calls.

usage: python tests/benchmarks/evidence_bench.py [CALLS_DIR --transcripts reference|SCORECARDS.jsonl [--audio]]
       [--only ID,ID] [--skip ID,ID]

CALLS_DIR holds <id>.ref.json: turns with times and labelled spans. The words are the reference's own, or those of an export
of scorecards (joined by file name; calls that it does not hold are not opened). An export has no word times, so the time of a
quote is in proportion to its place in the turn. A finding is right when a reference span of its label lies within 1.5 s, one
to one; doubtful findings are counted as found, as an inspector sees them. With --audio a last row asks the recogniser of each
phrase that merely sounds like what it wrote; <id>.wav holds a channel a side.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.audio_check import AudioCheck
from benchmarks.references import (
    Tally,
    add_choice,
    labelled,
    micro,
    print_table,
    read_export,
    read_reference,
    reference_files,
    tally,
)

from pipeline.audio.decode import load_audio
from pipeline.language.segment import Segmenter
from pipeline.language.text import TurnText, read_turns
from pipeline.lexicon.clauses import clauses
from pipeline.lexicon.corpus import Example, read_corpus
from pipeline.lexicon.entries import Label, Lexicon, load_lexicon
from pipeline.lexicon.finder import CERTAIN, DOUBTFUL, Finder
from pipeline.lexicon.hands import HELD_BACK
from pipeline.lexicon.matcher import Matcher
from pipeline.lexicon.meaning import MeaningModel, load_model
from pipeline.lexicon.resolve import EXACTLY, resolve
from pipeline.lexicon.training import labels_of, read_text
from pipeline.schema import Finding, Polarity, Role, Span, Turn
from pipeline.settings import Settings

JUDGED = (Polarity.STANDARD, Polarity.FORBIDDEN)
REFERENCE = "reference"


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
    wanted, found = labelled(reference), defaultdict(list)
    for finding in findings:
        found[finding.label].append(finding.evidence.span)
    return {name: tally(wanted[name], found[name]) for name in labels}


def ablation(
    calls: Iterable[tuple[dict[str, Any], tuple[Turn, ...]]],
    lexicon: Lexicon,
    model: MeaningModel,
    *,
    check: Callable[..., Sequence[Finding]] | None = None,
) -> dict[str, dict[str, Tally]]:
    """Per step and label, the tally over all calls.

    Parameters
    ----------
    check
        Reference, what was found, what was listed, turns to what is left after a look at the sound.
    """
    finder, matcher, segmenter = Finder(lexicon, model), Matcher(lexicon), Segmenter(lexicon.words)
    total: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
    for reference, turns in calls:
        texts = read_turns(turns, segmenter)
        found = steps(finder, matcher, texts)
        if check:
            found["+ audio check"] = check(reference, found["+ meaning"], matcher.candidates(texts), turns)
        for step, findings in found.items():
            for name, counted in call_tallies(reference, findings, lexicon.labels).items():
                total[step][name] += counted
    return total


def read_calls(options: argparse.Namespace) -> Iterator[tuple[dict[str, Any], tuple[Turn, ...]]]:
    """References that were asked for with the turns to be searched; no other reference is opened."""
    exported = None if options.transcripts == REFERENCE else read_export(Path(options.transcripts))
    for name, path in reference_files(options.calls, options).items():
        if exported is None or name in exported:
            reference = read_reference(path)
            yield reference, make_turns((reference if exported is None else exported[name])["turns"])


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


def by_audio(folder: Path, lexicon: Lexicon, settings: Settings) -> Callable[..., Sequence[Finding]]:
    """The check for ``ablation``, with the recordings of a folder."""
    check = AudioCheck(lexicon, settings)

    def checked(
        reference: Mapping[str, Any], found: Sequence[Finding], listed: Sequence[Finding], turns: Sequence[Turn]
    ) -> Sequence[Finding]:
        audio = load_audio(folder / f"{reference['id']}.wav", settings=settings)
        left = reference.get("channels", {}).get("left", "agent") == "agent"
        return check.checked(found, listed, turns, audio.samples[0 if left else -1])

    return checked


def figures(counted: Tally) -> tuple[int, float, float, float]:
    """What a row says of a tally."""
    return counted.wanted, counted.precision, counted.recall, counted.f1


def print_held_back(settings: Settings, lexicon: Lexicon, model: MeaningModel) -> None:
    """Meaning alone, clause by clause, on the held-back hand."""
    examples, labels = held_back(settings, lexicon.labels), lexicon.labels
    shown, counted = (clause_tallies(model, examples, labels, least) for least in (DOUBTFUL, CERTAIN))
    print(f"## Meaning alone on {HELD_BACK} ({len(examples)} utterances, clause by clause)\n")
    head = ("label", "clauses", "precision", "recall", "F1")
    print_table(head, ((f"{name} {labels[name].zh}", *figures(each)) for name, each in shown.items()))
    micros = [
        (f"{polarity} {kind}", *figures(micro(tallies, labels, polarity)))
        for kind, tallies in (("shown (certain or doubtful)", shown), ("counted (certain)", counted))
        for polarity in JUDGED
    ]
    print_table(("micro", *head[1:]), micros)


def print_ablation(options: argparse.Namespace, lexicon: Lexicon, model: MeaningModel) -> None:
    """Step by step on whole calls."""
    calls = list(read_calls(options))
    check = by_audio(options.calls, lexicon, Settings()) if options.audio else None
    print(f"## Step by step on {len(calls)} calls ({options.transcripts})\n")
    rows = [
        (step, *(figure for polarity in JUDGED for figure in figures(micro(tallies, lexicon.labels, polarity))[1:]))
        for step, tallies in ablation(calls, lexicon, model, check=check).items()
    ]
    print_table(("means", *(f"{polarity} {name}" for polarity in JUDGED for name in ("P", "R", "F1"))), rows)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", type=Path, nargs="?")
    parser.add_argument("--transcripts", default=REFERENCE, metavar="reference|SCORECARDS.jsonl")
    parser.add_argument("--audio", action="store_true")
    add_choice(parser)
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
