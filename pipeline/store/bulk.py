"""Many calls at a time: what rescoring reads and writes."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sqlalchemy import delete, insert, select

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
        with writing(self._engine) as connection:
            # In one order everywhere: two writers that wait for each other's recordings would wait for ever.
            for card in sorted(cards, key=lambda card: card.recording.id):
                key = card.recording.id
                wait_turn(connection, key)
                if connection.execute(delete(SCORECARDS).where(SCORECARDS.c.recording_id == key)).rowcount == 0:
                    continue
                connection.execute(delete(FINDINGS).where(FINDINGS.c.recording_id == key))
                connection.execute(insert(SCORECARDS), rows.scorecard_row(card))
                if card.findings:
                    found = [rows.finding_row(key, i, finding) for i, finding in enumerate(card.findings)]
                    connection.execute(insert(FINDINGS), found)

    def _ids(self) -> Iterator[str]:
        column, last = SCORECARDS.c.recording_id, ""
        while True:
            with reading(self._engine) as connection:
                page = connection.scalars(select(column).where(column > last).order_by(column).limit(_PAGE)).all()
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1]
