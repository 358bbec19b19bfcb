"""What the rest of a call says for or against misconduct, on small dialogues."""

from dataclasses import replace

import pytest
from calls import WORDINGS, call

from pipeline.criteria.witnesses import weigh
from pipeline.lexicon.resolve import BY_MEANING
from pipeline.schema import Status

A, C = "agent", "customer"


def statuses(*lines, spared=(), rule="test"):
    """Label and whether it is certain, of what is found in these lines."""
    context = call(*lines)
    found = [replace(each, rule=rule) for each in context.findings]
    weighed = weigh(found, context.transcript, WORDINGS.cues, spared=spared)
    return {each.label: each.status is Status.CERTAIN for each in weighed}


@pytest.mark.parametrize(
    ("answer", "certain"),
    [
        ("你什么态度啊", True),
        ("怎么这样说话", True),
        ("哦好的", False),
        ("你态度真好，怎么这样细心", False),
    ],
)
def test_doubtful_misconduct_counts_when_the_customer_objects_at_once(answer, certain):
    assert statuses((A, "听不懂就别打", "impatience?"), (C, answer)) == {"impatience": certain}


def test_only_the_next_answer_is_a_witness():
    lines = [(A, "您再看看", "impatience?"), (C, "好的"), (A, "嗯"), (C, "你什么态度")]
    assert statuses(*lines) == {"impatience": False}
    assert statuses((C, "你什么态度"), (A, "您再看看", "impatience?")) == {"impatience": False}


def test_no_anger_fails_a_call_or_makes_courtesy_surer():
    lines = [(A, "您可真行", "insult?", "thanks?"), (C, "你什么态度")]
    assert statuses(*lines, spared=("insult",)) == {"insult": False, "thanks": False}


def test_mockery_that_meaning_saw_counts_where_the_customer_objects():
    mocked, taken = ([(A, "您可真行", "insult?"), (C, answer)] for answer in ("你什么态度", "好的"))
    assert statuses(*mocked, spared=("insult",), rule=BY_MEANING) == {"insult": True}
    assert statuses(*taken, spared=("insult",), rule=BY_MEANING) == {"insult": False}


@pytest.mark.parametrize(("turns", "certain"), [(0, True), (2, True), (3, False)])
def test_who_serves_on_was_not_pushing_to_hang_up(turns, certain):
    served = [line for _ in range(turns) for line in ((C, "那怎么办理"), (A, "发短信就可以"))]
    assert statuses((A, "那就不耽误您了", "push_hangup"), *served) == {"push_hangup": certain}


@pytest.mark.parametrize(("asked", "certain"), [((), True), (("retention?",), True), (("retention",), False)])
def test_who_asks_for_the_reason_does_not_cancel_out_of_hand(asked, certain):
    found = statuses((A, "您是要转走对吗", "recommend_cancel"), (C, "对"), (A, "是哪里不满意吗", *asked))
    assert found["recommend_cancel"] is certain


@pytest.mark.parametrize(
    ("asked", "certain"),
    [
        ("我想把宽带拆了", True),
        ("这个号我不用了", True),
        ("好的不用了谢谢", False),
        ("我要携号转网", True),
        ("我想问一下套餐", False),
    ],
)
def test_nobody_is_kept_who_does_not_leave(asked, certain):
    assert statuses((C, asked), (A, "可以换八元的保号套餐", "retention")) == {"retention": certain}


def test_the_explanation_says_why():
    context = call((A, "听不懂就别打", "impatience?"), (C, "你什么态度"))
    (found,) = weigh(context.findings, context.transcript, WORDINGS.cues)
    assert found.explanation.endswith("客户随即表示不满")
