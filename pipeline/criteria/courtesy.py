"""Courtesy at its points in a call: thanks for what the customer tells, his name once it is known, an end as good as the beginning."""

from collections.abc import Iterator

from pipeline.criteria.context import CallContext
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import agent_turns_after, one_if, sentence_numbers
from pipeline.criteria.manner import FACTS
from pipeline.criteria.registry import Signal
from pipeline.measures.words import is_backchannel
from pipeline.schema import Role, Turn

ASKED_WITHIN = 2
"""The agent's turns before an answer in which its question may stand: many a customer first says that he looks for the number."""
ADDRESS_TURNS = 3
"""So many turns of the agent's are occasion to use a name (norm section 1: 尽量称呼「X先生/X小姐」); the last ones are the goodbye."""
THANKS = ("thanks", "wait_thanks", "closing_thanks")


def no_closing(context: CallContext) -> tuple[Signal, ...]:
    """有头无尾: a complete opening and nothing of a closing; doubtful where the customer spoke last and may have put down."""
    closing, last = context.closing, context.transcript.turns[-1]
    begun = closing.abstained or closing.doubtful or any(closing.elements.values())
    if begun or not context.opening.complete:
        return ()
    note = f"有头无尾：开头完整，结束时没有任何结束语（{sentence_numbers([last])}）"
    return (Signal("process.no_closing", doubtful=last.role is not Role.AGENT, note=note),)


def thanks(context: CallContext) -> tuple[Signal, ...]:
    """及时道谢: thanks for a number, name or address that was asked for; missing where the agent gives thanks for nothing at all."""
    replies = tuple(_replies(context))
    thanked = [turn for turn in replies if _thanks_in(context, turn)]
    ever = any(finding.label in THANKS for finding in context.findings) or context.showing(Cue.THANKED, by=Role.AGENT)
    missing = replies if not ever else ()
    return (
        *one_if(thanked, "process.thanks_given", f"客户提供信息后及时道谢（{sentence_numbers(thanked)}）"),
        *one_if(missing, "process.thanks_missing", f"客户按要求提供信息，没有道谢（{sentence_numbers(missing)}）"),
    )


def not_addressed(context: CallContext) -> tuple[Signal, ...]:
    """知道姓名不称呼: the customer has told his name, and the agent never uses it, nor any other way to address him."""
    told = context.showing(Cue.NAME_TOLD)[:1]
    if not told or len(agent_turns_after(context.transcript, told[0], ADDRESS_TURNS)) < ADDRESS_TURNS:
        return ()
    used = context.showing(Cue.ADDRESSED, by=Role.AGENT) or any(each.label == "address" for each in context.findings)
    return one_if(not used, "wording.not_addressed", f"客户说过姓名（{sentence_numbers(told)}），始终没有称呼客户")


def _replies(context: CallContext) -> Iterator[Turn]:
    """The agent's reply to each answer in which the customer tells what he was asked for; sounds of listening are none."""
    agent = context.turns_of(Role.AGENT)
    for told in context.turns_of(Role.CUSTOMER):
        asking = [turn for turn in agent if turn.index < told.index][-ASKED_WITHIN:]
        after = [turn for turn in agent if turn.index > told.index and not is_backchannel(turn.text)]
        asked = any(ask.search(turn.text) and fact.search(told.text) for turn in asking for ask, fact in FACTS)
        if asked and after:
            yield after[0]


def _thanks_in(context: CallContext, turn: Turn) -> bool:
    found = any(finding.label in THANKS and finding.evidence.turn == turn.index for finding in context.findings)
    return found or turn in context.showing(Cue.THANKED, by=Role.AGENT)
