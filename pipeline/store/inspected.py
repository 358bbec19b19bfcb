"""Inspectors' scores in the store: one a recording, inspector and criterion."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from pipeline.schema import Inspection
from pipeline.store.documents import storable
from pipeline.store.tables import INSPECTIONS

_KEY = (INSPECTIONS.c.recording_id, INSPECTIONS.c.inspector, INSPECTIONS.c.criterion)


def all_inspections(connection: Connection) -> tuple[Inspection, ...]:
    """Every score, by recording, inspector and criterion."""
    found = connection.execute(select(*_KEY, INSPECTIONS.c.score).order_by(*_KEY)).mappings()
    return tuple(Inspection(**row) for row in found)


def put_inspections(connection: Connection, inspections: Iterable[Inspection]) -> int:
    """Keep scores, each in place of the same inspector's earlier one; how many were new or different."""
    known = {_key(each): each.score for each in all_inspections(connection)}
    wanted = {_key(each): each.score for each in inspections}
    changed = {key: score for key, score in wanted.items() if known.get(key) != score}
    for key in changed.keys() & known.keys():
        connection.execute(delete(INSPECTIONS).where(*_is(key)))
    if changed:
        connection.execute(insert(INSPECTIONS), [_row(key, score) for key, score in changed.items()])
    return len(changed)


def _key(inspection: Inspection) -> tuple[str, str, str]:
    return inspection.recording_id, storable(inspection.inspector), inspection.criterion


def _is(key: tuple[str, str, str]) -> tuple[ColumnElement[bool], ...]:
    return tuple(column == value for column, value in zip(_KEY, key, strict=True))


def _row(key: tuple[str, str, str], score: float) -> dict[str, str | float]:
    return {**{column.name: value for column, value in zip(_KEY, key, strict=True)}, "score": score}
