"""Apology or empathy soon after the customer told his trouble, and again after a trouble that is new (norm: 责任承担, 越抱怨越耐心)."""

from collections.abc import Iterator

from pipeline.criteria.context import CallContext
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import agent_turns_after, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.schema import Role, Status, Turn

COMFORT_WITHIN = 2
"""Apology or empathy within this many agent turns of a complaint (norm section 1, patience.ownership); what is told again within them is the same trouble."""
COMFORT = ("apology", "empathy")


def comfort(context: CallContext) -> tuple[Signal, ...]:
    """One signal per trouble, comforted or not; none for one after which the agent no longer spoke.

    Where only doubtful words of comfort lie near, the inspector is asked.
    """
    return tuple(signal for trouble in _troubles(context) for signal in _comforted(context, trouble))


def _troubles(context: CallContext) -> tuple[tuple[Turn, ...], ...]:
    """The customer's troubled turns, those of one trouble together.

    A new trouble begins where the agent has had his turns since the last one, and the customer names a further matter or
    turns from calm to anger. Whoever repeats himself, or was angry all along, has one trouble.
    """
    angry = {turn.index for cue in (Cue.HOSTILITY, Cue.ESCALATED) for turn in context.showing(cue)}
    further = {turn.index for turn in context.showing(Cue.FURTHER_MATTER)}
    troubles: list[list[Turn]] = []
    calm = True
    for turn in context.showing(Cue.TROUBLE):
        adds = turn.index in further or (calm and turn.index in angry)
        if troubles and not (adds and _answers_between(context, troubles[-1][-1], turn) >= COMFORT_WITHIN):
            troubles[-1].append(turn)
        else:
            troubles.append([turn])
        calm = calm and turn.index not in angry
    return tuple(map(tuple, troubles))


def _answers_between(context: CallContext, before: Turn, after: Turn) -> int:
    return sum(before.index < turn.index < after.index for turn in context.turns_of(Role.AGENT))


def _comforted(context: CallContext, trouble: tuple[Turn, ...]) -> Iterator[Signal]:
    near = {each.index for told in trouble for each in agent_turns_after(context.transcript, told, COMFORT_WITHIN)}
    if not near:
        return
    said = [
        index
        for index, finding in enumerate(context.findings)
        if finding.label in COMFORT and finding.evidence.turn in near
    ]
    certain = tuple(index for index in said if context.findings[index].status is Status.CERTAIN)
    where = sentence_numbers(trouble)
    if certain:
        yield Signal("ownership.comforted", findings=certain, note=f"客户反映问题后及时致歉或安抚（{where}）")
    elif said:
        note = f"客户反映问题后是否致歉或安抚，请听一下（{where}）"
        yield Signal("ownership.not_comforted", doubtful=True, findings=tuple(said), note=note)
    else:
        yield Signal("ownership.not_comforted", note=f"客户反映问题后没有致歉或安抚（{where}）")
