"""How the customer takes what he is told: objections, praise, and whether the call ends with his matter settled."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.cues import OBJECTIONS, Cue, objection
from pipeline.criteria.evidence import LEAST, clear, graded, places, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.measures.words import spoken_length
from pipeline.schema import Role, Turn

UNSETTLED = (*OBJECTIONS, Cue.LOST)
"""What shows at the end that his matter is not settled: whoever has not understood is not helped."""
CONSENTING = (Cue.ACCEPTED, Cue.CONTENT)
END_TURNS = 2
"""An objection in the customer's last two turns is how he leaves the call."""
CONSENT_TURNS = 3
"""Consent may come a turn earlier: what follows is often a goodbye or a sound."""
MIN_TURNS = 4
"""A customer who speaks less often has hardly been answered, and what he says last is what he came for."""
SAYING_CHARS = 5
"""Last words shorter than this are more likely a goodbye misheard than a matter left open."""
UNHEARD_WEIGHT, UNHEARD_CERTAINTY = 0.6, 0.7
"""Without an objection it is only consent that was not heard: it counts less, and the recogniser may have missed it. On dialogues of four
hands 0.3 to 0.75 meet the raters equally well."""
NOTHING_MORE = 0.8
"""Consent that lies in a customer's answer to the offer of further help, where he does not object: he has what he came for."""
SOOTHED = 0.8
"""Share of the displeasure in the call that a customer takes back who leaves consenting: the agent has turned it."""
KINDNESS = (("apology", "empathy"), ("ownership", "time_commit"), ("proactive", "solicit", "retention"))
"""The agent cared, took the matter on, offered a way."""
KIND_ENOUGH = 2
"""Of these kinds so many excuse him from an abusive customer's anger."""


@dataclass(frozen=True, slots=True)
class _Leaving:
    """How the customer leaves the call.

    Parameters
    ----------
    objecting
        His last turns in which he objects or has not understood, with how clearly.
    consent
        How clearly he takes what he was told, 0 to 1.
    """

    objecting: tuple[tuple[Turn, float], ...]
    consent: float

    @property
    def objection(self) -> float:
        """How clearly he objects at most."""
        return max((degree for _, degree in self.objecting), default=0.0)


@once_a_call
def displeased(context: CallContext) -> tuple[Signal, ...]:
    """How far the customer objects to how he is answered, or tells that he has said it already.

    Before the first answer he tells what he came for. What he takes back at the end counts little.
    """
    cues, lasting = context.wordings.cues, _lasting(context)
    objecting = clear(
        (turn, lasting * max(objection(turn.text, cues), cues[Cue.TOLD].degree(turn.text)))
        for turn in _answered(context)
    )
    note = f"客户对答复不满（{places(objecting)}）"
    return _if_caused(context, graded(sum(degree for _, degree in objecting), "customer.displeased", note))


@once_a_call
def offended(context: CallContext) -> tuple[Signal, ...]:
    """How far the customer protests against the way he is spoken to: what hurts him needs no rude word.

    As with other objections, what he takes back at the end counts little.
    """
    sign = context.wordings.cues[Cue.OFFENDED]
    protesting = [turn for turn in _answered(context) if sign.shown(turn.text)]
    note = f"客户抗议坐席的说话方式（{places((turn, 1.0) for turn in protesting)}）"
    return _if_caused(context, graded(_lasting(context) * len(protesting), "customer.offended", note))


@once_a_call
def pleased(context: CallContext) -> tuple[Signal, ...]:
    """How warmly the customer praises or thanks for what he was told: before the first answer there is nothing to praise, and who flirts does not."""
    flirting = context.showing(Cue.HARASSED)
    customer = [turn for turn in _answered(context) if turn not in flirting]
    content = context.wordings.cues[Cue.CONTENT]
    note = f"客户表示满意（{places(clear((turn, content.degree(turn.text)) for turn in customer))}）"
    degree = _praise(context, customer)
    return graded(degree if degree >= LEAST else 0.0, "customer.pleased", note)


