"""An agent's page: where the agent stands, whether that moves, what to work on, and where to hear it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.agents.focus import Focus
from pipeline.agents.report import AgentReport
from pipeline.agents.team import FEW_CALLS
from pipeline.reports import figures, views
from pipeline.reports.heard import Listener, Played
from pipeline.reports.material import Material
from pipeline.reports.pages import newest_first, page_name
from pipeline.schema import Scorecard

LISTED_CALLS = 100
"""An agent's newest calls have pages; older ones only where a moment is taken from them."""


@dataclass(frozen=True, slots=True)
class FocusView:
    """A criterion worth praise or work, with what can be heard."""

    focus: Focus
    best: tuple[Played, ...]
    worst: tuple[Played, ...]
    best_calls: tuple[views.CallSummary, ...]
    worst_calls: tuple[views.CallSummary, ...]


def write_agent(material: Material, report: AgentReport, *, alone: bool = False) -> Path:
    """Write an agent's page and the pages of the calls it lists or plays."""
    listener, calls = _calls(material, report)
    team, people = material.team, material.people
    drawn = (
        figures.criteria_figure(report, team, material.pages.words),
        figures.trend_figure(report.agent_id, team),
        figures.completeness_figure(report.agent_id, team),
    )
    return material.pages.write(
        "agent.html",
        f"agents/{page_name(report.agent_id)}.html",
        alone=alone,
        report=report,
        calls=newest_first(calls),
        few=report.affinity.calls < FEW_CALLS,
        team=team,
        figures=[figure for figure in drawn if figure],
        playable=listener.playable,
        best=listener.moments(report.best),
        worst=listener.moments(report.worst),
        strengths=[_view(focus, listener) for focus in report.strengths],
        to_work_on=[_view(focus, listener) for focus in report.to_work_on],
        held=people.agents.get(report.agent_id),
        closeness=people.agents_closeness.get(report.agent_id),
    )


def _view(focus: Focus, listener: Listener) -> FocusView:
    return FocusView(
        focus,
        listener.moments(focus.best),
        listener.moments(focus.worst),
        listener.summaries(() if focus.best else focus.best_calls),
        listener.summaries(() if focus.worst else focus.worst_calls),
    )


def _calls(material: Material, report: AgentReport) -> tuple[Listener, list[views.CallSummary]]:
    """Write the pages of the agent's newest calls; a listener who knows the calls that moments are taken from."""
    moments = {moment.recording_id for moment in (*report.best, *report.worst)}
    for focus in (*report.strengths, *report.to_work_on):
        moments |= {moment.recording_id for moment in (*focus.best, *focus.worst)}
        moments |= {*focus.best_calls, *focus.worst_calls}
    newest = _newest(material, report.agent_id)
    heard: dict[str, tuple[Scorecard, str | None]] = {}
    summaries = []
    for card in material.store.scorecards(report.agent_id):
        key = card.recording.id
        if key in newest or key in moments:
            shown = material.pages.call(card)
            if key in newest:
                summaries.append(views.summary(shown.card))
            if key in moments:
                heard[key] = shown.card, shown.sound
    return Listener(heard, material.pages.words), summaries


def _newest(material: Material, agent_id: str) -> frozenset[str]:
    calls = material.team.calls
    rows: Sequence[int] = calls.rows_of(agent_id).tolist()
    newest = sorted(rows, key=lambda row: -np.nan_to_num(calls.day[row], nan=-1.0))[:LISTED_CALLS]
    return frozenset(calls.ids[row] for row in newest)
