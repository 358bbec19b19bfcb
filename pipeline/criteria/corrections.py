"""Slips put right (norm: 责任承担, 答错当场更正，被客户指出即感谢), and slips denied (隐瞒差错)."""

import re

from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import agent_turns_after, each_turn, sentence_numbers
from pipeline.criteria.manner import blameless
from pipeline.criteria.registry import Signal
from pipeline.language.normalise import normalise
from pipeline.schema import Role, Turn

THANKED_WITHIN = 2
"""Thanks within this many agent turns of the customer's correction (as for comfort, norm section 1, patience.ownership)."""
SHARED_CHARS = 4
"""So many characters in a row are two words; what both have said alike is then hardly chance. Own choice: shorter ones are common talk (这个月)."""
_AMOUNT = re.compile(r"[零一二两三四五六七八九十百千万点]+(?:块|元|天|个|年|月|号|点|分|兆|次|吉|小时)")
"""A number with what it counts."""
_SAID = re.compile(r".*?[说讲诉应诺]")
"""Up to the verb that leads to what the customer quotes."""


@once_a_call
def corrections(context: CallContext) -> tuple[Signal, ...]:
    """Slips that the agent puts right himself, thanks for being corrected, and the denial of what he has said."""
    made = context.showing(Cue.CORRECTED, by=Role.AGENT)
    return (
        *each_turn(made, "ownership.corrected", "说错后当场更正"),
        *each_turn(_thanking(context), "ownership.thanked_for_correction", "客户指出差错后致谢"),
        *_denials(context),
    )


def _thanking(context: CallContext) -> tuple[Turn, ...]:
    """The agent's turns that thank for a correction soon after the customer made one."""
    thanks = {turn.index for turn in context.showing(Cue.THANKED_CORRECTION, by=Role.AGENT)}
    after = {
        turn.index: turn
        for pointed in context.showing(Cue.POINTED_OUT)
        for turn in agent_turns_after(context.transcript, pointed, THANKED_WITHIN)
    }
    return tuple(turn for index, turn in after.items() if index in thanks)


def _denials(context: CallContext) -> tuple[Signal, ...]:
    """One signal per denial of what the customer reminds the agent of; doubtful unless the call itself shows that he said it.

    A denial that is already a certain fault by its wording does not count again.
    """
    denying = {turn.index: turn for turn in blameless(context, context.showing(Cue.DENIED, by=Role.AGENT))}
    signals = []
    for quoting in context.showing(Cue.QUOTED):
        for answer in agent_turns_after(context.transcript, quoting, 1):
            if answer.index in denying:
                signals.append(_denial(context, quoting, denying[answer.index]))
    return tuple(signals)


def _denial(context: CallContext, quoting: Turn, answer: Turn) -> Signal:
    quoted = _SAID.sub("", normalise(quoting.text).text, count=1)
    said = [turn for turn in context.turns_of(Role.AGENT) if turn.index < quoting.index and _same(quoted, turn.text)]
    if not said:
        note = f"客户说坐席讲过的话，坐席否认，是否属实请核对（{sentence_numbers([quoting, answer])}）"
        return Signal("ownership.denies_error", doubtful=True, note=note)
    note = f"说过的话（{sentence_numbers(said[-1:])}）被客户指出后否认（{sentence_numbers([answer])}）"
    return Signal("ownership.denies_error", note=note)


def _same(quoted: str, text: str) -> bool:
    """Whether an earlier sentence has the amount or the words that the customer quotes."""
    earlier = normalise(text).text.replace("元", "块")
    quoted = quoted.replace("元", "块")
    stretches = (quoted[i : i + SHARED_CHARS] for i in range(len(quoted) - SHARED_CHARS + 1))
    return bool({*_AMOUNT.findall(earlier)} & {*_AMOUNT.findall(quoted)}) or any(each in earlier for each in stretches)
