"""The night's bookkeeping: which recordings are under way, which failed how often, and which are to be tried again."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, delete, func, insert, or_, select, update

from pipeline.errors import StoreError
from pipeline.schema import Failure
from pipeline.store.border import reading, shown, wait_turn, writing
from pipeline.store.documents import storable
from pipeline.store.rows import failure_row
from pipeline.store.tables import FAILURES, SCORECARDS, UNDERWAY

_NOUN = (FAILURES.c.recording_id, FAILURES.c.path, FAILURES.c.stage, FAILURES.c.error, FAILURES.c.agent_id)


@dataclass(frozen=True, slots=True)
class FailedRecording:
    """A failure with how often it was tried.

    Parameters
    ----------
    attempts
        0 when it is to be tried again.
    at
        When it failed last; None where an earlier version of the program kept it.
    """

    failure: Failure
    attempts: int
    at: datetime | None

    @property
    def unread(self) -> bool:
        """Whether not even its content is known: it is identified by its path."""
        return self.failure.recording_id == hashlib.sha256(self.failure.path.encode()).hexdigest()


class Work:
    """What a run must remember so that a run after it, or beside it, does the right thing.

    Raises
    ------
    StoreError
        By every method, when the database cannot be read or written.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(self, recording_id: str, run: str, *, take_over: bool = False) -> bool:
        """Mark a recording as under way in a run; False when another run has it under way, or died over it.

        Parameters
        ----------
        take_over
            Take it from the other run.
        """
        with writing(self._engine) as connection:
            wait_turn(connection, recording_id)
            owner = connection.scalar(select(UNDERWAY.c.run).where(UNDERWAY.c.recording_id == recording_id))
            if owner is not None and owner != run and not take_over:
                return False
            _release(connection, recording_id)
            connection.execute(insert(UNDERWAY), {"recording_id": recording_id, "run": run, "since": _now()})
            return True

    def release(self, run: str) -> None:
        """Forget what a run had under way: it ended in good order."""
        with writing(self._engine) as connection:
            connection.execute(delete(UNDERWAY).where(UNDERWAY.c.run == run))

    def failed(self) -> tuple[FailedRecording, ...]:
        """Everything that could not be scored, by path."""
        query = select(*_NOUN, FAILURES.c.attempts, FAILURES.c.failed_at).order_by(FAILURES.c.path)
        with reading(self._engine) as connection:
            return tuple(
                FailedRecording(Failure(*row[:5]), row.attempts, _time(row.failed_at))
                for row in connection.execute(query)
            )

    def attempts(self, recording_id: str) -> int:
        """How often a recording failed since it was last asked to be tried again."""
        with reading(self._engine) as connection:
            return _attempts(connection, recording_id)

    def retry(self, ids: Sequence[str] = ()) -> int:
        """Let failures be tried again by the next run; how many.

        Parameters
        ----------
        ids
            Recording ids or their beginnings; none: all failures.

        Raises
        ------
        StoreError
            Also when no failure, or more than one, has such an id; then nothing is changed.
        """
        with writing(self._engine) as connection:
            for start in ids:
                self._check_one(connection, start)
            chosen = [FAILURES.c.recording_id.startswith(start, autoescape=True) for start in ids]
            query = update(FAILURES).values(attempts=0)
            return connection.execute(query.where(or_(*chosen)) if chosen else query).rowcount

    def _check_one(self, connection: Connection, start: str) -> None:
        fits = FAILURES.c.recording_id.startswith(start, autoescape=True)
        found = connection.scalar(select(func.count()).select_from(FAILURES).where(fits)) or 0
        if not start or found != 1:
            said = "several failures begin" if found > 1 else "there is no failure"
            raise StoreError(f"{said} with {start!r} in {shown(self._engine.url)}: see qinhe failures for the ids")


def settle(connection: Connection, recording_id: str, path: str) -> None:
    """A result is about to be kept: nothing is under way any more, and older failures of this file are no news."""
    _release(connection, recording_id)
    connection.execute(
        delete(FAILURES).where(FAILURES.c.path == storable(path), FAILURES.c.recording_id != recording_id)
    )


def put_failure(connection: Connection, failure: Failure, attempts: int) -> None:
    """Keep a failure in place of an earlier one, attempts added up; one that has a scorecard keeps that instead."""
    key = failure.recording_id
    before = _attempts(connection, key)
    connection.execute(delete(FAILURES).where(FAILURES.c.recording_id == key))
    scored = connection.execute(select(SCORECARDS.c.recording_id).where(SCORECARDS.c.recording_id == key))
    if scored.first() is None:
        tried = {"attempts": before + attempts, "failed_at": _now()}
        connection.execute(insert(FAILURES), {**failure_row(failure), **tried})


def all_failures(connection: Connection) -> tuple[Failure, ...]:
    """Every failure, by path."""
    return tuple(Failure(*row) for row in connection.execute(select(*_NOUN).order_by(FAILURES.c.path)))


def _attempts(connection: Connection, recording_id: str) -> int:
    return connection.scalar(select(FAILURES.c.attempts).where(FAILURES.c.recording_id == recording_id)) or 0


def _release(connection: Connection, recording_id: str) -> None:
    connection.execute(delete(UNDERWAY).where(UNDERWAY.c.recording_id == recording_id))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _time(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
