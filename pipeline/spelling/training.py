"""Fits the spelling model from the corpus: ``python -m pipeline.spelling.training`` writes ``models/spelling.npz``."""

import logging
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, pairwise
from pathlib import Path

from pipeline.language.normalise import fold_characters
from pipeline.language.segment import Segmenter, dictionary
from pipeline.lexicon.corpus import TONE, read_corpus
from pipeline.lexicon.entries import load_labels
from pipeline.lexicon.hands import for_training, read_hands
from pipeline.settings import Settings
from pipeline.spelling.homophones import LONGEST_WORD
from pipeline.spelling.model import END, START, save_model
from pipeline.spelling.search import RUN

_HOTLINE_SHARE = 0.9
"""Weight of the hotline's word frequencies against the dictionary's: on calls of three kinds 0.9 and 0.95 are better than 0.7 by a
quarter to two thirds of a point of the customer's character error, on read speech worse by less than a tenth."""

_LEAST_FREQUENCY = 8
"""Rarer words of the dictionary are left out: they are names and archaisms, and half of the file."""

_UNSEEN = 0.5

_STATEMENTS = ("reactions", "scenarios")
"""Folders of what customers say; marks of who speaks are no Chinese characters, so they end a run as a pause does."""


def fit(lines: Iterable[str]) -> tuple[dict[str, float], dict[tuple[str, str], int]]:
    """Logarithms of word probabilities, and how often words follow one another in the lines."""
    segmenter = Segmenter()
    pairs = Counter(pair for line in lines for run in RUN.findall(line) for pair in _pairs(run, segmenter))
    seen = Counter[str]()
    for (_, word), count in pairs.items():
        seen[word] += count
    return _logarithms(seen, dictionary()), dict(pairs)


def _pairs(run: str, segmenter: Segmenter) -> Iterator[tuple[str, str]]:
    words = (piece for word in segmenter.cut(run) for piece in _pieces(word.text))
    return pairwise((START, *words, END))


def _pieces(word: str) -> tuple[str, ...]:
    """A word no longer than the search goes; a longer one in its characters."""
    return (word,) if len(word) <= LONGEST_WORD else tuple(word)


def _logarithms(seen: Mapping[str, int], frequencies: Mapping[str, int]) -> dict[str, float]:
    frequent = {word: count for word, count in frequencies.items() if _wanted(word, count)}
    words = sorted(frequent.keys() | seen.keys())
    all_seen, all_known = sum(seen.values()), sum(frequent.values()) + _UNSEEN * len(words)
    return {
        word: math.log(
            _HOTLINE_SHARE * seen.get(word, 0) / all_seen
            + (1.0 - _HOTLINE_SHARE) * (frequent.get(word, 0) + _UNSEEN) / all_known
        )
        for word in words
    }


def _wanted(word: str, count: int) -> bool:
    enough = len(word) == 1 or count >= _LEAST_FREQUENCY
    return enough and len(word) <= LONGEST_WORD and RUN.fullmatch(word) is not None


def training_lines(lexicons: Path) -> Iterator[str]:
    """What is usually said on a hotline: plain talk and all corpora, without the hands held back and those of tone."""
    labels = frozenset(load_labels(lexicons))
    examples = for_training(read_corpus(lexicons / "corpus", labels=labels))
    statements = (line for folder in _STATEMENTS for line in for_training(read_hands(lexicons / folder)))
    talk = (file.read_text(encoding="utf-8") for file in sorted((lexicons / "talk").glob("*.txt")))
    usual = (example.text for example in examples if not example.hand.startswith(TONE))
    yield from map(fold_characters, chain(usual, (line.text for line in statements), talk))


def main(settings: Settings) -> Path:
    """Fit from the lexicons folder and write the model into the models folder."""
    path = settings.models_dir / "spelling.npz"
    save_model(*fit(training_lines(settings.lexicons_dir)), path)
    return path


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger(__name__).info("written to %s", main(Settings()))
