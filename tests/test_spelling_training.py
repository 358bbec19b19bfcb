"""Fitting the spelling model: what it learns, and that the shipped one belongs to the shipped corpus."""

import math

from pipeline.settings import Settings
from pipeline.spelling.model import END, START, load_model
from pipeline.spelling.training import fit, training_lines


def test_counts_words_in_a_row():
    words, pairs = fit(["请您稍等", "请您讲"])
    assert pairs[START, "请"] == 2
    assert pairs["请", "您"] == 2
    assert words["请"] > words["轻"]
    assert math.isclose(sum(math.exp(value) for value in words.values()), 1.0, abs_tol=0.01)


def test_a_pause_ends_what_is_counted():
    _, pairs = fit(["好的，请讲"])
    assert (START, "请") in pairs
    assert not any(one != START and other == "请" for one, other in pairs)


def test_the_shipped_model_is_the_one_fitted_from_the_shipped_corpus():
    settings = Settings()
    words, pairs = fit(training_lines(settings.lexicons_dir))
    shipped = load_model(settings.models_dir / "spelling.npz")
    assert shipped.pairs == pairs, "fit it again: python -m pipeline.spelling.training"
    assert shipped.words.keys() == words.keys()
    assert all(math.isclose(shipped.words[word], value, abs_tol=0.01) for word, value in words.items())
    assert END in shipped.words
