"""The inspector's queue: light rows of scored calls, worst, most doubtful or newest first, page by page.

    page = store.queue(QueueFilter(order=QueueOrder.WORST, agent_id="8021"))
    page = store.queue(QueueFilter(order=QueueOrder.WORST, agent_id="8021", after=page.after))

A page begins where the one before ended, whatever was scored meanwhile, and costs the same wherever it lies.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from json import dumps, loads
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, exists, or_, select, tuple_

from pipeline.errors import StoreError
from pipeline.store.desk_tables import VERDICTS
from pipeline.store.tables import INSPECTIONS, SAMPLES, SCORECARDS

_S = SCORECARDS.c
_LAST_DAY = date.max - timedelta(days=1)


class QueueOrder(StrEnum):
    """Which calls come first; ``worst`` leaves out those without a total, ``doubtful`` puts them first."""

    WORST = "worst"
    DOUBTFUL = "doubtful"
    NEWEST = "newest"
    AGENT = "agent"


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which calls, in which order, and from where on.

    Parameters
    ----------
    since, until
        Days of the calls, both included; calls without a date are left out when one is given.
    red_line, doubtful
        True: only calls with a red line; only calls with a doubtful finding.
    inspected
        True or False: only calls on which an inspector has given a score or a verdict, or has not yet; None: both.
    sampled_on
        Only calls drawn for people to hear on this day; then the rows tell why.
    sample_reason
        Only calls drawn for this reason; needs ``sampled_on``.
    limit
        Rows a page.
    after
        ``QueuePage.after`` of the page before; None: from the beginning.
    """

    order: QueueOrder = QueueOrder.WORST
    agent_id: str | None = None
    since: date | None = None
    until: date | None = None
    band: str | None = None
    scenario: str | None = None
    red_line: bool = False
    doubtful: bool = False
    inspected: bool | None = None
    sampled_on: date | None = None
    sample_reason: str | None = None
    limit: int = 50
    after: str | None = None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One call as far as a list shows it.

    Parameters
    ----------
    affinity, low, high
        The total and its interval; None where the call could not be judged.
    red_line
        The violation that makes the call fail, where there is one.
    reason
        Why it was drawn (``worst``, ``doubtful``, ``random``); None unless ``sampled_on`` was asked for.
    """

    recording_id: str
    agent_id: str
    started_at: datetime | None
    duration_s: float
    affinity: float | None
    low: float | None
    high: float | None
    band: str
    red_line: str | None
    doubtful_findings: int
    scenario: str | None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in order, and where the next page begins; ``after`` is None on the last page."""

    rows: tuple[QueueRow, ...]
    after: str | None


_KEYS: dict[QueueOrder, tuple[ColumnElement[Any], ...]] = {
    QueueOrder.WORST: (_S.affinity, _S.recording_id),
    QueueOrder.DOUBTFUL: (_S.doubt, _S.recording_id),
    QueueOrder.NEWEST: (_S.started_at, _S.recording_id),
    QueueOrder.AGENT: (_S.agent_id, _S.started_at, _S.recording_id),
}
_DOWNWARDS = {QueueOrder.DOUBTFUL, QueueOrder.NEWEST}
_SHOWN = (
    *(_S.recording_id, _S.agent_id, _S.started_at, _S.duration_s, _S.affinity, _S.low, _S.high),
    *(_S.band, _S.red_line, _S.doubtful_findings, _S.scenario),
)


def read_page(connection: Connection, wanted: QueueFilter) -> QueuePage:
    """Read one page of the queue.

    Raises
    ------
    StoreError
        ``after`` is not what a page of this order gave.
    """
    keys, down = _KEYS[wanted.order], wanted.order in _DOWNWARDS
    query = _selected(wanted).where(*_conditions(wanted), *_beyond(wanted, keys, down=down))
    order = (key.desc() if down else key for key in keys)
    # One more than asked for tells whether there is a next page.
    found = connection.execute(query.order_by(*order).limit(wanted.limit + 1)).mappings().all()
    rows = found[: wanted.limit]
    after = dumps([rows[-1][key] for key in keys]) if len(found) > len(rows) else None
    return QueuePage(tuple(map(_row, rows)), after)


def _selected(wanted: QueueFilter) -> Select[Any]:
    columns = (*_SHOWN, _S.doubt)
    if wanted.sampled_on is None:
        return select(*columns)
    sampled = SCORECARDS.join(SAMPLES, SAMPLES.c.recording_id == _S.recording_id)
    query = (
        select(*columns, SAMPLES.c.reason).select_from(sampled).where(SAMPLES.c.day == wanted.sampled_on.isoformat())
    )
    return query if wanted.sample_reason is None else query.where(SAMPLES.c.reason == wanted.sample_reason)


def _conditions(wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.order is QueueOrder.WORST:
        yield _S.affinity.is_not(None)
    for column, value in ((_S.agent_id, wanted.agent_id), (_S.band, wanted.band), (_S.scenario, wanted.scenario)):
        if value is not None:
            yield column == value
    yield from days(wanted)
    if wanted.red_line:
        yield _S.red_line.is_not(None)
    if wanted.doubtful:
        yield _S.doubtful_findings > 0
    if wanted.inspected is not None:
        yield _heard_by_people(inspected=wanted.inspected)


def _heard_by_people(*, inspected: bool) -> ColumnElement[bool]:
    """Whether somebody scored a call or decided on a finding of it: few did, so those are looked up, the others passed by."""
    ids = [table.c.recording_id for table in (INSPECTIONS, VERDICTS)]
    if inspected:
        return or_(*(_S.recording_id.in_(select(each)) for each in ids))
    return ~or_(*(exists().where(each == _S.recording_id) for each in ids))


def days(wanted: QueueFilter) -> Iterator[ColumnElement[bool]]:
    """Conditions on a scorecard's day."""
    if wanted.since is not None:
        yield _S.started_at >= wanted.since.isoformat()
    if wanted.until is not None:
        yield _S.started_at < (min(wanted.until, _LAST_DAY) + timedelta(days=1)).isoformat()
        yield _S.started_at != ""


def _beyond(wanted: QueueFilter, keys: tuple[ColumnElement[Any], ...], *, down: bool) -> Iterator[ColumnElement[bool]]:
    """Only what comes after the last row of the page before."""
    if wanted.after is None:
        return
    try:
        last = loads(wanted.after)
    except (ValueError, RecursionError):
        last = None
    if not isinstance(last, list) or [type(part) in (str, float, int) for part in last] != [True] * len(keys):
        raise StoreError(f"{wanted.after!r} is no place in the queue: begin with its first page")
    yield tuple_(*keys) < tuple_(*last) if down else tuple_(*keys) > tuple_(*last)


def _row(row: RowMapping) -> QueueRow:
    shown = {column.key: row[column.key] for column in _SHOWN}
    shown["started_at"] = datetime.fromisoformat(row["started_at"]) if row["started_at"] else None
    return QueueRow(**shown, reason=row.get("reason"))
