"""The keeper's door to the store: what is in it, what is forgotten, and which calls people were asked to hear."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from sqlalchemy import RowMapping, delete, func, insert, select

from pipeline.agents.sampling import Candidate, Pick, Reason
from pipeline.errors import StoreError
from pipeline.store.border import reading, wait_turn, writing
from pipeline.store.queue import QueueFilter, days
from pipeline.store.repository import Store
from pipeline.store.retention import Doomed, MonthSum, doomed_calls, doomed_failures, forget, month_sums, scrub
from pipeline.store.tables import FAILURES, INSPECTIONS, MONTH_SUMS, RECORDINGS, SAMPLES, SCORECARDS

_SAMPLE = (SAMPLES.c.recording_id, SAMPLES.c.agent_id, SAMPLES.c.reason, SAMPLES.c.probability)
_CALL = (SCORECARDS.c.started_at, SCORECARDS.c.duration_s, SCORECARDS.c.affinity)


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What a store holds.

    Parameters
    ----------
    inspected
        Calls that an inspector has scored.
    first_at, last_at
        When the earliest and the latest dated call began, as text; empty when no call is dated.
    forgotten
        Calls that were purged; their sums by month are kept.
    """

    calls: int
    agents: int
    failures: int
    inspected: int
    first_at: str
    last_at: str
    forgotten: int


@dataclass(frozen=True, slots=True)
class Purged:
    """How many calls and failures were, or would be, forgotten."""

    calls: int
    failures: int


@dataclass(frozen=True, slots=True)
class SampledCall:
    """A call that people were asked to hear, where to find it, and the machine's total of it."""

    pick: Pick
    path: str
    started_at: datetime | None
    duration_s: float
    affinity: float | None


class Keeper(Store):
    """A store with what its keeper does beside scoring.

    Raises
    ------
    StoreError
        By every method, in one line, when the database cannot be opened, read or written.
    """

    def info(self) -> StoreInfo:
        """Count what is there."""
        at, sums = SCORECARDS.c.started_at, MONTH_SUMS.c
        forgotten = select(func.sum(sums.calls + sums.abstained)).where(sums.scale == "affinity")
        with reading(self._engine) as connection:
            first, last = connection.execute(select(func.min(at), func.max(at)).where(at != "")).one()
            return StoreInfo(
                calls=connection.scalar(select(func.count()).select_from(SCORECARDS)) or 0,
                agents=connection.scalar(select(func.count(SCORECARDS.c.agent_id.distinct()))) or 0,
                failures=connection.scalar(select(func.count()).select_from(FAILURES)) or 0,
                inspected=connection.scalar(select(func.count(INSPECTIONS.c.recording_id.distinct()))) or 0,
                first_at=first or "",
                last_at=last or "",
                forgotten=connection.scalar(forgotten) or 0,
            )

    def doomed(self, doomed: Doomed) -> Purged:
        """How many calls and failures a purge would forget."""
        with reading(self._engine) as connection:
            return Purged(len(doomed_calls(connection, doomed)), len(doomed_failures(connection, doomed)))

    def purge(self, doomed: Doomed, *, who: str) -> Purged:
        """Forget calls: nothing of them stays but sums by month; who asked for it is logged.

        Backups, exports and the recordings themselves are not touched.

        Raises
        ------
        StoreError
            Also when the database could not be written anew because another program reads it.
        """
        with writing(self._engine) as connection:
            wait_turn(connection, MONTH_SUMS.name)
            calls, failures = doomed_calls(connection, doomed), doomed_failures(connection, doomed)
            forget(connection, calls, failures)
        found = Purged(len(calls), len(failures))
        self.log_access(who, f"purge {_named(doomed)}: {found.calls} calls, {found.failures} failures", "retention")
        scrub(self._engine)
        return found

    def month_sums(self, agent_id: str | None = None) -> tuple[MonthSum, ...]:
        """Sums of forgotten calls, of one agent or of all, in order of agent, month and scale."""
        with reading(self._engine) as connection:
            return month_sums(connection, agent_id)

    def candidates(self, since: date | None = None, until: date | None = None) -> Iterator[Candidate]:
        """Give every call that may be drawn, of some days or of all."""
        columns = SCORECARDS.c
        query = select(columns.recording_id, columns.agent_id, columns.affinity, columns.doubt)
        query = query.where(*days(QueueFilter(since=since, until=until)))
        with reading(self._engine) as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                yield Candidate(*row)

    def save_sample(self, day: date, picks: Iterable[Pick], *, again: bool = False) -> None:
        """Keep which calls people were asked to hear on a day.

        Parameters
        ----------
        again
            Put them in place of others that were drawn for this day.

        Raises
        ------
        StoreError
            Also when others were drawn for this day already: whoever heard those would be asked anew.
        """
        drawn = {pick.recording_id: pick for pick in picks}
        with writing(self._engine) as connection:
            wait_turn(connection, SAMPLES.name)
            kept = connection.scalars(select(SAMPLES.c.recording_id).where(SAMPLES.c.day == day.isoformat())).all()
            if kept and set(kept) != set(drawn) and not again:
                raise StoreError(
                    f"other calls ({len(kept)}) were drawn for {day} already: give --again to put these in their place"
                )
            connection.execute(delete(SAMPLES).where(SAMPLES.c.day == day.isoformat()))
            if drawn:
                connection.execute(insert(SAMPLES), [_sample_row(day, pick) for pick in drawn.values()])

    def sample(self, day: date) -> tuple[SampledCall, ...]:
        """Which calls people were asked to hear on a day, by reason and agent; those purged since are left out."""
        query = select(*_SAMPLE, RECORDINGS.c.path, *_CALL)
        query = query.join_from(SAMPLES, SCORECARDS, SAMPLES.c.recording_id == SCORECARDS.c.recording_id)
        query = query.join(RECORDINGS, RECORDINGS.c.id == SCORECARDS.c.recording_id)
        query = query.where(SAMPLES.c.day == day.isoformat())
        order = (SAMPLES.c.reason.desc(), SAMPLES.c.agent_id, SAMPLES.c.recording_id)
        with reading(self._engine) as connection:
            return tuple(_sampled(row) for row in connection.execute(query.order_by(*order)).mappings())


def _sampled(row: RowMapping) -> SampledCall:
    pick = Pick(row["recording_id"], row["agent_id"], Reason(row["reason"]), row["probability"])
    at = datetime.fromisoformat(row["started_at"]) if row["started_at"] else None
    return SampledCall(pick, row["path"], at, row["duration_s"], row["affinity"])


def _sample_row(day: date, pick: Pick) -> dict[str, str | float]:
    return {
        "day": day.isoformat(),
        "recording_id": pick.recording_id,
        "agent_id": pick.agent_id,
        "reason": pick.reason.value,
        "probability": pick.probability,
    }


def _named(doomed: Doomed) -> str:
    """What was asked for, as the log may keep it: a customer by the start of a hash, for the log outlives the purge."""
    parts = [f"before {doomed.before}"] if doomed.before else []
    if doomed.customer_id is not None:
        parts.append(f"customer sha256:{sha256(doomed.customer_id.encode()).hexdigest()[:12]}")
    return ", ".join(parts)
