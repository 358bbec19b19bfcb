"""How the customer leaves the call, on small dialogues."""

from dataclasses import replace

import pytest
from calls import call

from pipeline.criteria.reaction import UNHEARD_CERTAINTY, UNHEARD_WEIGHT, displeased, offended, pleased, unsettled

ASKED = (
    ("customer", "我家网断了"),
    ("agent", "请问您的号码"),
    ("customer", "六六三二一七七"),
    ("agent", "好的，我查一下"),
)


def ending(*said):
    """A call whose customer ends with these words, the agent answering each."""
    lines = [line for text in said for line in (("customer", text), ("agent", "好的"))]
    return call(*ASKED, *lines)


@pytest.mark.parametrize(
    "said",
    [
        ("那明天上午来修", "行，那就这样"),
        ("师傅电话提前打一个", "没有别的了，谢谢你"),
        ("晓得了晓得了", "要得"),
        ("你们每次都这么说", "那明天能来是吧", "行，我等师傅电话"),
        ("那押金能退是吧", "好的好的", "美了"),
        ("刚才我话说重了，你态度真好", "就等你电话"),
    ],
)
def test_who_takes_the_answer_leaves_settled(said):
    assert unsettled(ending(*said)) == ()


@pytest.mark.parametrize(
    ("said", "certainty", "turn"),
    [
        (("那什么时候来修", "我真是服了你们了"), 1.0, "第7句"),
        (("你们到底管不管啊", "没有了"), 1.0, "第5句"),
        (("什么态度啊", "我要去投诉你"), 1.0, "第5、7句"),
        (("那你帮我开了吧", "老实讲，我还是没听懂"), 1.0, "第7句"),
        (("那我交的那五十块呢", "那五十块我得记到账上"), UNHEARD_CERTAINTY, "第7句"),
        (("你帮我查查五十块去哪儿了", "那到时候怎么弄啊"), UNHEARD_CERTAINTY, "第7句"),
    ],
)
def test_who_objects_or_never_consents_leaves_unsettled(said, certainty, turn):
    (found,) = unsettled(ending(*said))
    assert (found.name, found.certainty) == ("customer.unsettled", certainty)
    assert turn in found.note
    assert (found.amount > 0.9) if certainty == 1.0 else (0.2 < found.amount <= UNHEARD_WEIGHT < 0.8)


def test_a_short_call_and_one_cut_off_tell_nothing_of_the_end():
    short = call(("customer", "我要投诉你"), ("agent", "好的"), ("customer", "你什么态度"), ("agent", "好的"))
    assert unsettled(short) == ()
    whole = ending("那什么时候来修", "我真是服了你们了")
    assert unsettled(replace(whole, closing=replace(whole.closing, abstained=True))) == ()


def test_last_words_too_short_to_be_understood_are_no_objection():
    assert unsettled(ending("那我交的那五十块呢", "煤料")) == ()


def test_objections_are_counted_and_praise_is_none():
    context = ending("你这人真好，听不懂也慢慢讲", "说了半天等于没说", "你听不懂我的话吗")
    (found,) = displeased(context)
    assert found.amount == pytest.approx(2, abs=0.4) and "第7、9句" in found.note
    assert [signal.name for signal in pleased(context)] == ["customer.pleased"]


def test_who_has_told_it_already_objects():
    (found,) = displeased(ending("号码我刚才不是报过了吗", "六六三二一七七"))
    assert found.note == "客户对答复不满（第5句）"


def test_what_the_customer_takes_back_at_the_end_counts_little():
    (lasting,) = displeased(ending("说了半天等于没说", "你听不懂我的话吗", "六六三二一七七"))
    soothed = displeased(ending("说了半天等于没说", "你听不懂我的话吗", "行，这下清楚了，谢谢你"))
    assert sum(signal.amount for signal in soothed) < 0.4 * lasting.amount


def test_who_wants_nothing_more_is_settled_unless_he_objects():
    offer = ("agent", "还有别的要我办的吗", "further_help")
    said = ("我家里还等着用呢，那五十块得记到账上", "没了，我到工信部去讲理，说了也白说")
    quiet, angry = (unsettled(call(*ASKED, ("customer", "那五十块呢"), offer, ("customer", text))) for text in said)
    assert quiet == ()
    assert [signal.name for signal in angry] == ["customer.unsettled"]


def test_what_the_customer_came_to_complain_of_is_no_objection_to_an_answer():
    opened = call(("agent", "您好"), ("customer", "你们每次都这么说，根本没解决"), ("agent", "我来查一下"))
    assert displeased(opened) == ()


@pytest.mark.parametrize(
    ("said", "amount", "places"),
    [
        (("你这是什么态度", "六六三二一七七"), 1, "第5句"),
        (("你怎么这么跟我说话", "你阴羊怪气什么"), 2, "第5、7句"),
        (("你什么态度", "行，这下清楚了，谢谢你"), 0.2, "第5句"),
    ],
)
def test_a_protest_against_the_manner_counts_once_a_turn_and_little_when_taken_back(said, amount, places):
    (found,) = offended(ending(*said))
    assert found.amount == pytest.approx(amount, abs=0.2) and places in found.note


@pytest.mark.parametrize("said", [("你态度还挺好的", "就等你电话"), ("你们营业厅的人没接电话", "那五十块呢")])
def test_praise_and_other_complaints_are_no_protest(said):
    assert offended(ending(*said)) == ()


def test_what_was_said_before_the_first_answer_protests_against_another():
    assert offended(call(("agent", "您好"), ("customer", "你们什么服务态度"), ("agent", "我来查一下"))) == ()


CARED = ("agent", "实在抱歉", "apology")
TOOK_ON = ("agent", "我跟进到底", "ownership")
OFFERED = ("agent", "您看改到周六可以吗", "solicit")
LEFT_ABUSIVE = (
    ("customer", "你们就是一群骗子"),
    ("agent", "好的"),
    ("customer", "说了半天等于没说"),
    ("agent", "再见"),
)
LEFT_UNHELPED = (
    ("customer", "你们每次都这么说"),
    ("agent", "好的"),
    ("customer", "说了半天等于没说"),
    ("agent", "再见"),
)


def test_a_protest_of_an_abusive_customer_against_a_blameless_agent_is_left_to_the_inspector():
    (found,) = offended(call(*ASKED, CARED, TOOK_ON, *LEFT_ABUSIVE[:2], ("customer", "你什么态度"), *LEFT_ABUSIVE[2:]))
    assert found.doubtful


@pytest.mark.parametrize(
    ("conduct", "end", "doubtful"),
    [
        ((CARED, TOOK_ON, OFFERED), LEFT_ABUSIVE, True),
        ((CARED, TOOK_ON), LEFT_ABUSIVE, True),
        ((CARED, TOOK_ON, ("agent", "规定就这样", "refuse?")), LEFT_ABUSIVE, True),
        ((CARED,), LEFT_ABUSIVE, False),
        ((CARED, ("agent", "您看可以吗", "solicit?")), LEFT_ABUSIVE, False),
        ((CARED, TOOK_ON, OFFERED, ("agent", "规定就这样", "refuse")), LEFT_ABUSIVE, False),
        ((CARED, TOOK_ON, OFFERED), LEFT_UNHELPED, False),
    ],
)
def test_abuse_of_a_blameless_agent_is_left_to_the_inspector(conduct, end, doubtful):
    context = call(*ASKED, *conduct, *end)
    assert [(each.name, each.doubtful) for each in (*displeased(context), *unsettled(context))] == [
        ("customer.displeased", doubtful),
        ("customer.unsettled", doubtful),
    ]
