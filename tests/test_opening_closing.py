from dataclasses import replace

import pytest
from calls import call

from pipeline.criteria.opening_closing import closing

A, C = "agent", "customer"
FULL_OPENING = (A, "您好，工号一二三，请问有什么可以帮您？", "greeting", "self_intro", "offer_help")
FULL_CLOSING = (A, "感谢来电，再见。", "closing_thanks", "goodbye")
HELP = (A, "请问还有其他可以帮您的吗？", "further_help")
FILL = (A, "好的，我给您查一下。")


@pytest.mark.parametrize(
    ("lines", "complete"),
    [
        ([FULL_OPENING], True),
        ([(A, "您好，中国移动，请问有什么可以帮您？", "greeting", "offer_help")], True),
        ([(A, "您好，请问有什么可以帮您？", "greeting", "offer_help")], False),
        ([(A, "您好，工号一二三。", "greeting", "self_intro")], False),
        ([(A, "工号一二三，请讲。", "self_intro", "offer_help")], False),
        ([(A, "您好。", "greeting"), (C, "喂？"), (A, "电信客服，请问需要什么帮助？", "offer_help")], True),
        (
            [(A, "您好。", "greeting"), (C, "喂"), FILL, (C, "嗯"), (A, "工号一，请讲", "self_intro", "offer_help")],
            False,
        ),
        ([(A, "您好，电信，请讲。", "greeting?", "offer_help")], False),
        ([(C, "你好，电信吗？"), (A, "您好，请讲。", "greeting", "offer_help")], False),
    ],
)
def test_opening(lines, complete):
    assert call(*lines).opening.complete is complete


def test_opening_names_its_elements_in_order_and_the_operator():
    opening = call((A, "您好，联通客服，请讲。", "greeting", "offer_help")).opening
    assert dict(opening.elements) == {"greeting": True, "self_intro": False, "offer_help": True, "operator": True}


@pytest.mark.parametrize(
    ("lines", "complete"),
    [
        ([HELP, (C, "没有了"), FULL_CLOSING], True),
        ([HELP, (C, "没有了"), (A, "祝您愉快，再见。", "wish", "goodbye")], True),
        ([HELP, (C, "没有了"), (A, "请稍后评价，再见。", "survey", "goodbye")], True),
        ([HELP, (C, "没有了"), (A, "再见。", "goodbye")], False),
        ([FULL_CLOSING], False),
        ([HELP, (C, "没有了"), (A, "感谢来电。", "closing_thanks")], False),
        ([HELP, FILL, FILL, FULL_CLOSING], False),
        ([FILL, FILL, HELP, FILL, FULL_CLOSING], True),
        ([HELP, (A, "感谢来电，再见。", "closing_thanks", "goodbye?")], False),
    ],
)
def test_closing(lines, complete):
    assert call(*lines).closing.complete is complete


def test_doubtful_elements_are_listed_and_not_present():
    found = call(HELP, (A, "感谢来电，再见。", "closing_thanks?", "goodbye", "goodbye?")).closing
    assert found.doubtful == ("closing_thanks",)
    assert not found.elements["closing_thanks"] and found.elements["goodbye"]


def test_withheld_roles_abstain():
    context = call(FULL_OPENING, HELP, FULL_CLOSING, withheld=True)
    for found in (context.opening, context.closing):
        assert found.abstained and not found.complete and "坐席" in found.reason


def test_a_call_without_the_agent_abstains():
    context = call((C, "喂，你好？"))
    assert context.opening.abstained and context.closing.abstained


@pytest.mark.parametrize(
    ("rest_s", "channels", "last", "abstained"),
    [
        (0.0, 2, FILL, True),
        (1.0, 2, FILL, False),
        (0.0, 0, FILL, False),
        (0.0, 2, (A, "再见", "goodbye"), False),
    ],
)
def test_a_recording_cut_off_in_mid_call_is_not_judged(rest_s, channels, last, abstained):
    context = call(FULL_OPENING, (C, "我查账单"), last)
    duration = context.transcript.turns[-1].span.end_s + rest_s
    recording = replace(context.recording, duration_s=duration, channels=channels)
    found = closing(context.transcript, context.findings, recording)
    assert found.abstained is abstained
    assert not abstained or "截断" in found.reason
