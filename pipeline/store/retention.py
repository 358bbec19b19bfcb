"""Old calls are forgotten: every row that knows one goes, and how agents scored by month stays, without any words."""

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, Engine, and_, delete, func, insert, or_, select

from pipeline.agents.estimate import Moments
from pipeline.errors import StoreError
from pipeline.store.border import foreign_errors, shown
from pipeline.store.desk_tables import PROPOSALS
from pipeline.store.tables import FAILURES, METADATA, MONTH_SUMS, RECORDINGS, SCORECARDS

_PAGE = 500
# How long to wait for readers of an SQLite store.
_WAIT_MS = 3_000
_RECORDING_ID = re.compile("[0-9a-f]{64}")
_KEY = (MONTH_SUMS.c.agent_id, MONTH_SUMS.c.month, MONTH_SUMS.c.scale)
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Doomed:
    """Which calls to forget: those from before a day, those with a customer, or those of both that fit together.

    Parameters
    ----------
    before
        First day that stays. A call without a date counts from the day it was scored; failures from when they failed.
    customer_id
        As the manifest named the customer. A recording that failed is not known to be anybody's.
    """

    before: date | None = None
    customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class MonthSum:
    """How an agent's forgotten calls of a month scored on one scale.

    Parameters
    ----------
    month
        ``2026-03``; empty for calls without a date.
    scale
        A criterion's id, a dimension's, or ``affinity``.
    squares
        Sum of squared deviations from ``mean``.
    """

    agent_id: str
    month: str
    scale: str
    calls: int
    abstained: int
    mean: float
    squares: float

    @property
    def deviation(self) -> float | None:
        """Standard deviation of the calls' scores; None for fewer than two."""
        return math.sqrt(self.squares / (self.calls - 1)) if self.calls > 1 else None


def doomed_calls(connection: Connection, doomed: Doomed) -> tuple[str, ...]:
    """Ids of the calls that fit, in order."""
    query = select(SCORECARDS.c.recording_id).join(RECORDINGS).where(_fits(doomed))
    return tuple(connection.scalars(query.order_by(SCORECARDS.c.recording_id)))


def doomed_failures(connection: Connection, doomed: Doomed) -> tuple[str, ...]:
    """Ids of the failures that fit: by date only."""
    if doomed.before is None or doomed.customer_id is not None:
        return ()
    old = and_(FAILURES.c.failed_at != "", FAILURES.c.failed_at < doomed.before.isoformat())
    return tuple(connection.scalars(select(FAILURES.c.recording_id).where(old)))


def forget(connection: Connection, calls: Sequence[str], failures: Sequence[str]) -> None:
    """Add the calls to their months, then delete every row of every table that names them."""
    for page in _pages(calls):
        _add_to_months(connection, page)
        for table in reversed(METADATA.sorted_tables):
            if "recording_id" in table.c:
                connection.execute(delete(table).where(table.c.recording_id.in_(page)))
        connection.execute(delete(RECORDINGS).where(RECORDINGS.c.id.in_(page)))
    for page in _pages(failures):
        connection.execute(delete(FAILURES).where(FAILURES.c.recording_id.in_(page)))
    _forget_proposals(connection, frozenset(calls))


def month_sums(connection: Connection, agent_id: str | None = None) -> tuple[MonthSum, ...]:
    """Sums of forgotten calls, of one agent or of all, in order of agent, month and scale."""
    query = select(MONTH_SUMS).order_by(*_KEY)
    if agent_id is not None:
        query = query.where(MONTH_SUMS.c.agent_id == agent_id)
    return tuple(MonthSum(**row) for row in connection.execute(query).mappings())


