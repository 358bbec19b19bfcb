"""What every page of a report is made from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.agents.calls import Calls
from pipeline.agents.team import TeamReport
from pipeline.agents.verdicts import People, people
from pipeline.people import Verdict
from pipeline.reports.pages import Pages
from pipeline.schema import Inspection
from pipeline.store.call_facts import Period
from pipeline.store.repository import Store


@dataclass(frozen=True, slots=True)
class Material:
    """The store, the pages being written, and all that was found out."""

    store: Store
    pages: Pages
    team: TeamReport
    people: People
    period: Period


def people_of(team: TeamReport, verdicts: Iterable[Verdict], inspections: Iterable[Inspection]) -> People:
    """What people said of the calls in the report."""
    return people(team.calls, verdicts, inspections)


def dates(calls: Calls) -> tuple[date, date] | None:
    """First and last day of the calls; None where no call is dated."""
    import numpy as np

    known = calls.day[np.isfinite(calls.day)]
    if not len(known):
        return None
    first, last = (date(1, 1, 1) + timedelta(days=int(day) - 1) for day in (known.min(), known.max()))
    return first, last
