"""Report pages that open without a network: one file each, beside playable copies of the recordings."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from pipeline.agents.report import AgentReport, Weighing
from pipeline.agents.team import TeamReport, build_team
from pipeline.errors import StoreError
from pipeline.people import Verdict
from pipeline.reports.agent_page import write_agent
from pipeline.reports.coaching_page import Plan, write_plan
from pipeline.reports.material import Material, people_of
from pipeline.reports.pages import Pages, page_name
from pipeline.reports.team_page import write_summary, write_team
from pipeline.reports.words import Words
from pipeline.store.call_facts import Period
from pipeline.store.repository import Store

WHOLE_UP_TO = 1_000
"""With more calls than this a team's report comes without the pages of all agents and calls, unless asked for."""

__all__ = ["Depth", "Options", "Plan", "ReportKind", "page_name", "write_report"]


class ReportKind(StrEnum):
    """Which pages are made."""

    AGENT = "agent"
    TEAM = "team"
    CALL = "call"
    COACHING = "coaching"


class Depth(StrEnum):
    """What a team's report links to: pages of all agents and calls, or only the calls to hear first."""

    ALL = "all"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How reports are made.

    Parameters
    ----------
    audio
        Whether playable copies of the recordings are made; a recording that is gone makes a page without sound.
    depth
        None: everything up to ``WHOLE_UP_TO`` calls.
    period
        Which calls; where it has both ends, changes against the period before are told.
    verdicts
        What inspectors decided, for precision and agreement.
    consent
        Agents whose calls may be played to others.
    follow_up, coached_on
        Dates on a coaching plan: when to look again, and since when what became of it is shown.
    """

    audio: bool = True
    depth: Depth | None = None
    period: Period = field(default_factory=Period)
    verdicts: Sequence[Verdict] = ()
    consent: frozenset[str] = frozenset()
    follow_up: date | None = None
    coached_on: date | None = None


def write_report(
    kind: ReportKind | str,
    ids: Sequence[str],
    store: Store,
    out: Path,
    *,
    words: Words | None = None,
    options: Options | None = None,
) -> tuple[Path, ...]:
    """Write pages of calls, of agents with their calls, of the whole team, or coaching plans; gives the first to open.

    Parameters
    ----------
    ids
        Recording ids (or their beginnings) for calls, agent ids for agents and plans, none for all; unused for the team.
    out
        Folder: ``index.html``, ``summary.html``, ``agents/``, ``coaching/``, ``calls/`` and ``audio/`` are made in it.

    Raises
    ------
    StoreError
        An id is unknown, or a file cannot be written.
    """
    chosen = options or Options()
    pages = Pages(out, words or Words(), audio=chosen.audio)
    kind = ReportKind(kind)
    if kind is ReportKind.CALL:
        cards = map(store.scorecard, ids) if ids else store.scorecards()
        return tuple(pages.call(card, alone=True).page for card in cards)
    if kind is ReportKind.COACHING:
        plan = Plan(chosen.consent, chosen.follow_up, chosen.coached_on)
        material = _material(store, pages, chosen)
        return tuple(write_plan(material, agent.agent_id, plan) for agent in _wanted(material.team, ids))
    material = _material(store, pages, chosen)
    if kind is ReportKind.TEAM:
        return _write_whole(material, chosen)
    return tuple(write_agent(material, agent, alone=True) for agent in _wanted(material.team, ids))


def _material(store: Store, pages: Pages, options: Options) -> Material:
    words, period = pages.words, options.period
    weighing = Weighing(words.severities, words.weights)
    before = store.facts(period.before) if period.before else ()
    team = build_team(store.facts(period), before=before, weighing=weighing)
    return Material(store, pages, team, people_of(team, options.verdicts, store.inspections()), period)


def _wanted(team: TeamReport, ids: Sequence[str]) -> Iterator[AgentReport]:
    own = {report.agent_id: report for report in team.agents}
    for agent_id in ids or own:
        if agent_id not in own:
            raise StoreError(
                f"no scorecards of agent {agent_id!r}; there are some of: {', '.join(list(own)[:20]) or 'nobody'}"
            )
        yield own[agent_id]


def _write_whole(material: Material, options: Options) -> tuple[Path, ...]:
    small = material.team.coverage.calls <= WHOLE_UP_TO
    whole = options.depth is Depth.ALL or (options.depth is None and small)
    if whole:
        for agent in material.team.agents:
            write_agent(material, agent)
    return write_team(material, with_agents=whole), write_summary(material)
