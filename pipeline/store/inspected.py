"""Inspectors' scores in the store: one a recording, inspector and criterion, and every change that led to it."""

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select

from pipeline.schema import Inspection
from pipeline.store.desk_tables import SCORE_HISTORY
from pipeline.store.documents import storable
from pipeline.store.tables import INSPECTIONS

_NAMES = ("recording_id", "inspector", "criterion")


def all_inspections(connection: Connection) -> tuple[Inspection, ...]:
    """Every score, by recording, inspector and criterion."""
    key = [INSPECTIONS.c[name] for name in _NAMES]
    found = connection.execute(select(*key, INSPECTIONS.c.score).order_by(*key)).mappings()
    return tuple(Inspection(**row) for row in found)


def put_inspections(connection: Connection, inspections: Iterable[Inspection]) -> int:
    """Keep scores, each in place of the same inspector's earlier one; how many were new or different."""
    wanted = {(each.recording_id, storable(each.inspector), each.criterion): each.score for each in inspections}
    return sum(_put(connection, key, score) for key, score in wanted.items())


def _put(connection: Connection, key: tuple[str, str, str], score: float) -> bool:
    known = connection.scalar(select(INSPECTIONS.c.score).where(*_is(INSPECTIONS, key)))
    if known == score:
        return False
    row = dict(zip(_NAMES, key, strict=True)) | {"score": score}
    connection.execute(delete(INSPECTIONS).where(*_is(INSPECTIONS, key)))
    connection.execute(insert(INSPECTIONS), row)
    last = connection.scalar(select(func.max(SCORE_HISTORY.c.version)).where(*_is(SCORE_HISTORY, key)))
    now = datetime.now(UTC).isoformat()
    connection.execute(insert(SCORE_HISTORY), row | {"version": (last or 0) + 1, "at": now})
    return True


def _is(table: Table, key: tuple[str, str, str]) -> tuple[ColumnElement[bool], ...]:
    return tuple(table.c[name] == value for name, value in zip(_NAMES, key, strict=True))
