"""How the agent deals with the customer, turn by turn: orders, decisions, brush-offs, pushing, asking what was told, wishes rattled off."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from pipeline.criteria.context import CallContext
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import agent_turns_after, each_turn
from pipeline.criteria.registry import Signal
from pipeline.measures.words import DIGIT_STRING, bare, is_question
from pipeline.schema import Role, Turn

PUSHES_AFTER = 2
"""Offers in the agent's next two turns after the customer declined are pushing (norm: 交叉营销适可而止)."""
OFFERS_ENOUGH = 2
"""Who has shown no interest in two offers is pushed by the third, though he never refused (same clause)."""
_LISTENING = re.compile(r"[嗯哦噢喔啊呃哎唉]+")
"""Sounds of listening, which accept nothing."""
HARSH = ("blame", "impatience", "insult", "push_hangup", "refuse", "rhetorical", "shirk")
"""Faults that say the same as an order or a brush-off, and cost more."""
POLITE = re.compile(r"请|麻烦|劳驾|建议|可以|好吗|行吗|方便")
"""An order in such words is a request."""
FACTS = (
    (
        re.compile(r"(?:号码|手机号|电话)(?:是)?(?:多少|几|报|说|提供)|(?:报|说|提供)[^，。]{0,6}(?:号码|手机号)"),
        DIGIT_STRING,
    ),
    (
        re.compile(
            r"(?:您|你)?贵姓|怎么称呼|姓什么|(?:叫|姓名|名字)(?:是)?(?:什么|多少)|(?:报|说|提供)[^，。]{0,6}(?:姓名|名字)"
        ),
        re.compile(r"(?:我|免贵|名字)(?:姓|叫)[\u4e00-\u9fff]|^姓[\u4e00-\u9fff]"),
    ),
    (
        re.compile(
            r"(?:地址|住址|哪个小区|什么小区|哪条路)(?:是)?(?:哪|什么|多少|在|说|报)|(?:报|说|提供)[^，。]{0,6}地址|哪个小区|什么小区"
        ),
        re.compile(r"小区|(?:路|街|巷|道).{0,8}号|号楼|单元|[一二三四五六七八九十\d]栋"),
    ),
)
"""What an agent asks for, and what the customer's words look like when he has told it."""
_ANOTHER = re.compile(r"另|其他|别的|备用|联系|登记|新的|核对|核实|确认|没听清|再说一遍|重复一遍")
"""A question for another number, or one that says why it is asked again."""


def blameless(context: CallContext, turns: Iterable[Turn]) -> tuple[Turn, ...]:
    """Those turns without a certain fault of the same kind: what a phrase counts already does not count again."""
    blamed = {context.findings[index].evidence.turn for index in context.labelled(*HARSH)}
    return tuple(turn for turn in turns if turn.index not in blamed)


def orders(context: CallContext) -> tuple[Signal, ...]:
    """命令式: what to do is ordered where it should be asked."""
    given = context.showing(Cue.IMPERATIVE, by=Role.AGENT)
    return each_turn(
        [turn for turn in blameless(context, given) if not POLITE.search(turn.text)],
        "soliciting.imperative",
        "用命令的口气，没有商量",
    )


def decisions(context: CallContext) -> tuple[Signal, ...]:
    """替客户决定: settled without asking."""
    asked = {context.findings[index].evidence.turn for index in context.labelled("solicit")}
    made = blameless(context, context.showing(Cue.DECIDED, by=Role.AGENT))
    return each_turn([turn for turn in made if turn.index not in asked], "soliciting.decided", "没有征询就替客户决定")


