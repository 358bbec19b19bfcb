"""The one door to the store: keeps scorecards and failures, gives them back, remembers who looked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, delete, func, insert, select, tuple_

from pipeline.agents.facts import CallFacts
from pipeline.errors import MissingError
from pipeline.schema import Acoustics, Failure, Inspection, Recording, Scorecard, Status, Transcript
from pipeline.store import rows
from pipeline.store.border import reading, shown, wait_turn, writing
from pipeline.store.call_facts import Period, read_facts, within
from pipeline.store.documents import load, load_scorecard, storable
from pipeline.store.door import Door
from pipeline.store.inspected import all_inspections, put_inspections
from pipeline.store.queue import QueueFilter, QueuePage, read_page
from pipeline.store.tables import ACCESS_LOG, FAILURES, FINDINGS, INSPECTIONS, RECORDINGS, SCORECARDS, TRANSCRIPTS
from pipeline.store.voices import Voices
from pipeline.store.work import Work, all_failures, put_failure, settle

_PAGE = 50
_BEYOND_HEX = "z"
_FACTS_PAGE = 500
_ORDER = (SCORECARDS.c.agent_id, SCORECARDS.c.started_at, SCORECARDS.c.recording_id)


@dataclass(frozen=True, slots=True)
class Access:
    """Someone looked at unmasked words: who, at what, when and why."""

    at: datetime
    who: str
    what: str
    reason: str


class Store(Door):
    """Everything that is kept, behind one database URL, see ``Door``."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.work = Work(self._engine)
        self.voices = Voices(self._engine)

    def save_scorecard(self, card: Scorecard, acoustics: Acoustics) -> None:
        """Keep a scorecard in place of whatever was known of its recording, an earlier failure included."""
        card = replace(card, recording=replace(card.recording, path=storable(card.recording.path)))
        key = card.recording.id
        with writing(self._engine) as connection:
            wait_turn(connection, key)
            settle(connection, key, card.recording.path)
            _forget(connection, key)
            connection.execute(insert(RECORDINGS), rows.recording_row(card.recording))
            connection.execute(insert(TRANSCRIPTS), rows.transcript_row(card, acoustics))
            connection.execute(insert(SCORECARDS), rows.scorecard_row(card))
            if card.findings:
                connection.execute(insert(FINDINGS), rows.finding_rows(card))

    def save_failure(self, failure: Failure, *, attempts: int = 1) -> None:
        """Keep a failure in place of an earlier one; a recording that has a scorecard keeps that and no failure.

        Parameters
        ----------
        attempts
            How often it was tried this time; added to the earlier ones.
        """
        key = failure.recording_id
        with writing(self._engine) as connection:
            wait_turn(connection, key)
            settle(connection, key, failure.path)
            put_failure(connection, failure, attempts)

    def has(self, recording_id: str, *, engine: tuple[str, str] | None = None) -> bool:
        """Whether this recording has a scorecard; a failure does not count, so that it is tried again.

        Parameters
        ----------
        engine
            Name and model of the recogniser that must have heard it; None takes any.
        """
        query = select(SCORECARDS.c.recording_id).where(SCORECARDS.c.recording_id == recording_id)
        if engine is not None:
            query = query.where(SCORECARDS.c.engine == engine[0], SCORECARDS.c.model == engine[1])
        with reading(self._engine) as connection:
            return connection.execute(query).first() is not None

    def count(self) -> int:
        """How many scorecards there are."""
        with reading(self._engine) as connection:
            return connection.scalar(select(func.count()).select_from(SCORECARDS)) or 0

    def scorecard(self, recording_id: str) -> Scorecard:
        """Give one recording's scorecard; the start of its id is enough where only one fits.

        Raises
        ------
        MissingError
            None or several fit.
        """
        # Ids are hexadecimal: what begins so also lies between these, where an index leads straight to it.
        between = SCORECARDS.c.recording_id.between(recording_id, recording_id + _BEYOND_HEX)
        query = _cards().where(between, SCORECARDS.c.recording_id.startswith(recording_id, autoescape=True))
        with reading(self._engine) as connection:
            found = connection.execute(query.order_by(SCORECARDS.c.recording_id).limit(2)).mappings().all()
        if len(found) == 1 or (found and found[0]["recording_id"] == recording_id):
            return _card(found[0])
        said = "several scorecards begin" if found else "there is no scorecard"
        raise MissingError(
            f"{said} with {recording_id!r} in {shown(self._engine.url)}: give the whole recording_id as in the export"
        )

    def scorecards(self, agent_id: str | None = None, *, inspected: bool = False) -> Iterator[Scorecard]:
        """Give scorecards one by one, by agent and time; memory holds one page, and writing meanwhile is allowed.

        Parameters
        ----------
        inspected
            Only those of calls that an inspector has scored too.
        """
        query = _inspected(_cards()) if inspected else _cards()
        if agent_id is not None:
            query = query.where(SCORECARDS.c.agent_id == agent_id)
        return (_card(row) for row in self._pages(query))

    def facts(self, period: Period | None = None, agent_id: str | None = None) -> Iterator[CallFacts]:
        """Give what reports count of each call, by agent and time; words are not read."""
        documents = RECORDINGS.c.document.label("recording"), SCORECARDS.c.document.label("judgement")
        query = within(select(*_ORDER, *documents).select_from(SCORECARDS.join(RECORDINGS)), period or Period())
        if agent_id is not None:
            query = query.where(SCORECARDS.c.agent_id == agent_id)
        return read_facts(self._pages(query, size=_FACTS_PAGE))

    def last_day(self) -> date | None:
        """Day of the newest dated call."""
        query = select(func.max(SCORECARDS.c.started_at))
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return datetime.fromisoformat(found).date() if found else None

    def calls_for_rescoring(self, *, inspected: bool = False) -> Iterator[tuple[Recording, Transcript, Acoustics]]:
        """Give what was heard of every scored call, or of those that an inspector has scored too, one by one."""
        query = _heard()
        for row in self._pages(_inspected(query) if inspected else query):
            yield _material(row)

    def queue(self, wanted: QueueFilter) -> QueuePage:
        """Give one page of the inspector's queue: light rows, no words."""
        with reading(self._engine) as connection:
            return read_page(connection, wanted)

    def heard(self, recording_id: str) -> tuple[Recording, Transcript, Acoustics]:
        """Give what was heard of one scored call, by its whole id.

        Raises
        ------
        MissingError
            There is none.
        """
        query = _heard().where(SCORECARDS.c.recording_id == recording_id)
        with reading(self._engine) as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise MissingError(f"there is no scorecard {recording_id!r} in {shown(self._engine.url)}: score it first")
        return _material(row)

    def recordings_with(self, label: str, status: Status | None = None) -> tuple[str, ...]:
        """Ids of the recordings in which a label was found, in order of id."""
        query = (
            select(FINDINGS.c.recording_id)
            .distinct()
            .where(FINDINGS.c.label == label)
            .order_by(FINDINGS.c.recording_id)
        )
        if status is not None:
            query = query.where(FINDINGS.c.status == status.value)
        with reading(self._engine) as connection:
            return tuple(connection.scalars(query))

    def save_inspections(self, inspections: Iterable[Inspection]) -> int:
        """Keep inspectors' scores beside the machine's, all or none; how many were new or different."""
        with writing(self._engine) as connection:
            wait_turn(connection, INSPECTIONS.name)
            return put_inspections(connection, inspections)

    def inspections(self) -> tuple[Inspection, ...]:
        """Every score that an inspector gave, by recording, inspector and criterion."""
        with reading(self._engine) as connection:
            return all_inspections(connection)

    def paths(self) -> Mapping[str, str]:
        """Ids of all scored recordings to their paths."""
        with reading(self._engine) as connection:
            return {row.id: row.path for row in connection.execute(select(RECORDINGS.c.id, RECORDINGS.c.path))}

    def failures(self) -> tuple[Failure, ...]:
        """All recordings that could not be scored, by path."""
        with reading(self._engine) as connection:
            return all_failures(connection)

    def agents(self) -> tuple[str, ...]:
        """Ids of all agents with a scorecard, sorted."""
        with reading(self._engine) as connection:
            return tuple(connection.scalars(select(SCORECARDS.c.agent_id).distinct().order_by(SCORECARDS.c.agent_id)))

    def log_access(self, who: str, what: str, reason: str) -> None:
        """Remember that someone was shown unmasked words, and why."""
        row = {
            "at": datetime.now(UTC).isoformat(),
            "who": storable(who),
            "what": storable(what),
            "reason": storable(reason),
        }
        with writing(self._engine) as connection:
            connection.execute(insert(ACCESS_LOG), row)

    def access_log(self) -> tuple[Access, ...]:
        """Every access, oldest first."""
        with reading(self._engine) as connection:
            found = connection.execute(select(ACCESS_LOG).order_by(ACCESS_LOG.c.id)).mappings()
            return tuple(
                Access(datetime.fromisoformat(row["at"]), row["who"], row["what"], row["reason"]) for row in found
            )

    def _pages(self, query: Select[Any], *, size: int = _PAGE) -> Iterator[RowMapping]:
        """Rows in order, a page a transaction: no transaction stays open while the caller works."""
        query = query.order_by(*_ORDER).limit(size)
        page_query = query
        while True:
            with reading(self._engine) as connection:
                page = connection.execute(page_query).mappings().all()
            yield from page
            if len(page) < size:
                return
            last = page[-1]
            page_query = query.where(
                tuple_(*_ORDER) > tuple_(last["agent_id"], last["started_at"], last["recording_id"])
            )


