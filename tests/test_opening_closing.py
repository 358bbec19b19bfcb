"""Which openings and closings are complete: by their elements, and from their words."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from builders import dialogue
from calls import call, finding

from pipeline.criteria.opening_closing import closing, opening
from pipeline.kit import Kit, load_kit
from pipeline.language.text import read_turns
from pipeline.schema import Engine, Roles, Transcript
from pipeline.settings import Settings

A, C = "agent", "customer"
FULL_OPENING = (A, "您好，工号一二三，请问有什么可以帮您？", "greeting", "self_intro", "offer_help")
FULL_CLOSING = (A, "感谢来电，再见。", "closing_thanks", "goodbye")
HELP = (A, "请问还有其他可以帮您的吗？", "further_help")
FILL = (A, "好的，我给您查一下。")
TABLE = yaml.safe_load((Path(__file__).parent / "data" / "opening_closing.yaml").read_text(encoding="utf-8"))
MIDDLE = (
    (C, "我想查一下这个月的话费"),
    (A, "好的我给您看一下"),
    (C, "嗯嗯行"),
    (A, "这个月是四十六块钱"),
    (C, "哦这样"),
    (A, "里面有二十块是流量"),
    (C, "知道了"),
)
MOST_MISHEARD_LOST = 2


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


def part_of(turn, label, words):
    """A finding over these words of a turn."""
    whole, start = finding(turn, label), turn.text.index(words)
    return replace(whole, evidence=replace(whole.evidence, char_start=start, char_end=start + len(words), quote=words))


@pytest.mark.parametrize(
    ("said", "confidence", "offered", "complete"),
    [
        ("哈哈，是您这个你记天天满汉，再见", 0.7, True, True),
        ("通周末过得舒心，再见", 0.7, True, True),
        ("通周末过得舒心，再见", 0.7, False, False),
        ("短信过一会儿就发到您手机上，再见", 0.95, True, False),
        ("短信发您，再见", 0.7, True, False),
    ],
)
def test_a_courtesy_misheard_between_offer_and_goodbye_makes_the_closing_complete_and_stays_doubtful(
    said, confidence, offered, complete
):
    context = call(HELP if offered else FILL, (C, "没有了"), (A, said))
    *turns, last = context.transcript.turns
    heard = replace(last, confidence=confidence)
    whole = replace(context.transcript, turns=(*turns, heard))
    found = closing(whole, [*context.findings, part_of(heard, "goodbye", "再见")])
    assert found.complete is complete
    assert found.doubtful == (("closing_thanks", "wish", "survey") if complete else ())
    assert (found.reason or "").startswith("再见之前有话没有听清") is complete


def test_an_offer_in_the_goodbyes_own_turn_leads_to_no_misheard_courtesy():
    context = call(FILL, (C, "好"), (A, "没别的了吧，丢的东西谁不急，再见"))
    *turns, last = context.transcript.turns
    heard = replace(last, confidence=0.7)
    findings = [part_of(heard, label, words) for label, words in (("further_help", "没别的了吧"), ("goodbye", "再见"))]
    assert not closing(replace(context.transcript, turns=(*turns, heard)), findings).complete


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


@pytest.fixture(scope="module")
def kit() -> Kit:
    return load_kit(Settings())


def judged(kit, part, case):
    """Whether the case, as a call begins or ends with it, is complete; with what was found."""
    lines = [tuple(line.split(": ", 1)) if ": " in line else (A, line) for line in case.split("\n")]
    turns = dialogue(*((*lines, *MIDDLE) if part == "opening" else (*MIDDLE, *lines)))
    transcript = Transcript(turns, Roles("given", 1.0, withheld=False), Engine("given", "none"))
    findings = kit.finder.find(read_turns(turns, kit.segmenter))
    return opening(transcript, findings) if part == "opening" else closing(transcript, findings)


CASES = [(*name.split("_"), case) for name, cases in TABLE.items() if not name.endswith("misheard") for case in cases]


@pytest.mark.parametrize(("part", "verdict", "case"), CASES)
def test_the_verdict_of_the_words(kit, part, verdict, case):
    found = judged(kit, part, case)
    assert found.complete is (verdict == "complete"), found


@pytest.mark.parametrize("part", ["opening", "closing"])
def test_hardly_any_is_lost_when_misheard(kit, part):
    lost = [case for case in TABLE[f"{part}_misheard"] if not judged(kit, part, case).complete]
    assert len(lost) <= MOST_MISHEARD_LOST, lost
