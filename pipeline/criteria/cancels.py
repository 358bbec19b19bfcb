"""拆机、停用一类的请求: reason asked, explained, then an offer made, in this order (norm: 责任承担)."""

from pipeline.criteria.context import CallContext
from pipeline.criteria.cues import Cue
from pipeline.criteria.evidence import one_if, sentence_numbers
from pipeline.criteria.registry import Signal
from pipeline.schema import Role, Turn


def retention(context: CallContext) -> tuple[Signal, ...]:
    """Whether the reason was asked or an offer made, in which order, and whether the customer heard what follows."""
    requests = context.showing(Cue.CANCEL)
    if not requests or context.scenario.name not in {"cancel", None}:
        return ()
    found = tuple(i for i in context.labelled("retention") if _after(context, i, requests[0]))
    reason, offer, explained = (
        _first(context, cue, requests[0]) for cue in (Cue.ASKED_REASON, Cue.RETAINED, Cue.EXPLAINED_CANCEL)
    )
    kept = bool(found or reason)
    return (
        *one_if(kept, "cancel.reason_asked", "客户要求取消时询问了原因或提出挽留", findings=found),
        *one_if(not kept, "cancel.not_asked", "客户要求取消时没有询问原因，也没有挽留"),
        *_order(reason, offer),
        *one_if(explained, "cancel.explained", f"说明了取消的影响（{_where(explained)}）"),
    )


def _order(reason: Turn | None, offer: Turn | None) -> tuple[Signal, ...]:
    early = offer if offer and reason and offer.index < reason.index else None
    return one_if(early, "cancel.offer_first", f"没有先问原因就挽留（{_where(early)}）")


def _first(context: CallContext, cue: Cue, request: Turn) -> Turn | None:
    turns = context.showing(cue, by=Role.AGENT)
    return next((turn for turn in turns if turn.index > request.index), None)


def _after(context: CallContext, index: int, request: Turn) -> bool:
    return context.findings[index].evidence.turn > request.index


def _where(turn: Turn | None) -> str:
    return sentence_numbers([turn]) if turn else ""
