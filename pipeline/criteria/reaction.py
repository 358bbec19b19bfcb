"""How the customer takes what he is told: objections, praise, and whether the call ends with his matter settled."""

from pipeline.criteria.context import CallContext
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import each_turn, one_if, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.measures.words import spoken_length
from pipeline.schema import Role, Turn

END_TURNS = 2
"""An objection in the customer's last two turns is how he leaves the call."""
CONSENT_TURNS = 3
"""Consent may come a turn earlier: what follows is often a goodbye or a sound."""
MIN_TURNS = 4
"""A customer who speaks less often has hardly been answered, and what he says last is what he came for."""
SAYING_CHARS = 5
"""Last words shorter than this are more likely a goodbye misheard than a matter left open."""
UNHEARD_CERTAINTY = 0.7
"""Without an objection it is only consent that was not heard, and the recogniser may have missed it."""


def displeased(context: CallContext) -> tuple[Signal, ...]:
    """How many of the customer's turns object to how he is answered."""
    return each_turn(context.showing(Cue.DISCONTENT), "customer.displeased", "客户对答复不满")


def pleased(context: CallContext) -> tuple[Signal, ...]:
    """A signal when the customer praises or thanks warmly."""
    turns = context.showing(Cue.CONTENT)
    return one_if(turns, "customer.pleased", f"客户表示满意（{sentence_numbers(turns)}）")


def unsettled(context: CallContext) -> tuple[Signal, ...]:
    """A signal when the customer's last words object, or show no consent; none where the end was not recorded."""
    customer = context.turns_of(Role.CUSTOMER)
    if len(customer) < MIN_TURNS or context.closing.abstained:
        return ()
    objecting = [turn for turn in customer[-END_TURNS:] if _objects(context, turn)]
    if objecting:
        note = f"通话结束时客户仍然不满（{sentence_numbers(objecting)}）"
        return (Signal("customer.unsettled", note=note),)
    short = spoken_length(customer[-1].text) < SAYING_CHARS
    if short or any(_shows(context, turn, Cue.ACCEPTED, Cue.CONTENT) for turn in customer[-CONSENT_TURNS:]):
        return ()
    note = f"通话结束时客户没有表示认可，问题没有着落（{sentence_numbers(customer[-1:])}）"
    return (Signal("customer.unsettled", certainty=UNHEARD_CERTAINTY, note=note),)


def _objects(context: CallContext, turn: Turn) -> bool:
    return _shows(context, turn, Cue.DISCONTENT, Cue.HOSTILITY) and not _shows(context, turn, Cue.CONTENT)


def _shows(context: CallContext, turn: Turn, *cues: Cue) -> bool:
    return any(context.wordings.cues[cue].shown(turn.text) for cue in cues)
