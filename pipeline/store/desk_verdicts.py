"""Verdicts and scores by hand in the store: every change is a row of its own, the newest one stands."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, RowMapping, Select, func, insert, select, text

from pipeline.errors import RefusedError, StaleError
from pipeline.people import Decision, Verdict
from pipeline.schema import Evidence, Inspection
from pipeline.store.desk_tables import APPEALS, SCORE_HISTORY, VERDICTS
from pipeline.store.documents import storable
from pipeline.store.inspected import put_inspections

_EVIDENCE = TypeAdapter(Evidence)
_CONTENT = tuple(column for column in VERDICTS.c if column.name != "version")


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict with its number on its finding, counted from 1; the highest one stands."""

    verdict: Verdict
    version: int


@dataclass(frozen=True, slots=True)
class HandScore:
    """A score by hand with its number, counted from 1; the highest one stands."""

    inspection: Inspection
    version: int
    at: datetime


def standing_verdicts(recording_id: str | None = None) -> Select[Any]:
    """Select the verdicts that stand, of one call or of all."""
    newest = select(VERDICTS.c.recording_id, VERDICTS.c.finding, func.max(VERDICTS.c.version).label("version"))
    if recording_id is not None:
        newest = newest.where(VERDICTS.c.recording_id == recording_id)
    last = newest.group_by(VERDICTS.c.recording_id, VERDICTS.c.finding).subquery()
    same = [VERDICTS.c[name] == last.c[name] for name in ("recording_id", "finding", "version")]
    return (
        select(VERDICTS).join(last, same[0] & same[1] & same[2]).order_by(VERDICTS.c.recording_id, VERDICTS.c.finding)
    )


def verdict_history(recording_id: str) -> Select[Any]:
    """Select all verdicts of a call, oldest first."""
    query = select(VERDICTS).where(VERDICTS.c.recording_id == recording_id)
    return query.order_by(VERDICTS.c.at, VERDICTS.c.finding, VERDICTS.c.version)


def read_standing(row: RowMapping) -> Standing:
    """A row of ``verdicts`` as noun."""
    given = {column.name: row[column.name] for column in _CONTENT}
    evidence = given["evidence"]
    given |= {
        "decision": Decision(given["decision"]),
        "at": datetime.fromisoformat(given["at"]),
        "evidence": _EVIDENCE.validate_json(evidence) if evidence else None,
    }
    return Standing(Verdict(**given), row["version"])


def standing_on(connection: Connection, recording_id: str, finding: str) -> Standing | None:
    """What stands on one finding."""
    query = select(VERDICTS).where(VERDICTS.c.recording_id == recording_id, VERDICTS.c.finding == finding)
    row = connection.execute(query.order_by(VERDICTS.c.version.desc()).limit(1)).mappings().first()
    return read_standing(row) if row else None


def add_verdict(connection: Connection, verdict: Verdict, version: int) -> Standing:
    """Add a row; within one transaction with whatever made sure that the version is the next."""
    row = asdict(verdict) | {
        "version": version,
        "decision": verdict.decision.value,
        "reason": storable(verdict.reason),
        "at": verdict.at.isoformat(),
        "evidence": _EVIDENCE.dump_json(verdict.evidence).decode() if verdict.evidence else None,
    }
    connection.execute(insert(VERDICTS), row)
    return Standing(verdict, version)


def decide(connection: Connection, verdict: Verdict, expected_version: int) -> Standing:
    """Add a verdict after the one that the inspector saw.

    Raises
    ------
    StaleError
        Somebody decided meanwhile.
    RefusedError
        The finding is under appeal, or an appeal closed it.
    """
    key = verdict.recording_id, verdict.finding
    one_at_a_time(connection, verdict.recording_id)
    _refuse_appealed(connection, *key)
    standing = standing_on(connection, *key)
    if (standing.version if standing else 0) != expected_version:
        raise StaleError(f"finding {verdict.finding!r} was decided meanwhile: look at it, then decide again")
    return add_verdict(connection, verdict, expected_version + 1)


def one_at_a_time(connection: Connection, recording_id: str) -> None:
    """Let nobody else decide anything about this call until the transaction ends; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": recording_id})


def _refuse_appealed(connection: Connection, recording_id: str, finding: str) -> None:
    query = select(APPEALS.c.state).where(APPEALS.c.recording_id == recording_id, APPEALS.c.finding == finding)
    if (state := connection.scalar(query)) is not None:
        remedy = "decide the appeal instead" if state == "open" else "the appeal's decision is final"
        raise RefusedError(f"finding {finding!r} was appealed: {remedy}")


def score_history(recording_id: str) -> Select[Any]:
    """Select all scores by hand of a call, oldest first."""
    history = SCORE_HISTORY.c
    query = select(SCORE_HISTORY).where(history.recording_id == recording_id)
    return query.order_by(history.criterion, history.inspector, history.version)


def read_hand_score(row: RowMapping) -> HandScore:
    """A row of ``score_history`` as noun."""
    inspection = Inspection(row["recording_id"], row["inspector"], row["criterion"], row["score"])
    return HandScore(inspection, row["version"], datetime.fromisoformat(row["at"]))


def put_score(connection: Connection, inspection: Inspection, expected_version: int) -> HandScore:
    """Keep a score after the one that its inspector saw.

    Raises
    ------
    StaleError
        The same inspector scored it meanwhile, in another window or by a sheet.
    """
    one_at_a_time(connection, inspection.recording_id)
    history = SCORE_HISTORY.c
    query = select(func.max(history.version)).where(
        history.recording_id == inspection.recording_id,
        history.inspector == inspection.inspector,
        history.criterion == inspection.criterion,
    )
    if (connection.scalar(query) or 0) != expected_version:
        raise StaleError(f"{inspection.criterion} was scored meanwhile: look at it, then score again")
    put_inspections(connection, [inspection])
    return HandScore(inspection, connection.scalar(query) or 0, datetime.now(UTC))
