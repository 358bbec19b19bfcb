"""What is kept by text: the same results, few texts, none long, and nothing after forgetting."""

import pytest
from composed_calls import composed_call

from pipeline.call import judge
from pipeline.kit import load_kit
from pipeline.language.memory import LONGEST_KEPT, Together, forget, remembered
from pipeline.settings import Settings


@pytest.fixture
def asked():
    """A remembering function for two texts, and what it was really asked."""
    seen = []

    @remembered(2)
    def length(text: str) -> int:
        seen.append(text)
        return len(text)

    return length, seen


@pytest.mark.parametrize(
    ("texts", "really"),
    [
        (["您好", "您好"], ["您好"]),
        (["您好", "再见", "嗯", "您好"], ["您好", "再见", "嗯", "您好"]),
        (["长" * (LONGEST_KEPT + 1)] * 2, ["长" * (LONGEST_KEPT + 1)] * 2),
        (["长" * LONGEST_KEPT] * 2, ["长" * LONGEST_KEPT]),
    ],
)
def test_few_texts_are_kept_and_none_that_is_long(asked, texts, really):
    length, seen = asked
    assert [length(text) for text in texts] == [len(text) for text in texts]
    assert seen == really


def test_texts_asked_together_are_not_asked_again():
    seen = []

    def lengths(texts):
        seen.append(tuple(texts))
        return map(len, texts)

    long = "长" * (LONGEST_KEPT + 1)
    length = Together(lengths, 3)
    length.ahead(["您好", "嗯", "您好", long])
    assert [length(text) for text in ("嗯", "您好", "再见吧", "嗯", long, long)] == [1, 2, 3, 1, len(long), len(long)]
    assert seen == [("您好", "嗯"), ("再见吧",), (long,), (long,)]
    length("一二三四")
    assert length("您好") == 2 and seen[-1] == ("您好",), "only the latest three are kept"
    forget()
    assert length("您好") == 2 and seen.count(("您好",)) == 2


def test_what_is_asked_ahead_is_not_dropped_for_something_new():
    seen = []

    def lengths(texts):
        seen.extend(texts)
        return map(len, texts)

    length = Together(lengths, 3)
    length.ahead(["您好", "嗯", "再见"])
    length.ahead(["您好", "好的"])
    assert length("您好") == 2 and seen == ["您好", "嗯", "再见", "好的"]


def test_forgetting_drops_all(asked):
    length, seen = asked
    length("您好")
    forget()
    length("您好")
    assert seen == ["您好", "您好"]


def test_a_call_is_judged_alike_whatever_was_heard_before():
    kit = load_kit(Settings())
    calls = [composed_call(number) for number in range(12)]
    warm = [judge(call, kit) for call in (*calls, *calls)]
    cold = []
    for call in reversed(calls):
        forget()
        cold.append(judge(call, kit))
    assert warm[:12] == warm[12:] == cold[::-1]


def test_composed_calls_differ_and_come_again():
    numbers = range(200)
    texts = [tuple(turn.text for turn in composed_call(number).transcript.turns) for number in numbers]
    assert len(set(texts)) == len(texts)
    assert composed_call(7) == composed_call(7)
