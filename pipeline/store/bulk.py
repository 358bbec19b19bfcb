"""Many calls at a time: what rescoring reads and writes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import Connection, Table, delete, insert, select

from pipeline.schema import Acoustics, Scorecard
from pipeline.store import rows
from pipeline.store.border import reading, wait_turn, writing
from pipeline.store.documents import load, load_scorecard
from pipeline.store.repository import Store
from pipeline.store.tables import FINDINGS, RECORDINGS, SCORECARDS, TRANSCRIPTS

_PAGE = 10_000


class BulkStore(Store):
    """A store that gives and takes judgements by the dozen.

    Raises
    ------
    StoreError
        By every method, in one line, when the database cannot be opened, read or written.
    """

    def id_batches(self, size: int) -> Iterator[tuple[str, ...]]:
        """Give the ids of all scored recordings in batches, in order of id."""
        ids = self._ids()
        while batch := tuple(islice(ids, size)):
            yield batch

    def judged(self, ids: Sequence[str]) -> tuple[tuple[Scorecard, Acoustics], ...]:
        """Scorecards of these recordings with what was kept of their sound, in order of id."""
        query = select(RECORDINGS.c.document.label("recording"), TRANSCRIPTS, SCORECARDS.c.document)
        query = query.select_from(SCORECARDS.join(RECORDINGS).join(TRANSCRIPTS)).where(RECORDINGS.c.id.in_(ids))
        with reading(self._engine) as connection:
            found = connection.execute(query.order_by(RECORDINGS.c.id)).mappings().all()
        return tuple(
            (
                load_scorecard(row["recording"], row["transcript"], row["document"]),
                load(Acoustics, row["acoustics"]),
            )
            for row in found
        )

    def save_judgements(self, cards: Iterable[Scorecard]) -> None:
        """Keep judgements in place of earlier ones, all or none; what was heard stays, a purged recording stays away."""
        # In one order everywhere: two writers that wait for each other's recordings would wait for ever.
        cards = sorted(cards, key=lambda card: card.recording.id)
        with writing(self._engine) as connection:
            for card in cards:
                wait_turn(connection, card.recording.id)
            there = _replaced(connection, [card.recording.id for card in cards])
            kept = [card for card in cards if card.recording.id in there]
            _insert(connection, SCORECARDS, [rows.scorecard_row(card) for card in kept])
            _insert(connection, FINDINGS, [row for card in kept for row in rows.finding_rows(card)])

    def _ids(self) -> Iterator[str]:
        column, last = SCORECARDS.c.recording_id, ""
        while True:
            with reading(self._engine) as connection:
                page = connection.scalars(select(column).where(column > last).order_by(column).limit(_PAGE)).all()
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1]


def _replaced(connection: Connection, ids: Sequence[str]) -> frozenset[str]:
    """Delete the judgements of these recordings; those that had one."""
    connection.execute(delete(FINDINGS).where(FINDINGS.c.recording_id.in_(ids)))
    judged = delete(SCORECARDS).where(SCORECARDS.c.recording_id.in_(ids)).returning(SCORECARDS.c.recording_id)
    return frozenset(connection.scalars(judged))


def _insert(connection: Connection, table: Table, made: Sequence[rows.Row]) -> None:
    if made:
        connection.execute(insert(table), made)