def scrub(engine: Engine) -> None:
    """Write the database anew, so that nothing deleted is left in its files.

    Raises
    ------
    StoreError
        Another program has an SQLite store open and reads: the rows are gone, but their bytes may still be there.
    """
    with foreign_errors(engine):
        if engine.dialect.name == "postgresql":
            with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                connection.exec_driver_sql("VACUUM FULL")
            return
        raw = engine.raw_connection()
        try:
            cursor = raw.cursor()
            cursor.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            cursor.close()
        finally:
            raw.invalidate()
    if busy:
        raise StoreError(
            f"the calls are removed, but {shown(engine.url)} could not be written anew while another program reads it: "
            "close that program, then run the same command again"
        )


def _fits(doomed: Doomed) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = []
    if doomed.before is not None:
        day, at, scored = doomed.before.isoformat(), SCORECARDS.c.started_at, SCORECARDS.c.scored_at
        conditions.append(or_(and_(at != "", at < day), and_(at == "", scored != "", scored < day)))
    if doomed.customer_id is not None:
        conditions.append(RECORDINGS.c.customer_id == doomed.customer_id)
    if not conditions:
        raise StoreError("nothing says which calls to forget: give a day or a customer")
    return and_(*conditions)


def _pages(ids: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while page := list(islice(rest, _PAGE)):
        yield page


def _add_to_months(connection: Connection, ids: Sequence[str]) -> None:
    months: defaultdict[Key, Moments] = defaultdict(Moments)
    columns = (SCORECARDS.c.agent_id, func.substr(SCORECARDS.c.started_at, 1, 7), SCORECARDS.c.document)
    for agent_id, month, document in connection.execute(select(*columns).where(SCORECARDS.c.recording_id.in_(ids))):
        for scale, score in _scores(from_json(document)):
            months[agent_id, month, scale].add(score)
    for key, moments in months.items():
        _put(connection, key, moments)


def _scores(card: Mapping[str, object]) -> Iterator[tuple[str, float | None]]:
    """Every scale of a scorecard's document with its score, None where it abstained."""
    affinity, dimensions, criteria = card["affinity"], card["dimensions"], card["criteria"]
    yield "affinity", affinity["score"]  # type: ignore[index]
    yield from ((each["dimension"], each["score"]) for each in dimensions)  # type: ignore[attr-defined]
    yield from ((each["criterion"], each["score"]) for each in criteria)  # type: ignore[attr-defined]


def _put(connection: Connection, key: Key, moments: Moments) -> None:
    """Add to what is kept of the month."""
    here = and_(*(column == value for column, value in zip(_KEY, key, strict=True)))
    known = connection.execute(select(MONTH_SUMS).where(here)).mappings().first()
    if known is not None:
        before = Moments(known["calls"], known["mean"], known["squares"], known["abstained"])
        moments = _together(before, moments)
        connection.execute(delete(MONTH_SUMS).where(here))
    row = {column.name: value for column, value in zip(_KEY, key, strict=True)}
    sums = {
        "calls": moments.n,
        "abstained": moments.abstained,
        "mean": moments.mean,
        "squares": moments.squares,
    }
    connection.execute(insert(MONTH_SUMS), {**row, **sums})


def _together(one: Moments, other: Moments) -> Moments:
    """Moments of two streams as if they were one (Chan and others, 1979)."""
    n = one.n + other.n
    if n == 0:
        return Moments(abstained=one.abstained + other.abstained)
    step = other.mean - one.mean
    return Moments(
        n,
        one.mean + step * other.n / n,
        one.squares + other.squares + step**2 * one.n * other.n / n,
        one.abstained + other.abstained,
    )


def _forget_proposals(connection: Connection, calls: frozenset[str]) -> None:
    """Delete proposals that quote a forgotten call: their documents name it."""
    found = connection.execute(select(PROPOSALS.c.id, PROPOSALS.c.document))
    quoting = [row.id for row in found if not calls.isdisjoint(_RECORDING_ID.findall(row.document))]
    for start in range(0, len(quoting), _PAGE):
        connection.execute(delete(PROPOSALS).where(PROPOSALS.c.id.in_(quoting[start : start + _PAGE])))
