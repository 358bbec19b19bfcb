"""Nouns as flat rows for tables: one level, one value a column."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from math import isfinite
from typing import Any, TypeAlias

from pipeline.agents.estimate import Estimate, Rate
from pipeline.agents.report import AgentReport
from pipeline.reports.contract import Json, Object, turn_object
from pipeline.schema import Affinity, Completeness, CriterionScore, DimensionScore, Polarity, Scorecard, Status

Cell: TypeAlias = str | int | float | bool | None
Row: TypeAlias = Mapping[str, Cell]


def call_row(card: Scorecard) -> Row:
    """One call: scores with intervals, completeness, counts, figures, versions."""
    recording = card.recording
    row: dict[str, Cell] = {
        "recording_id": recording.id,
        "path": recording.path,
        "agent_id": recording.agent_id,
        "started_at": _date(recording.started_at),
        "duration_s": recording.duration_s,
        "roles_method": card.transcript.roles.method,
        "roles_confidence": card.transcript.roles.confidence,
        "roles_withheld": card.transcript.roles.withheld,
    }
    row |= _scores("affinity", card.affinity) | {"band": card.affinity.band, "red_line": card.affinity.red_line}
    for dimension in card.dimensions:
        row |= _scores(dimension.dimension, dimension)
    for criterion in card.criteria:
        row |= _scores(criterion.criterion, criterion) | {f"{criterion.criterion}.abstained": criterion.abstained}
    row |= _completeness("opening", card.opening) | _completeness("closing", card.closing)
    row |= {"scenario": card.scenario.name, "scenario_probability": card.scenario.probability}
    row |= _counts(card) | {f"measures.{name}": value for name, value in card.measures.items()}
    return row | _versions(card)


def turn_rows(card: Scorecard) -> Iterator[Row]:
    """One row a turn, with the call it belongs to."""
    for turn in card.transcript.turns:
        yield {"recording_id": card.recording.id, "agent_id": card.recording.agent_id, **turn_object(turn)}


def agent_object(report: AgentReport) -> Object:
    """Turn a whole agent report into an object ready for JSON."""
    return {name: _plain(value) for name, value in asdict(report).items()}


def agent_row(report: AgentReport) -> Row:
    """One agent: levels with intervals, rates, and what is most often wrong."""
    row: dict[str, Cell] = {
        "agent_id": report.agent_id,
        "calls": report.calls,
        "first_at": _date(report.first_at),
        "last_at": _date(report.last_at),
    }
    for estimate in (report.affinity, *report.dimensions, *report.criteria):
        row |= _estimate(estimate)
    row |= _rate("opening_complete", report.opening) | _rate("closing_complete", report.closing)
    row |= {"forbidden": "; ".join(f"{count.label}:{count.calls}" for count in report.forbidden)}
    row |= {"missing": "; ".join(f"{element.element}:{element.missing}/{element.of}" for element in report.missing)}
    return row | {"red_lines": sum(report.red_lines.values())}


def _date(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _plain(value: Any) -> Json:  # noqa: ANN401 - whatever a report holds
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, float):
        return round(value, 4) if isfinite(value) else None
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    plain: Json = value
    return plain


def _scores(name: str, score: Affinity | DimensionScore | CriterionScore) -> dict[str, Cell]:
    return {name: score.score, f"{name}.low": score.low, f"{name}.high": score.high}


def _completeness(name: str, part: Completeness) -> dict[str, Cell]:
    row: dict[str, Cell] = {f"{name}.complete": None if part.abstained else part.complete}
    return row | {f"{name}.{element}": present for element, present in part.elements.items()}


def _counts(card: Scorecard) -> dict[str, Cell]:
    certain = [finding.polarity for finding in card.findings if finding.status is Status.CERTAIN]
    return {
        "standard_findings": certain.count(Polarity.STANDARD),
        "forbidden_findings": certain.count(Polarity.FORBIDDEN),
        "doubtful_findings": len(card.findings) - len(certain),
    }


def _versions(card: Scorecard) -> dict[str, Cell]:
    versions = card.versions
    return {
        "code_version": versions.code,
        "lexicon_version": versions.lexicon,
        "rubric_version": versions.rubric,
        "calibration_version": versions.calibration,
        "engine": versions.engine.name,
        "model": versions.engine.model,
    }


def _estimate(estimate: Estimate) -> dict[str, Cell]:
    return {
        estimate.name: estimate.level,
        f"{estimate.name}.low": estimate.low,
        f"{estimate.name}.high": estimate.high,
        f"{estimate.name}.mean": estimate.mean,
        f"{estimate.name}.calls": estimate.calls,
        f"{estimate.name}.abstained": estimate.abstained,
    }


def _rate(name: str, rate: Rate) -> dict[str, Cell]:
    return {name: rate.ratio, f"{name}.low": rate.low, f"{name}.high": rate.high, f"{name}.of": rate.of}