def brush_offs(context: CallContext) -> tuple[Signal, ...]:
    """敷衍: nothing but 「哦」 or 「那没办法」 to trouble, discontent or anger that the customer has told to the end."""
    cues = (Cue.TROUBLE, Cue.DISCONTENT, Cue.HOSTILITY)
    told = {turn.index for cue in cues for turn in context.showing(cue)}
    turns = context.transcript.turns
    answers = {
        after.index
        for before, after in pairwise(turns)
        if before.index in told and after.role is Role.AGENT and after.span.start_s >= before.span.end_s
    }
    curt = context.showing(Cue.PERFUNCTORY, by=Role.AGENT)
    return each_turn(
        [turn for turn in blameless(context, curt) if turn.index in answers],
        "tone.perfunctory",
        "客户反映问题，应付了事",
    )


def pushing(context: CallContext) -> tuple[Signal, ...]:
    """推销不止: offers again what the customer declined or did not care for; an offer to hold a customer who cancels is none."""
    if context.scenario.name == "cancel":
        return ()
    offers = {turn.index: turn for turn in context.showing(Cue.OFFERED, by=Role.AGENT)}
    again: dict[int, Turn] = {}
    for declined in context.showing(Cue.DECLINED):
        if not any(index < declined.index for index in offers):
            continue
        after = agent_turns_after(context.transcript, declined, PUSHES_AFTER)
        again |= {turn.index: turn for turn in after if turn.index in offers}
    unwanted = [turn for turn in _unwanted(context, tuple(offers.values())) if turn.index not in again]
    return (
        *each_turn(tuple(again.values()), "attentive.pushes", "客户谢绝后仍继续推销"),
        *each_turn(unwanted, "attentive.pushes", "客户没有兴趣，仍一再推销"),
    )


def _unwanted(context: CallContext, offers: Sequence[Turn]) -> Sequence[Turn]:
    """Offers from the third on, where nothing that the customer said since the first asks on or accepts, nor told a need before."""
    customer = [turn.index for turn in context.turns_of(Role.CUSTOMER)]
    further = [
        offer for before, offer in pairwise(offers) if any(before.index < index < offer.index for index in customer)
    ]
    return [offer for offer in further[OFFERS_ENOUGH - 1 :] if not _interested(context, since=offers[0], until=offer)]


def _interested(context: CallContext, *, since: Turn, until: Turn) -> bool:
    """Whether the customer told a need, or asked or accepted anything since an offer."""
    needs = any(turn.index < until.index for turn in context.showing(Cue.NEED))
    heard = [turn.text for turn in context.turns_of(Role.CUSTOMER) if since.index < turn.index < until.index]
    accepted = context.wordings.cues[Cue.ACCEPTED]
    return needs or any(
        is_question(text) or (accepted.shown(text) and not _LISTENING.fullmatch(bare(text))) for text in heard
    )


def asks_told(context: CallContext, asked_twice: Iterable[int]) -> tuple[Signal, ...]:
    """已说过的再问: asks for a number, name or address that the customer has given.

    Parameters
    ----------
    asked_twice
        Turns that repeat an own question: counted as such already.
    """
    skipped = set(asked_twice)
    found = [turn for turn in context.turns_of(Role.AGENT) if turn.index not in skipped and _told_before(context, turn)]
    return each_turn(found, "listening.asks_told", "客户已经说过的又问")


def _told_before(context: CallContext, asking: Turn) -> bool:
    if _ANOTHER.search(asking.text):
        return False
    told = [turn for turn in context.turns_of(Role.CUSTOMER) if turn.span.end_s <= asking.span.start_s]
    return any(
        question.search(asking.text) and any(fact.search(turn.text) for turn in told) for question, fact in FACTS
    )


def untimely_wishes(context: CallContext) -> tuple[Signal, ...]:
    """One signal per greeting or wish that does not fit the moment it was said; none where the call's time is not known."""
    started = context.recording.started_at
    if started is None:
        return ()
    signals = []
    for index in context.labelled("wish", "greeting"):
        proof = context.findings[index].evidence
        misfit = context.wordings.wishes.misfit(proof.quote, started + timedelta(seconds=proof.span.start_s))
        if misfit:
            signals.append(Signal("wish.untimely", certainty=proof.certainty, findings=(index,), note=misfit))
    return tuple(signals)
