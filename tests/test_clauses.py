"""A turn is cut where a listener would cut it, and nothing of it is lost."""

from dataclasses import replace

import pytest
from builders import turn
from hypothesis import given
from hypothesis import strategies as st
from phrases import read

from pipeline.lexicon.clauses import BREATH_S, LONG_CHARS, MARKS, PAUSE_S, clauses, whole
from pipeline.schema import Span, Turn, Word


def spoken(*words, char_s=0.2):
    """An agent's turn of words, each said after the pause before it: a text, or (text, seconds of pause before)."""
    clock, said = 0.0, []
    for word in words:
        text, pause_s = word if isinstance(word, tuple) else (word, 0.0)
        clock += pause_s
        said.append(Word(text, Span(clock, clock + char_s * len(text)), 0.9))
        clock = said[-1].span.end_s
    whole = turn("agent", "".join(word.text for word in said), until=clock)
    return replace(whole, words=tuple(said))


def cut(spoken_turn: Turn) -> list[str]:
    return [spoken_turn.text[clause.char_start : clause.char_end] for clause in clauses(*read(spoken_turn))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好，请讲。", ["您好", "请讲"]),
        ("您好请讲", ["您好请讲"]),
        ("您好,请讲!再见", ["您好", "请讲", "再见"]),
        ("嗯……，好的", ["嗯", "好的"]),
        ("，。？！", []),
        ("", []),
        ("是这样；对吧？对", ["是这样", "对吧", "对"]),
        ("请问 您贵姓", ["请问", "您贵姓"]),
        ("「没办法」，他说", ["没办法", "他说"]),
        ("每月1.5兆，一共3,000元", ["每月1.5兆", "一共3,000元"]),
        ("您的工号是8021.再见", ["您的工号是8021", "再见"]),
        ("請問，您貴姓", ["請問", "您貴姓"]),
    ],
)
def test_punctuation_ends_a_clause(text, expected):
    assert cut(turn("agent", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("您好噻，请讲嘞。", ["您好", "请讲"]),
        ("这个办不了喽啦", ["这个办不了"]),
        ("不是都说了嘛，您还问", ["不是都说了", "您还问"]),
        ("您不知道吗，怎么办呢，好吧", ["您不知道吗", "怎么办呢", "好吧"]),  # these ask
        ("干嘛，别啰嗦", ["干嘛", "别啰嗦"]),  # no particles
        ("哈，哎", ["哈", "哎"]),  # nothing else is said
        ("哈尔滨嘛", ["哈尔滨"]),
    ],
)
def test_a_regional_particle_ends_no_clause(text, expected):
    assert cut(turn("agent", text)) == expected


def test_whom_it_is_said_to_changes_nothing():
    one, other = (clauses(*read(turn("agent", text))) for text in ("卢先生您好，我姓章", "欧先生您好，我姓孟"))
    assert [(clause.chars, clause.sounds) for clause in one] == [(clause.chars, clause.sounds) for clause in other]
    assert one[0].chars == "某先生您好" and whole("免贵姓王") == whole("免贵姓赵")


@pytest.mark.parametrize(
    ("text", "finals"),
    [("您好，是吗？好", ["，", "？", ""]), ("是吗?", ["?"]), ("好", [""])],
)
def test_a_clause_knows_how_it_ended(text, finals):
    assert [clause.final for clause in clauses(*read(turn("agent", text)))] == finals


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["您好", ("请讲", PAUSE_S + 0.01)], ["您好", "请讲"]),
        (["您好", ("请讲", PAUSE_S - 0.01)], ["您好请讲"]),
        (["您好，", ("请讲", 1.0)], ["您好", "请讲"]),
        ([("您好", 2.0), "请讲"], ["您好请讲"]),  # silence before the first word is no pause
    ],
)
def test_a_pause_ends_a_clause_where_no_mark_was_written(words, expected):
    assert cut(spoken(*words)) == expected


HALF = "我帮您看看这"
LONG = HALF + "个月的账单吧"
assert len(LONG) == LONG_CHARS


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([LONG, "好"], [LONG + "好"]),  # too long, but said in one breath
        ([LONG, ("好的", BREATH_S + 0.01)], [LONG, "好的"]),
        ([LONG, ("好的", BREATH_S - 0.01)], [LONG + "好的"]),
        ([HALF, ("好的", BREATH_S + 0.01)], [HALF + "好的"]),  # not long
        ([HALF, ("个月的账单吧", 0.3)], [LONG]),  # at the limit
        (
            [LONG, ("好", 0.12), ("的", 0.2)],
            [LONG, "好", "的"],
        ),  # what is still long after the longest gap is cut again
        ([HALF, ("好的是", 0.2), ("您说", 0.12), "请讲"], [HALF, "好的是您说请讲"]),  # both halves are short
    ],
)
def test_a_long_clause_is_cut_at_its_breaths(words, expected):
    assert cut(spoken(*words)) == expected


def test_words_without_times_leave_punctuation_alone():
    bare = replace(spoken("您好，", ("请讲", 9.0)), words=())
    assert cut(bare) == ["您好", "请讲"]


WORDS = st.lists(
    st.tuples(st.text("您好请问12.,，。？ 嗯aB賬", min_size=1, max_size=6), st.sampled_from([0.0, 0.12, 0.2, 0.5])),
    max_size=12,
)


@given(WORDS)
def test_every_comparable_character_is_in_exactly_one_clause(words):
    (text,) = read(spoken(*words))
    found = clauses(text)
    assert "".join(clause.chars for clause in found) == text.text
    assert "".join(clause.sounds for clause in found) == text.sounds
    assert all(len(clause.chars) == len(clause.sounds) > 0 for clause in found)


@given(WORDS)
def test_clauses_stand_in_order_inside_the_turn(words):
    (text,) = read(spoken(*words))
    edges = [edge for clause in clauses(text) for edge in (clause.char_start, clause.char_end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text.turn.text) for edge in edges)
    assert all(clause.char_start < clause.char_end for clause in clauses(text))


@given(st.text("您好请问abc，。？,. 嗯", max_size=30))
def test_no_clause_holds_a_mark(text):
    assert not [part for part in cut(turn("agent", text)) if set(part) & MARKS]
