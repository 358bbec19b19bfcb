"""Appeals in the store: raised once a finding, decided once, by somebody who had not upheld the finding."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.errors import RefusedError, StaleError
from pipeline.people import Appeal, AppealState, Decision, Verdict
from pipeline.store.desk_tables import ACKNOWLEDGEMENTS, APPEALS, VERDICTS
from pipeline.store.desk_verdicts import add_verdict, one_at_a_time, standing_on
from pipeline.store.documents import storable


def selected(
    state: AppealState | None = None, agent: str | None = None, recording_id: str | None = None
) -> Select[Any]:
    """Select appeals, oldest first."""
    query = select(APPEALS).order_by(APPEALS.c.id)
    if recording_id is not None:
        query = query.where(APPEALS.c.recording_id == recording_id)
    if state is not None:
        query = query.where(APPEALS.c.state == state.value)
    return query if agent is None else query.where(APPEALS.c.agent == agent)


def decided_last(agent: str | None, limit: int) -> Select[Any]:
    """Select the appeals that were decided last, newest first."""
    query = selected(agent=agent).where(APPEALS.c.state != AppealState.OPEN.value)
    return query.order_by(None).order_by(APPEALS.c.decided_at.desc(), APPEALS.c.id.desc()).limit(limit)


def find(connection: Connection, appeal_id: int) -> Appeal | None:
    """The appeal of this number."""
    row = connection.execute(select(APPEALS).where(APPEALS.c.id == appeal_id)).mappings().first()
    return read_appeal(row) if row else None


def read_appeal(row: RowMapping) -> Appeal:
    """A row of ``appeals`` as noun."""
    decided_at = row["decided_at"]
    given = dict(row) | {
        "state": AppealState(row["state"]),
        "at": datetime.fromisoformat(row["at"]),
        "decided_at": datetime.fromisoformat(decided_at) if decided_at else None,
    }
    return Appeal(**given)


def raise_appeal(connection: Connection, appeal: Appeal) -> Appeal:
    """Keep a new appeal; its number is given here.

    Raises
    ------
    StaleError
        The finding was appealed already.
    RefusedError
        The finding does not stand: an inspector rejected it.
    """
    key = appeal.recording_id, appeal.finding
    one_at_a_time(connection, appeal.recording_id)
    standing = standing_on(connection, *key)
    if standing and standing.verdict.decision is Decision.REJECTED:
        raise RefusedError(f"finding {appeal.finding!r} was rejected already: there is nothing to appeal")
    try:
        made = connection.execute(insert(APPEALS).returning(APPEALS.c.id), _row(appeal)).scalar_one()
    except IntegrityError as error:
        raise StaleError(f"finding {appeal.finding!r} was appealed already: see its appeal") from error
    return replace(appeal, id=made)


def close_appeal(connection: Connection, appeal_id: int, verdict: Verdict) -> Appeal:
    """Decide an appeal for good: a verdict that rejects the finding accepts it, any other declines it.

    Raises
    ------
    StaleError
        Somebody decided it meanwhile.
    RefusedError
        The inspector upheld the finding before, or there is no such appeal.
    """
    one_at_a_time(connection, verdict.recording_id)
    appeal = find(connection, appeal_id)
    if appeal is None:
        raise RefusedError(f"there is no appeal {appeal_id}")
    if appeal.state is not AppealState.OPEN:
        raise StaleError(f"appeal {appeal_id} was decided meanwhile: its decision is final", appeal)
    if verdict.inspector in upheld_by(connection, appeal):
        raise RefusedError(f"{verdict.inspector} upheld this finding: another inspector must decide appeal {appeal_id}")
    accepted = verdict.decision is Decision.REJECTED
    closed = replace(
        appeal,
        state=AppealState.ACCEPTED if accepted else AppealState.DECLINED,
        decided_by=verdict.inspector,
        decision_reason=storable(verdict.reason),
        decided_at=verdict.at,
    )
    connection.execute(update(APPEALS).where(APPEALS.c.id == appeal_id).values(_row(closed)))
    standing = standing_on(connection, appeal.recording_id, appeal.finding)
    add_verdict(connection, verdict, standing.version + 1 if standing else 1)
    return closed


def upheld_by(connection: Connection, appeal: Appeal) -> frozenset[str]:
    """Who ever confirmed, corrected or added the finding, and so may not decide its appeal."""
    query = select(VERDICTS.c.inspector).where(
        VERDICTS.c.recording_id == appeal.recording_id,
        VERDICTS.c.finding == appeal.finding,
        VERDICTS.c.decision != Decision.REJECTED.value,
    )
    return frozenset(connection.scalars(query))


def acknowledge(connection: Connection, recording_id: str, finding: str, agent: str, at: datetime) -> None:
    """Remember that an agent took note of a finding; a second time changes nothing."""
    row = {"recording_id": recording_id, "finding": finding, "agent": agent, "at": at.isoformat()}
    if finding not in acknowledged(connection, recording_id):
        connection.execute(insert(ACKNOWLEDGEMENTS), row)


def acknowledged(connection: Connection, recording_id: str) -> frozenset[str]:
    """The findings of a call that its agent took note of."""
    query = select(ACKNOWLEDGEMENTS.c.finding).where(ACKNOWLEDGEMENTS.c.recording_id == recording_id)
    return frozenset(connection.scalars(query))


def _row(appeal: Appeal) -> dict[str, Any]:
    """A row of ``appeals`` but for its number, which the database gives."""
    row = asdict(appeal) | {
        "state": appeal.state.value,
        "reason": storable(appeal.reason),
        "at": appeal.at.isoformat(),
        "decided_at": appeal.decided_at.isoformat() if appeal.decided_at else None,
    }
    del row["id"]
    return row
