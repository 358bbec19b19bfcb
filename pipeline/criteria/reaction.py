"""How the customer takes what he is told: objections, praise, and whether the call ends with his matter settled."""

from dataclasses import replace

from pipeline.criteria.context import CallContext
from pipeline.criteria.cues import Cue, objects
from pipeline.criteria.evidence import each_turn, one_if, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.measures.words import spoken_length
from pipeline.schema import Polarity, Role, Turn

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
DID_ALL = (("apology", "empathy"), ("ownership", "time_commit"), ("proactive", "solicit", "retention"))
"""One of each kind: the agent cared, took the matter on and offered a way."""


def displeased(context: CallContext) -> tuple[Signal, ...]:
    """How many of the customer's turns object to how he is answered; before the first answer he tells what he came for."""
    turns = [turn for turn in context.showing(Cue.DISCONTENT) if turn.index > _first_answer(context)]
    return _if_caused(context, each_turn(turns, "customer.displeased", "客户对答复不满"))


def pleased(context: CallContext) -> tuple[Signal, ...]:
    """A signal when the customer praises or thanks warmly."""
    turns = context.showing(Cue.CONTENT)
    return one_if(turns, "customer.pleased", f"客户表示满意（{sentence_numbers(turns)}）")


def unsettled(context: CallContext) -> tuple[Signal, ...]:
    """A signal when the customer's last words object, or show no consent; none where the end was not recorded."""
    customer = context.turns_of(Role.CUSTOMER)
    if len(customer) < MIN_TURNS or context.closing.abstained:
        return ()
    objecting = [turn for turn in customer[-END_TURNS:] if objects(turn.text, context.wordings.cues)]
    if objecting:
        note = f"通话结束时客户仍然不满（{sentence_numbers(objecting)}）"
        return _if_caused(context, (Signal("customer.unsettled", note=note),))
    short = spoken_length(customer[-1].text) < SAYING_CHARS
    if short or any(_shows(context, turn, Cue.ACCEPTED, Cue.CONTENT) for turn in customer[-CONSENT_TURNS:]):
        return ()
    note = f"通话结束时客户没有表示认可，问题没有着落（{sentence_numbers(customer[-1:])}）"
    return _if_caused(context, (Signal("customer.unsettled", certainty=UNHEARD_CERTAINTY, note=note),))


def _first_answer(context: CallContext) -> int:
    """Where the agent first speaks after the customer did."""
    asked = next((turn.index for turn in context.turns_of(Role.CUSTOMER)), len(context.transcript.turns))
    answers = (turn.index for turn in context.turns_of(Role.AGENT) if turn.index > asked)
    return next(answers, len(context.transcript.turns))


def _if_caused(context: CallContext, signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """The same, left to the inspector where the agent did all he could: the anger may be meant for the company's rules."""
    blamed = any(finding.polarity is Polarity.FORBIDDEN for finding in context.findings)
    did_all = all(context.labelled(*kind) for kind in DID_ALL)
    return signals if blamed or not did_all else tuple(replace(signal, doubtful=True) for signal in signals)


def _shows(context: CallContext, turn: Turn, *cues: Cue) -> bool:
    return any(context.wordings.cues[cue].shown(turn.text) for cue in cues)
