"""Fits the model of reactions: ``python -m pipeline.criteria.reaction_training`` writes ``models/reactions.npz``."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.criteria.cues import REACTIONS
from pipeline.criteria.reaction_corpus import Answer, read_answers, version_of
from pipeline.criteria.reactions import FILE
from pipeline.lexicon.clauses import whole
from pipeline.lexicon.grams import features
from pipeline.lexicon.hands import for_training
from pipeline.lexicon.meaning import MeaningModel, save_model
from pipeline.lexicon.misspelling import Misspeller
from pipeline.lexicon.training import Sample, fit_samples
from pipeline.settings import Settings


def fit(answers: Sequence[Answer]) -> MeaningModel:
    """Fit on all hands but the one held back.

    Raises
    ------
    LexiconError
        A reaction is shown by one hand alone: nothing is left to try it on.
    """
    training = for_training(answers)
    shown = {cue.value: [answer.text for answer in training if cue.value in answer.shows] for cue in REACTIONS}
    return fit_samples(list(_samples(training)), shown, version=version_of(training))


def _samples(answers: Sequence[Answer]) -> Iterator[Sample]:
    """Whole turns, each as written and again as a recogniser might misspell it."""
    spelling = Misspeller(answer.text for answer in answers)
    for answer in answers:
        for text in spelling.spellings(answer.text):
            clause = whole(text)
            if clause:
                yield Sample(tuple(features([clause], 0)), answer.shows, answer.hand)


def main(settings: Settings) -> Path:
    """Fit from the lexicons folder and write the model into the models folder."""
    path = settings.models_dir / FILE
    save_model(fit(read_answers(settings.lexicons_dir / "reactions")), path)
    return path


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    logging.getLogger(__name__).info("written to %s", main(Settings()))
