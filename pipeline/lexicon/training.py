"""Fits the phrase model from the labelled corpus: ``python -m pipeline.lexicon.training`` writes ``models/meaning.npz``."""

import hashlib
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.language.text import TurnText
from pipeline.lexicon.clauses import Clause, clauses
from pipeline.lexicon.corpus import TONE, Example, read_corpus
from pipeline.lexicon.grams import features
from pipeline.lexicon.hands import for_training
from pipeline.lexicon.meaning import MeaningModel, save_model
from pipeline.lexicon.misspelling import Misspeller
from pipeline.schema import Role, Span, Turn
from pipeline.settings import Settings

_REGULARISATION = 0.3
_POSITIVE_WEIGHT = 3.0
_LEAST_DOCUMENTS = 4
"""A feature of one utterance may come three times, in its misspelt copies too: it takes another utterance to count."""
_COVER = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """One clause to learn from: its features and its labels."""

    features: tuple[str, ...]
    labels: frozenset[str]
    hand: str


def fit(corpus: Sequence[Example]) -> MeaningModel:
    """Fit on all hands but the one held back; probabilities are calibrated on predictions for hands left out in turn.

    Raises
    ------
    LexiconError
        A label is marked by one hand alone: nothing is left to try it on.
    """
    training = for_training(corpus)
    return fit_samples(list(samples_of(training)), _phrases(training), version=version_of(training))


def fit_samples(samples: Sequence[Sample], phrases: Mapping[str, Sequence[str]], *, version: str) -> MeaningModel:
    """Fit on clauses of several hands.

    Parameters
    ----------
    phrases
        What shows each label, to be shown as an example of it.

    Raises
    ------
    LexiconError
        A label is marked by one hand alone.
    """
    labels = _shared_labels(samples)
    vectoriser, weights, bias = _fit_linear(samples, labels)
    slope, offset = _calibrate(samples, labels)
    return MeaningModel(
        labels=labels,
        vocabulary={str(name): int(row) for name, row in vectoriser.vocabulary_.items()},
        idf=vectoriser.idf_.astype(np.float32),
        weights=weights.astype(np.float64),
        bias=bias,
        slope=slope,
        offset=offset,
        phrases={label: tuple(phrases[label]) for label in labels},
        version=version,
    )


def version_of(corpus: Sequence[Example]) -> str:
    """Short hash of the examples that are trained on: the model that was fitted on them carries it."""
    lines = (f"{each.role} {each.text} {each.marks}" for each in for_training(corpus))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _shared_labels(samples: Sequence[Sample]) -> tuple[str, ...]:
    """All labels, sorted; calibration needs each to be marked by two hands."""
    hands: dict[str, set[str]] = defaultdict(set)
    for sample in samples:
        for label in sample.labels:
            hands[label].add(sample.hand)
    alone = sorted(label for label, found in hands.items() if len(found) == 1)
    if alone or not hands:
        raise LexiconError(
            f"corpus: {', '.join(alone) or 'no label'} is marked by one hand only; let another hand mark it too"
        )
    return tuple(sorted(hands))


def samples_of(examples: Sequence[Example]) -> Iterator[Sample]:
    """Clauses of the agent's examples, each as written and again as a recogniser might misspell it."""
    spelling = Misspeller(example.text for example in examples)
    for example in examples:
        if example.role is Role.AGENT:
            for text in spelling.spellings(example.text):
                yield from _samples(example, read_text(text))


def _samples(example: Example, text: TurnText) -> Iterator[Sample]:
    found = clauses(text)
    for i, clause in enumerate(found):
        yield Sample(tuple(features(found, i)), labels_of(example, clause), example.hand)


def labels_of(example: Example, clause: Clause) -> frozenset[str]:
    """Labels whose mark covers half of the clause, or half of which the clause covers."""
    covered = set()
    for mark in example.marks:
        shared = min(clause.char_end, mark.char_end) - max(clause.char_start, mark.char_start)
        least = _COVER * min(clause.char_end - clause.char_start, mark.char_end - mark.char_start)
        if mark.genuine and shared > 0 and shared >= least:
            covered.add(mark.label)
    return frozenset(covered)


def read_text(text: str) -> TurnText:
    """A bare utterance as the rules read a turn; words are not needed for meaning and are left out."""
    normalised = normalise(text)
    turn = Turn(0, Role.AGENT, Span(0.0, 1.0), text)
    return TurnText(turn, normalised, sound_codes(normalised.text), lambda _: ())


def _vectoriser() -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=lambda names: names, min_df=_LEAST_DOCUMENTS, sublinear_tf=True)


def _fit_linear(
    samples: Sequence[Sample], labels: Sequence[str]
) -> tuple[TfidfVectorizer, NDArray[np.float32], NDArray[np.float32]]:
    vectoriser = _vectoriser()
    matrix = vectoriser.fit_transform([sample.features for sample in samples])
    fitted = [_classifier().fit(matrix, _truth(samples, label)) for label in labels]
    weights = np.stack([model.coef_[0] for model in fitted], axis=1).astype(np.float32)
    return vectoriser, weights, np.array([model.intercept_[0] for model in fitted], dtype=np.float32)


def _classifier() -> LinearSVC:
    """A margin, not a probability: on the hand held back it ranks misconduct better than logistic regression does."""
    return LinearSVC(C=_REGULARISATION, class_weight={False: 1.0, True: _POSITIVE_WEIGHT}, random_state=0)


def _truth(samples: Sequence[Sample], label: str) -> NDArray[np.bool_]:
    return np.array([label in sample.labels for sample in samples])


def _calibrate(samples: Sequence[Sample], labels: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Per label, the logistic curve that maps sums for a left-out hand to how often they are right (Platt scaling)."""
    usual = [sample for sample in samples if not sample.hand.startswith(TONE)]
    hands = np.array([sample.hand for sample in usual])
    sums = np.zeros((len(usual), len(labels)), dtype=np.float32)
    for hand in sorted(set(hands)):
        vectoriser, weights, bias = _fit_linear([sample for sample in samples if sample.hand != hand], labels)
        rows = np.flatnonzero(hands == hand)
        sums[rows] = vectoriser.transform([usual[int(row)].features for row in rows]) @ weights + bias
    curves = [LogisticRegression(C=1.0).fit(sums[:, [i]], _truth(usual, label)) for i, label in enumerate(labels)]
    return (
        np.array([curve.coef_[0, 0] for curve in curves], dtype=np.float32),
        np.array([curve.intercept_[0] for curve in curves], dtype=np.float32),
    )


def _phrases(examples: Sequence[Example]) -> Mapping[str, Sequence[str]]:
    marked: dict[str, dict[str, None]] = defaultdict(dict)
    for example in examples:
        for mark in example.marks:
            if mark.genuine:
                marked[mark.label][example.text[mark.char_start : mark.char_end]] = None
    return {label: tuple(phrases) for label, phrases in marked.items()}


def main(settings: Settings) -> Path:
    """Fit from the lexicons folder and write the model into the models folder."""
    from pipeline.lexicon.entries import load_lexicon

    labels = frozenset(load_lexicon(settings.lexicons_dir).labels)
    path = settings.models_dir / "meaning.npz"
    save_model(fit(read_corpus(settings.lexicons_dir / "corpus", labels=labels)), path)
    return path


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger(__name__).info("written to %s", main(Settings()))
