"""Calls as reports count them: read from the stored judgements alone, without their words."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic_core import from_json
from sqlalchemy import RowMapping, Select

from pipeline.agents.facts import CallFacts, facts_from
from pipeline.errors import StoreError
from pipeline.store.tables import SCORECARDS


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included; None leaves a side open. Undated calls are in no bounded period."""

    since: date | None = None
    until: date | None = None

    @property
    def before(self) -> "Period | None":
        """The period of the same length just before; None where this one is open."""
        if self.since is None or self.until is None:
            return None
        length = self.until - self.since
        return Period(self.since - timedelta(days=1) - length, self.since - timedelta(days=1))


def within(query: Select[Any], period: Period) -> Select[Any]:
    """Only calls of a period, by the recording's own local time."""
    started_at = SCORECARDS.c.started_at
    if period.since is not None or period.until is not None:
        query = query.where(started_at != "")
    if period.since is not None:
        query = query.where(started_at >= period.since.isoformat())
    if period.until is not None:
        query = query.where(started_at < (period.until + timedelta(days=1)).isoformat())
    return query


def read_facts(rows: Iterable[RowMapping]) -> Iterator[CallFacts]:
    """Rows of ``recording`` and ``judgement`` documents as facts.

    Raises
    ------
    StoreError
        A document is damaged.
    """
    for row in rows:
        try:
            yield facts_from(from_json(row["recording"]), from_json(row["judgement"], cache_strings="all"))
        except (KeyError, TypeError, ValueError) as error:
            raise StoreError(
                f"the stored judgement of {row['recording_id']} does not fit: delete its record and score again"
            ) from error
