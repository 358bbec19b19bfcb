"""How the customer takes what he is told: objections, praise, and whether the call ends with his matter settled."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.criteria.context import CallContext, once_a_call
from pipeline.criteria.cues import Cue, objection
from pipeline.criteria.evidence import graded, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.measures.words import spoken_length
from pipeline.schema import Polarity, Role, Status, Turn

CONSENTING = (Cue.ACCEPTED, Cue.CONTENT)
LEAST = 0.2
"""A reaction less clear than this is not mentioned, and does not count."""
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
KINDNESS = (("apology", "empathy"), ("ownership", "time_commit"), ("proactive", "solicit", "retention"))
"""The agent cared, took the matter on, offered a way."""
KIND_ENOUGH = 2
"""Of these kinds so many excuse him from an abusive customer's anger."""


@once_a_call
def displeased(context: CallContext) -> tuple[Signal, ...]:
    """How far the customer objects to how he is answered, or tells that he has said it already.

    Before the first answer he tells what he came for.
    """
    first, told = _first_answer(context), context.wordings.cues[Cue.TOLD]
    answered = [turn for turn in context.turns_of(Role.CUSTOMER) if turn.index > first]
    objecting = _clear(
        (turn, max(objection(turn.text, context.wordings.cues), told.degree(turn.text))) for turn in answered
    )
    note = f"客户对答复不满（{_places(objecting)}）"
    return _if_caused(context, graded(sum(degree for _, degree in objecting), "customer.displeased", note))


@once_a_call
def pleased(context: CallContext) -> tuple[Signal, ...]:
    """How warmly the customer praises or thanks."""
    content = context.wordings.cues[Cue.CONTENT]
    praising = _clear((turn, content.degree(turn.text)) for turn in context.turns_of(Role.CUSTOMER))
    note = f"客户表示满意（{_places(praising)}）"
    return graded(max((degree for _, degree in praising), default=0.0), "customer.pleased", note)


@once_a_call
def unsettled(context: CallContext) -> tuple[Signal, ...]:
    """How clearly the customer's last words object, or how little consent they show; none where the end was not recorded."""
    customer = context.turns_of(Role.CUSTOMER)
    if len(customer) < MIN_TURNS or context.closing.abstained:
        return ()
    objecting = _clear((turn, objection(turn.text, context.wordings.cues)) for turn in customer[-END_TURNS:])
    worst, unheard = max((degree for _, degree in objecting), default=0.0), _consent_unheard(context, customer)
    if max(worst, unheard) < LEAST:
        return ()
    if worst >= unheard:
        signal = Signal("customer.unsettled", worst, note=f"通话结束时客户仍然不满（{_places(objecting)}）")
    else:
        note = f"通话结束时客户没有表示认可，问题没有着落（{sentence_numbers(customer[-1:])}）"
        signal = Signal("customer.unsettled", unheard, UNHEARD_CERTAINTY, note=note)
    return _if_caused(context, (signal,))


def _clear(degrees: Iterable[tuple[Turn, float]]) -> list[tuple[Turn, float]]:
    """Turns with how clearly they show something, those that hardly show it left out."""
    return [(turn, degree) for turn, degree in degrees if degree >= LEAST]


def _places(shown: Iterable[tuple[Turn, float]]) -> str:
    return sentence_numbers(turn for turn, _ in shown)


def _consent_unheard(context: CallContext, customer: Sequence[Turn]) -> float:
    """How much speaks for it that the customer did not consent at the end."""
    if spoken_length(customer[-1].text) < SAYING_CHARS:
        return 0.0
    cues = [context.wordings.cues[cue] for cue in CONSENTING]
    consent = max(cue.degree(turn.text) for turn in customer[-CONSENT_TURNS:] for cue in cues)
    return UNHEARD_WEIGHT * (1 - consent)


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
    at_fault = any(
        finding.polarity is Polarity.FORBIDDEN and finding.status is Status.CERTAIN for finding in context.findings
    )
    did = sum(bool(context.labelled(*kind)) for kind in KINDNESS)
    excused = not at_fault and did >= KIND_ENOUGH and context.showing(Cue.HOSTILITY)
    return tuple(replace(signal, doubtful=True) for signal in signals) if excused else signals
