"""A coaching plan to print: goals, exercises, calls to listen to, when to look again, and what became of it."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from pipeline.agents.change import Change
from pipeline.agents.focus import Focus
from pipeline.agents.progress import progress
from pipeline.agents.report import AgentReport, Weighing
from pipeline.agents.team import build_team
from pipeline.errors import InputError
from pipeline.reports.guidance import Guidance
from pipeline.reports.heard import Listener, Played
from pipeline.reports.material import Material, dates
from pipeline.reports.pages import page_name
from pipeline.reports.views import CallSummary
from pipeline.schema import Scorecard
from pipeline.store.call_facts import Period

FOLLOW_UP_DAYS = 28
_EXAMPLES = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """Dates of a plan, and whose calls may serve as examples.

    Parameters
    ----------
    coached_on
        Day the plan was made: its goals are those of the calls before it, and the calls since show what became of them.
    """

    consent: frozenset[str] = frozenset()
    follow_up: date | None = None
    coached_on: date | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """One goal with everything that helps towards it.

    Parameters
    ----------
    example_calls
        Whole calls of colleagues, where the criterion is heard rather than said in words.
    """

    focus: Focus
    guidance: Guidance | None
    worst: tuple[Played, ...]
    best: tuple[Played, ...]
    examples: tuple[Played, ...]
    example_calls: tuple[CallSummary, ...]
    change: Change | None


def write_plan(material: Material, agent_id: str, plan: Plan) -> Path:
    """Write an agent's plan; without dates it begins on the day after the last call.

    Raises
    ------
    InputError
        There are no calls before the day the plan was made, or no dates at all.
    """
    plan = replace(plan, consent=plan.consent - {agent_id})
    report = _report_at(material, agent_id, plan)
    goals = _goals(material, report, plan)
    begun = plan.coached_on or _last_day(material) + timedelta(days=1)
    return material.pages.write(
        "coaching.html",
        f"coaching/{page_name(agent_id)}.html",
        report=report,
        team=material.team,
        goals=goals,
        playable=any(moment.sound for goal in goals for moment in (*goal.worst, *goal.best, *goal.examples)),
        begun=begun,
        follow_up=plan.follow_up or begun + timedelta(days=FOLLOW_UP_DAYS),
        coached=plan.coached_on is not None,
        consent=bool(plan.consent),
    )


def _report_at(material: Material, agent_id: str, plan: Plan) -> AgentReport:
    """The agent's report as it stood on the day the plan was made."""
    team = material.team
    if plan.coached_on is not None:
        words = material.pages.words
        until = Period(material.period.since, plan.coached_on - timedelta(days=1))
        team = build_team(material.store.facts(until), weighing=Weighing(words.severities, words.weights))
    for report in team.agents:
        if report.agent_id == agent_id:
            return report
    raise InputError(f"agent {agent_id!r} has no calls before {plan.coached_on}: give a later --coached-on")


def _last_day(material: Material) -> date:
    known = dates(material.team.calls)
    return known[1] if known else date.today()


def _goals(material: Material, report: AgentReport, plan: Plan) -> list[Goal]:
    names = [focus.criterion for focus in report.to_work_on]
    changes = (
        progress(material.team.calls, report.agent_id, plan.coached_on.toordinal(), names) if plan.coached_on else ()
    )
    by_name = {change.name: change for change in changes}
    return [_goal(material, focus, plan, by_name.get(focus.criterion)) for focus in report.to_work_on]


def _goal(material: Material, focus: Focus, plan: Plan, change: Change | None) -> Goal:
    examples = example_calls(material, focus, plan.consent)
    own = {moment.recording_id for moment in (*focus.best, *focus.worst)}
    listener = Listener({key: _heard(material, key) for key in (*own, *examples)}, material.pages.words)
    found = tuple(each for key in examples if (each := listener.example(key, focus.criterion)))[:_EXAMPLES]
    return Goal(
        focus,
        material.pages.words.guidance.get(focus.criterion),
        listener.moments(focus.worst),
        listener.moments(focus.best),
        found,
        listener.summaries(() if found else examples[:_EXAMPLES]),
        change,
    )


def _heard(material: Material, recording_id: str) -> tuple[Scorecard, str | None]:
    shown = material.pages.call(material.store.scorecard(recording_id), agent_page=False)
    return shown.card, shown.sound


def example_calls(material: Material, focus: Focus, consent: frozenset[str]) -> tuple[str, ...]:
    """Best calls on a criterion of agents who agreed, one an agent; nobody's without consent."""
    calls = material.team.calls
    scores = calls.scores.get(focus.criterion)
    if scores is None:
        return ()
    allowed = [code for code, agent in enumerate(calls.agents) if agent in consent]
    rows = np.flatnonzero(np.isin(calls.agent, allowed) & np.isfinite(scores))
    best: dict[int, int] = {}
    for row in sorted(rows.tolist(), key=lambda row: (-scores[row], calls.ids[row])):
        best.setdefault(int(calls.agent[row]), row)
    level = material.team.scales[focus.criterion].team
    good = [row for row in best.values() if level and scores[row] > level.middle]
    return tuple(calls.ids[row] for row in good[: _EXAMPLES * 2])