@once_a_call
def unsettled(context: CallContext) -> tuple[Signal, ...]:
    """How clearly the customer leaves objecting or without having understood, or how little he consents.

    Nothing is said where the end was not recorded.
    """
    customer = context.turns_of(Role.CUSTOMER)
    if len(customer) < MIN_TURNS or context.closing.abstained:
        return ()
    leaving = _leaving(context)
    says_more = spoken_length(customer[-1].text) >= SAYING_CHARS
    unheard = UNHEARD_WEIGHT * (1 - leaving.consent) if says_more else 0.0
    if max(leaving.objection, unheard) < LEAST:
        return ()
    if leaving.objection >= unheard:
        note = f"通话结束时客户仍然不满或没有听懂（{places(leaving.objecting)}）"
        signal = Signal("customer.unsettled", leaving.objection, note=note)
    else:
        note = f"通话结束时客户没有表示认可，问题没有着落（{sentence_numbers(customer[-1:])}）"
        signal = Signal("customer.unsettled", unheard, UNHEARD_CERTAINTY, note=note)
    return _if_caused(context, (signal,))


@once_a_call
def _leaving(context: CallContext) -> _Leaving:
    customer, cues = context.turns_of(Role.CUSTOMER), context.wordings.cues
    last = customer[-END_TURNS:]
    objecting = clear(
        (turn, objection(turn.text, cues, shown_by=UNSETTLED) * (1 - _praise(context, last[i + 1 :])))
        for i, turn in enumerate(last)
    )
    consent = (cues[cue].degree(turn.text) for turn in customer[-CONSENT_TURNS:] for cue in CONSENTING)
    nothing_more = NOTHING_MORE if _answered_further_help(context, customer) else 0.0
    return _Leaving(tuple(objecting), max((*consent, nothing_more)))


def _answered(context: CallContext) -> Sequence[Turn]:
    """The customer's turns after the agent's first answer."""
    first = _first_answer(context)
    return [turn for turn in context.turns_of(Role.CUSTOMER) if turn.index > first]


def _lasting(context: CallContext) -> float:
    """How much of the displeasure in the call lasts to its end."""
    leaving = _leaving(context)
    return 1 - SOOTHED * max(0.0, leaving.consent - leaving.objection)


def _praise(context: CallContext, turns: Iterable[Turn]) -> float:
    """How warmly the customer praises or thanks in these turns at most."""
    return max((context.wordings.cues[Cue.CONTENT].degree(turn.text) for turn in turns), default=0.0)


def _answered_further_help(context: CallContext, customer: Sequence[Turn]) -> bool:
    """Whether the customer's last turns follow an offer of further help."""
    offers = [context.findings[i].evidence.turn for i in context.labelled("further_help")]
    return bool(offers) and any(turn.index > min(offers) for turn in customer[-END_TURNS:])


def _first_answer(context: CallContext) -> int:
    """Where the agent first speaks after the customer did."""
    asked = next((turn.index for turn in context.turns_of(Role.CUSTOMER)), len(context.transcript.turns))
    answers = (turn.index for turn in context.turns_of(Role.AGENT) if turn.index > asked)
    return next(answers, len(context.transcript.turns))


def _if_caused(context: CallContext, signals: tuple[Signal, ...]) -> tuple[Signal, ...]:
    """The same, left to the inspector where an abusive customer met a blameless agent who cared or helped.

    Such anger may be meant for the company's rules. Whoever is merely not content has been left without an answer, however
    polite it was.
    """
    at_fault = any(finding.is_fault for finding in context.findings)
    did = sum(bool(context.labelled(*kind)) for kind in KINDNESS)
    excused = not at_fault and did >= KIND_ENOUGH and context.showing(Cue.HOSTILITY)
    return tuple(replace(signal, doubtful=True) for signal in signals) if excused else signals
