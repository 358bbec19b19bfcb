"""Opening and closing, element by element, as signals (norm: 合适的应答，合适的结束语)."""

from pipeline.criteria.context import CallContext
from pipeline.criteria.registry import Signal
from pipeline.lexicon.matcher import CLOSING_TURNS, OPENING_TURNS
from pipeline.lexicon.places import COURTESIES
from pipeline.schema import Completeness, Role

ELEMENT_ZH = {
    "greeting": "问候",
    "self_intro": "报工号或姓名",
    "offer_help": "询问需求",
    "further_help": "延伸服务",
    "courtesy": "致谢、祝福或邀评",
    "goodbye": "再见",
}


def opened(context: CallContext) -> tuple[Signal, ...]:
    """One signal per element that the agent's first turns have, doubtful where only doubtful evidence speaks for it."""
    first = {turn.index for turn in context.turns_of(Role.AGENT)[:OPENING_TURNS]}
    return _elements(context, "opening.element", _opening(context.opening), first)


def closed(context: CallContext) -> tuple[Signal, ...]:
    """The same of the agent's last turns; a single signal where the end was not recorded."""
    if context.closing.abstained:
        return (Signal("closing.unknown", note=context.closing.reason or "结束部分不作判断"),)
    last = {turn.index for turn in context.turns_of(Role.AGENT)[-CLOSING_TURNS:]}
    return _elements(context, "closing.element", _closing(context.closing), last)


def _opening(found: Completeness) -> dict[str, bool | None]:
    named = found.elements["self_intro"] or found.elements.get("operator", False)
    return {name: _known(found, name, found.elements[name]) for name in ("greeting", "offer_help")} | {
        "self_intro": _known(found, "self_intro", named)
    }


def _closing(found: Completeness) -> dict[str, bool | None]:
    courtesy = any(found.elements[name] for name in COURTESIES)
    asked = any(name in found.doubtful for name in COURTESIES)
    return {name: _known(found, name, found.elements[name]) for name in ("further_help", "goodbye")} | {
        "courtesy": courtesy or (None if asked else False)
    }


def _known(found: Completeness, name: str, present: bool) -> bool | None:
    """Present, absent, or None when only doubtful evidence speaks for it."""
    return True if present else None if name in found.doubtful else False


def _elements(
    context: CallContext, signal: str, elements: dict[str, bool | None], turns: set[int]
) -> tuple[Signal, ...]:
    signals = []
    for name, present in elements.items():
        labels = COURTESIES if name == "courtesy" else (name,)
        evidence = tuple(
            i
            for i, finding in enumerate(context.findings)
            if finding.label in labels and finding.evidence.turn in turns
        )
        if present is not False:
            signals.append(Signal(signal, doubtful=present is None, findings=evidence, note=ELEMENT_ZH[name]))
    return tuple(signals)
