"""Nouns as rows of the tables."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from pipeline.schema import Acoustics, Affinity, Failure, Finding, Recording, Scorecard, Status
from pipeline.store.documents import dump, dump_judgement, storable

Row: TypeAlias = Mapping[str, str | int | float | None]


def recording_row(recording: Recording) -> Row:
    """One row of ``recordings``."""
    return {
        "id": recording.id,
        "path": recording.path,
        "document": dump(recording),
        "customer_id": recording.customer_id,
    }


def transcript_row(card: Scorecard, acoustics: Acoustics) -> Row:
    """One row of ``transcripts``: all that rescoring needs."""
    return {"recording_id": card.recording.id, "transcript": dump(card.transcript), "acoustics": dump(acoustics)}


def scorecard_row(card: Scorecard) -> Row:
    """One row of ``scorecards``."""
    recording = card.recording
    dimensions = {score.dimension: score.score for score in card.dimensions}
    return {
        "recording_id": recording.id,
        "agent_id": recording.agent_id,
        "started_at": recording.started_at.isoformat() if recording.started_at else "",
        "politeness": dimensions.get("politeness"),
        "patience": dimensions.get("patience"),
        "communication": dimensions.get("communication"),
        "affinity": card.affinity.score,
        "band": card.affinity.band,
        "red_line": card.affinity.red_line,
        "engine": card.versions.engine.name,
        "model": card.versions.engine.model,
        "document": dump_judgement(card),
        "low": card.affinity.low,
        "high": card.affinity.high,
        "doubt": doubt(card.affinity),
        "doubtful_findings": sum(finding.status is Status.DOUBTFUL for finding in card.findings),
        "scenario": card.scenario.name,
        "duration_s": recording.duration_s,
        "scored_at": datetime.now(UTC).isoformat(),
    }


def doubt(affinity: Affinity) -> float:
    """Width of the total's interval in points; the whole scale where there is no total."""
    return 100.0 if affinity.low is None or affinity.high is None else affinity.high - affinity.low


def finding_rows(card: Scorecard) -> list[Row]:
    """The rows of ``findings`` of a scorecard."""
    return [finding_row(card.recording.id, i, finding) for i, finding in enumerate(card.findings)]


def finding_row(recording_id: str, position: int, finding: Finding) -> Row:
    """One row of ``findings``; the words themselves stay in the document."""
    return {
        "recording_id": recording_id,
        "position": position,
        "label": finding.label,
        "polarity": finding.polarity.value,
        "criterion": finding.criterion,
        "rule": finding.rule,
        "status": finding.status.value,
        "certainty": finding.evidence.certainty,
        "turn": finding.evidence.turn,
        "start_s": finding.evidence.span.start_s,
    }


def failure_row(failure: Failure) -> Row:
    """One row of ``failures``."""
    return {
        "recording_id": failure.recording_id,
        "path": storable(failure.path),
        "stage": failure.stage,
        "error": storable(failure.error),
        "agent_id": storable(failure.agent_id),
    }
