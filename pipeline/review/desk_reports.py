"""The report pages within the desk: the same content, with the desk's own call pages and sound behind its links."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fastapi import HTTPException

from pipeline.agents.report import Weighing
from pipeline.agents.team import build_team
from pipeline.privacy.masking import mask_scorecard
from pipeline.reports.agent_page import write_agent
from pipeline.reports.material import Material, people_of
from pipeline.reports.pages import Pages, Shown
from pipeline.reports.team_page import write_summary, write_team
from pipeline.reports.words import Words
from pipeline.review.jobs import Job, Progress
from pipeline.review.room import Room
from pipeline.review.sound import has_sound
from pipeline.schema import Scorecard
from pipeline.store.call_facts import Period
from pipeline.store.queue import QueueFilter, QueueOrder

_MATERIAL = "reports"
_STALE_S = 600.0
_WAIT_S = 3.0
_WHOLE_UP_TO = 200_000
_RECENT_DAYS = 92


class DeskPages(Pages):
    """Takes what the report pages would write, to be shown instead.

    Parameters
    ----------
    content
        What the last page that was asked for is filled with.
    """

    def __init__(self, words: Words) -> None:
        super().__init__(Path(), words, audio=False)
        self.content: dict[str, object] = {}

    def call(self, card: Scorecard, *, alone: bool = False, agent_page: bool = True) -> Shown:
        """Mask a call; its page and its sound are the desk's."""
        del alone, agent_page
        sound = f"/calls/{card.recording.id}/audio" if has_sound(card) else None
        return Shown(mask_scorecard(card), Path(), sound)

    def write(self, template: str, name: str, **content: object) -> Path:
        """Keep what a page is filled with; nothing is written."""
        del template
        self.content = content
        return Path(name)


def material(room: Room) -> Job:
    """The job that finds out all about the team; begun anew when what it found is old."""
    job = room.jobs.find(_MATERIAL)
    if job is None or job.error or (job.finished and _age_s(job) > _STALE_S):
        job = room.jobs.start(_MATERIAL, lambda progress: _gather(room, progress))
    job.result(_WAIT_S)
    return job


def agent_content(room: Room, found: Material, agent_id: str) -> Job:
    """The job that gathers what an agent's page shows.

    Raises
    ------
    HTTPException
        404: no calls of this agent.
    """
    report = next((each for each in found.team.agents if each.agent_id == agent_id), None)
    if report is None:
        raise HTTPException(404, "没有这位坐席的通话")
    return _gathered(room, f"agent {agent_id}", found, lambda own: write_agent(own, report, alone=True))


def team_content(room: Room, found: Material) -> Job:
    """The job that gathers what the team's page shows."""
    return _gathered(room, "team", found, lambda own: write_team(own, with_agents=True))


def summary_content(room: Room, found: Material) -> Job:
    """The job that gathers what the one-page summary shows."""
    return _gathered(room, "summary", found, write_summary)


def _gathered(room: Room, key: str, found: Material, write: Callable[[Material], Path]) -> Job:
    """Gather a page's content in the background, once for each finding of the team."""
    key = f"{key} {id(found)}"
    job = room.jobs.find(key)
    if job is None or job.error:
        pages = DeskPages(room.words)
        own = Material(found.store, pages, found.team, found.people, found.period)

        def work(_progress: Progress) -> dict[str, Any]:
            write(own)
            return pages.content

        job = room.jobs.start(key, work)
    job.result(_WAIT_S)
    return job


def _gather(room: Room, progress: Progress) -> Material:
    period = _period(room)
    progress.of = room.store.count()
    words = room.words

    def counted() -> Any:  # noqa: ANN401  facts, handed on
        for fact in room.store.facts(period):
            progress.done += 1
            yield fact

    team = build_team(counted(), weighing=Weighing(words.severities, words.weights))
    people = people_of(team, room.desk.all_verdicts(), room.store.inspections())
    return Material(room.store, DeskPages(words), team, people, period)


def _period(room: Room) -> Period:
    """All calls, or the last quarter of those that are too many to be read while somebody waits."""
    if room.store.count() <= _WHOLE_UP_TO:
        return Period()
    newest = room.store.queue(QueueFilter(order=QueueOrder.NEWEST, limit=1)).rows
    last = newest[0].started_at if newest else None
    until = last.date() if last else date.today()
    return Period(until - timedelta(days=_RECENT_DAYS), until)


def _age_s(job: Job) -> float:
    return (datetime.now(UTC) - job.asked_at).total_seconds()