def _joined(*columns: ColumnElement[Any]) -> Select[Any]:
    return select(*columns).select_from(SCORECARDS.join(RECORDINGS).join(TRANSCRIPTS))


def _cards() -> Select[Any]:
    return _joined(*_ORDER, RECORDINGS.c.document.label("recording"), TRANSCRIPTS.c.transcript, SCORECARDS.c.document)


def _heard() -> Select[Any]:
    return _joined(*_ORDER, RECORDINGS.c.document.label("recording"), TRANSCRIPTS.c.transcript, TRANSCRIPTS.c.acoustics)


def _material(row: RowMapping) -> tuple[Recording, Transcript, Acoustics]:
    return (
        load(Recording, row["recording"]),
        load(Transcript, row["transcript"]),
        load(Acoustics, row["acoustics"]),
    )


def _inspected(query: Select[Any]) -> Select[Any]:
    return query.where(SCORECARDS.c.recording_id.in_(select(INSPECTIONS.c.recording_id)))


def _card(row: RowMapping) -> Scorecard:
    return load_scorecard(row["recording"], row["transcript"], row["document"])


def _forget(connection: Connection, recording_id: str) -> None:
    """Remove every trace of a recording; its transcript, scorecard and findings go with it."""
    connection.execute(delete(RECORDINGS).where(RECORDINGS.c.id == recording_id))
    connection.execute(delete(FAILURES).where(FAILURES.c.recording_id == recording_id))
