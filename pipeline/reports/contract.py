"""A scorecard as the object that the export promises: names and order are kept whatever the nouns become."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TypeAlias

from pipeline.schema import (
    Affinity,
    Completeness,
    CriterionScore,
    DimensionScore,
    Engine,
    Event,
    EventKind,
    Finding,
    Role,
    Scorecard,
    Turn,
    Versions,
)

Json: TypeAlias = "str | int | float | bool | Sequence[Json] | Mapping[str, Json] | None"
Object: TypeAlias = dict[str, Json]

_DIGITS = 4
_SOUNDS = frozenset({EventKind.TYPING, EventKind.MUSIC, EventKind.BUSY_SIGNAL, EventKind.NOISE})


def scorecard_object(card: Scorecard) -> Object:
    """The whole scorecard, ready for JSON; figures are rounded to four digits, and one that is not finite is null."""
    recording, roles = card.recording, card.transcript.roles
    return {
        "recording_id": recording.id,
        "path": recording.path,
        "agent_id": recording.agent_id,
        "started_at": recording.started_at.isoformat() if recording.started_at else None,
        "duration_s": _figure(recording.duration_s),
        "roles": {"method": roles.method, "confidence": _figure(roles.confidence), "withheld": roles.withheld},
        "turns": [turn_object(turn) for turn in card.transcript.turns],
        "findings": [_finding(finding) for finding in card.findings],
        "opening": _completeness(card.opening),
        "closing": _completeness(card.closing) | {"reason": card.closing.reason},
        "scenario": {"name": card.scenario.name, "probability": _figure(card.scenario.probability)},
        "flow": [
            {"step": step.step, "done": step.done, "turn": step.turn, "in_order": step.in_order} for step in card.flow
        ],
        "events": [_event(each) for each in card.events if each.kind not in _SOUNDS and not _customer_cuts_in(each)],
        "measures": _plain(card.measures),
        "criteria": {score.criterion: _criterion(score) for score in card.criteria},
        "dimensions": {score.dimension: _interval(score) for score in card.dimensions},
        "affinity": _interval(card.affinity) | {"band": card.affinity.band, "red_line": card.affinity.red_line},
        "versions": _versions(card.versions),
        "rules_abstained": [{"rule": each.rule, "zh": each.zh, "reason": each.reason} for each in card.abstained_rules],
        "sounds": [_event(each) for each in card.events if each.kind in _SOUNDS],
    }


def turn_object(turn: Turn) -> dict[str, str | int | float | None]:
    """One turn."""
    return {
        "index": turn.index,
        "role": turn.role.value,
        "start_s": _figure(turn.span.start_s),
        "end_s": _figure(turn.span.end_s),
        "text": turn.text,
        "recognised": turn.recognised,
        "confidence": _figure(turn.confidence),
    }


def _figure(value: float | None) -> float | None:
    return round(value, _DIGITS) if value is not None and isfinite(value) else None


def _plain(values: Mapping[str, str | int | float | bool | None] | Mapping[str, float | None]) -> Object:
    return {name: _figure(value) if isinstance(value, float) else value for name, value in values.items()}


def _finding(finding: Finding) -> Object:
    evidence = finding.evidence
    return {
        "label": finding.label,
        "polarity": finding.polarity.value,
        "criterion": finding.criterion,
        "rule": finding.rule,
        "phrase": finding.phrase,
        "turn": evidence.turn,
        "quote": evidence.quote,
        "char_start": evidence.char_start,
        "char_end": evidence.char_end,
        "start_s": _figure(evidence.span.start_s),
        "end_s": _figure(evidence.span.end_s),
        "certainty": _figure(evidence.certainty),
        "status": finding.status.value,
    }


def _completeness(part: Completeness) -> Object:
    return {"complete": part.complete, "elements": dict(part.elements), "abstained": part.abstained}


def _customer_cuts_in(event: Event) -> bool:
    """The norm's interruption is the agent's; how often the customer cut in is among the measures."""
    return event.kind is EventKind.INTERRUPTION and event.by is Role.CUSTOMER


def _event(event: Event) -> Object:
    return {
        "kind": event.kind.value,
        "by": event.by.value,
        "start_s": _figure(event.span.start_s),
        "end_s": _figure(event.span.end_s),
        "detail": _plain(event.detail),
    }


def _interval(score: DimensionScore | Affinity | CriterionScore) -> Object:
    return {"score": _figure(score.score), "low": _figure(score.low), "high": _figure(score.high)}


def _criterion(score: CriterionScore) -> Object:
    return _interval(score) | {"abstained": score.abstained, "reason": score.reason, "findings": list(score.findings)}


def _versions(versions: Versions) -> Object:
    return {
        "code": versions.code,
        "lexicon": versions.lexicon,
        "rubric": versions.rubric,
        "calibration": versions.calibration,
        "engine": _engine(versions.engine),
    }


def _engine(engine: Engine) -> Object:
    return {"name": engine.name, "model": engine.model, "options": _plain(engine.options)}
