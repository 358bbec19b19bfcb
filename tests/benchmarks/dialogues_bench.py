"""The judgement of written dialogues against their references: from their own words, and from words misspelt as a recogniser might.

usage: python tests/benchmarks/dialogues_bench.py [FOLDER] [--copies N] [--only ID,ID] [--skip ID,ID]

FOLDER holds <id>.ref.json: turns with times and labelled spans, verdicts, ratings; without it the 120 dialogues of ten writers that
come with the tests are taken. There is no sound, so voice and Mandarin abstain and who speaks is known. Misspelt words are then
written by sound, as recognised ones are. Doubtful findings count as found, as an inspector sees them.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.calls_bench import rows
from benchmarks.references import add_choice, print_table, read_reference, reference_files
from benchmarks.rubric_bench import read_turns

from pipeline.call import judge_all
from pipeline.hearing import GIVEN, Heard
from pipeline.kit import Kit, load_kit
from pipeline.lexicon.corpus import read_corpus
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.hands import for_training
from pipeline.lexicon.misspelling import Misspeller
from pipeline.reports.contract import scorecard_object
from pipeline.schema import Acoustics, Recording, Roles, Span, Transcript, Turn, Utterance, Word
from pipeline.settings import Settings
from pipeline.spelling.rewriting import respell

DIALOGUES = Path(__file__).parents[1] / "data" / "dialogues"
SURE, UNSURE = 0.9, 0.6
"""A recogniser's confidence in what it heard rightly and wrongly, about as Whisper base has it."""


def heard(reference: Mapping[str, Any], turns: Sequence[Turn]) -> Heard:
    """A dialogue as if both sides had been heard with these words."""
    speech = tuple(tuple(turn.span for turn in turns if turn.channel == channel) for channel in (0, 1))
    return Heard(
        Recording(reference["id"], reference["id"], reference["duration_s"], 2),
        Transcript(tuple(turns), Roles("channel", 0.99, withheld=False), GIVEN),
        Acoustics(speech=speech),
    )


def misheard(turn: Turn, spelling: Misspeller, kit: Kit) -> Turn:
    """A turn misspelt, then written by sound."""
    text = spelling.misspell(turn.text)
    step_s = turn.span.duration_s / max(1, len(text))
    words = tuple(
        Word(char, Span(turn.span.start_s + i * step_s, turn.span.start_s + (i + 1) * step_s), SURE if same else UNSURE)
        for i, (char, same) in enumerate((char, char == own) for char, own in zip(text, turn.text, strict=True))
    )
    utterance = Utterance(turn.channel, turn.span, text, words)
    written = respell(utterance, kit.speller) if kit.speller else utterance
    sure = sum(word.confidence for word in words) / max(1, len(words))
    return replace(turn, text=written.text, words=written.words, confidence=sure)


def cards(calls: Sequence[Heard], kit: Kit) -> list[dict[str, Any]]:
    """The calls' scorecards as they are exported."""
    return [scorecard_object(card) for card in judge_all(calls, kit)]


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("references", type=Path, nargs="?", default=DIALOGUES)
    parser.add_argument("--copies", type=int, default=2, metavar="N")
    add_choice(parser)
    return parser.parse_args()


def main() -> None:
    """Print the table."""
    options, settings = parse(), Settings()
    kit, labels = load_kit(settings), load_lexicon(settings.lexicons_dir).labels
    references = [read_reference(file) for file in reference_files(options.references, options).values()]
    corpus = for_training(read_corpus(settings.lexicons_dir / "corpus", labels=frozenset(labels)))
    spelling = Misspeller(example.text for example in corpus)
    own = [heard(each, read_turns(each)) for each in references]
    again = references * options.copies
    misspelt = [heard(each, [misheard(turn, spelling, kit) for turn in read_turns(each)]) for each in again]
    tables = [
        list(rows(list(zip(told, cards(calls, kit), strict=True)), labels))
        for told, calls in ((references, own), (again, misspelt))
    ]
    print_table(
        ("what", "own words", "misspelt", "counted on"),
        [(what, figure, other, counted) for (what, figure, counted), (_, other, _) in zip(*tables, strict=True)],
    )


if __name__ == "__main__":
    main()
