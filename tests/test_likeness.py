"""Words by the company they keep, and dialogues by their words, on a tiny language."""

import numpy as np
import pytest
from builders import transcript

from pipeline.scoring.dialogue import VIEWS, load_telling, read_dialogue
from pipeline.scoring.likeness import DIMENSIONS, Likeness, cut, learn_places
from pipeline.settings import Settings

TELLING = load_telling(Settings().lexicons_dir, reactions=Settings().models_dir / "reactions.npz")
LINES = tuple(
    line
    for _ in range(5)
    for praise in ("真给力，谢谢客服", "真厉害，谢谢客服", "真给力，问题解决", "真厉害，问题解决")
    for line in (praise, "天天断网，投诉客服", "天天掉线，投诉客服", "天天断网，没人处理", "天天掉线，没人处理")
)


def said(text):
    spoken = transcript(("customer", "你好"), ("agent", "您好"), ("customer", text))
    return read_dialogue(spoken, (), TELLING)


@pytest.fixture(scope="module")
def places():
    return learn_places([said(text) for text in LINES[:10]], LINES)


def likeness(places, one, two):
    rows = places.of([said(one), said(two)])
    return float(rows[0] @ rows[1])


@pytest.mark.parametrize(("near", "far"), [("给力 厉害", "给力 断网"), ("断网 掉线", "断网 厉害")])
def test_words_in_the_same_company_are_alike(places, near, far):
    assert likeness(places, *near.split()) > likeness(places, *far.split()) + 0.1


def test_a_dialogue_is_likest_itself(places):
    assert likeness(places, "真给力", "真给力") > max(
        likeness(places, "真给力", other) for other in ("真厉害", "断网", "")
    )


def test_unknown_and_missing_words_have_a_place_too(places):
    rows = places.of([said("魑魅魍魉"), said("")])
    assert rows.shape == (2, len(VIEWS) * places.vectors.shape[1]) and np.isfinite(rows).all()


def test_vectors_are_of_length_one_or_nowhere_and_no_more_than_the_words_allow(places):
    lengths = np.linalg.norm(places.vectors, axis=1)
    assert lengths[lengths > 0] == pytest.approx(1.0) and (lengths > 0).mean() > 0.8
    assert places.vectors.shape[1] == min(DIMENSIONS, len(places.words) - 1)


def test_the_same_lines_give_the_same_places():
    dialogues = [said(text) for text in LINES[:10]]
    one, two = learn_places(dialogues, LINES), learn_places(dialogues, LINES)
    assert one.words == two.words and one.of(dialogues) == pytest.approx(two.of(dialogues), abs=1e-6)


def test_what_the_nearest_say_counts_most():
    reader = Likeness(np.array([[0.0, 0.0], [3.0, 0.0]]), np.array([[1.0], [-1.0]]), np.array([0.5]))
    near, between, far = reader.read(np.array([[0.1, 0.0], [1.5, 0.0], [0.0, 99.0]]))[:, 0]
    assert near > 1.4 and between == pytest.approx(0.5) and far == pytest.approx(0.5)


def test_marks_are_words_and_blanks_are_none():
    assert cut("谢谢！ 好了") == ["谢谢", "!", "好", "了"]
