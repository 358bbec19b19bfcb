"""What the dialogue quality model learns from: dialogues with a panel's votes, and plain lines without."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.criteria.reactions import FILE as REACTIONS_FILE
from pipeline.errors import InputError
from pipeline.language.segment import Segmenter
from pipeline.language.text import read_turns
from pipeline.lexicon.corpus import read_corpus
from pipeline.lexicon.entries import load_labels, load_lexicon
from pipeline.lexicon.finder import Finder
from pipeline.lexicon.hands import for_training
from pipeline.lexicon.meaning import load_model as load_meaning
from pipeline.schema import Engine, Role, Roles, Span, Transcript, Turn
from pipeline.scoring.dialogue import Dialogue, load_telling, read_dialogue
from pipeline.scoring.satisfaction import VOTES
from pipeline.settings import Settings

TARGET = "satisfaction"


@dataclass(frozen=True, slots=True)
class Voted:
    """A dialogue with the panel's votes by question."""

    dialogue: Dialogue
    votes: Mapping[str, Sequence[int]]


def read_voted(path: Path, settings: Settings) -> Iterator[Voted]:
    """Read dialogues with votes and find in them what the pipeline finds.

    Raises
    ------
    InputError
        The file cannot be read; the line is named.
    """
    lexicon = load_lexicon(settings.lexicons_dir)
    finder = Finder(lexicon, load_meaning(settings.models_dir / "meaning.npz"))
    segmenter, telling = (
        Segmenter(lexicon.words),
        load_telling(settings.lexicons_dir, reactions=settings.models_dir / REACTIONS_FILE),
    )
    for transcript, votes in _records(path):
        findings = finder.find(read_turns(transcript.turns, segmenter))
        yield Voted(read_dialogue(transcript, findings, telling), votes)


def _records(path: Path) -> Iterator[tuple[Transcript, Mapping[str, Sequence[int]]]]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); name a file of dialogues with votes") from error
    for number, line in enumerate(lines, 1):
        try:
            raw = json.loads(line)
            yield _transcript(raw["turns"]), _votes(raw["votes"])
        except (ValueError, KeyError, TypeError) as error:
            remedy = 'write {"turns": [{"role", "text"}], "votes": {"satisfaction": [votes from -2 to 2]}}'
            raise InputError(f"{path}: line {number}: {error}; {remedy}") from error


def _votes(raw: Mapping[str, Sequence[int]]) -> Mapping[str, Sequence[int]]:
    for votes in (raw[TARGET], *raw.values()):
        if not votes or not set(votes) <= set(VOTES):
            raise ValueError("a vote is missing or is not a whole number from -2 to 2")
    return raw


def _transcript(raw: Sequence[Mapping[str, Any]]) -> Transcript:
    turns = (Turn(i, Role(each["role"]), Span(i, i + 1), str(each["text"])) for i, each in enumerate(raw))
    return Transcript(tuple(turns), Roles("given", 1.0, withheld=False), Engine("given", "transcript"))


def shares(votes: Sequence[int]) -> list[float]:
    """The share of each vote."""
    return [sum(vote == each for each in votes) / len(votes) for vote in VOTES]


def corpus_lines(settings: Settings) -> tuple[str, ...]:
    """What the labelled corpus says, without the writer kept back: plain text that words are learnt from."""
    labels = frozenset(load_labels(settings.lexicons_dir))
    examples = read_corpus(settings.lexicons_dir / "corpus", labels=labels)
    return tuple(example.text for example in for_training(examples))
