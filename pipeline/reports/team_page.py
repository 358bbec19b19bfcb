"""The team's page and the one-page summary for managers."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.agents.estimate import Spread
from pipeline.agents.team import RuleCount, TeamReport
from pipeline.agents.verdicts import Held
from pipeline.reports import figures, views
from pipeline.reports.material import Material, dates
from pipeline.schema import Scorecard

HEARD_FIRST = 10
_SHOWN_RULES = 12
_PRIORITIES = 3


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule that hits often, and how often inspectors said that it was right; None where nobody judged it."""

    count: RuleCount
    held: Held | None


@dataclass(frozen=True, slots=True)
class Priority:
    """A criterion that costs the team most of its total.

    Parameters
    ----------
    lost
        Points of the total that it costs on average, where the rubric's weights are known.
    """

    criterion: str
    level: float
    lost: float


def write_team(material: Material, *, with_agents: bool) -> Path:
    """Write the team's page and the pages of the calls to hear first."""
    team, words = material.team, material.pages.words
    first = _to_hear(team)
    calls = [_shown(material, recording_id, with_agents) for recording_id in first]
    drawn = (figures.scenario_figure(team, words), figures.hour_figure(team), figures.effect_figure(team, words))
    return material.pages.write(
        "team.html",
        "index.html",
        **_common(material),
        first=calls,
        heat=figures.heat_figure(team, words),
        figures=[figure for figure in drawn if figure],
        rules=_rules(material),
        red_lines=[each for each in team.red_lines if each.recording_id in first],
        with_agents=with_agents,
        own={report.agent_id: report for report in team.agents},
    )


def write_summary(material: Material) -> Path:
    """Write the managers' page: one sheet of paper."""
    return material.pages.write(
        "summary.html",
        "summary.html",
        **_common(material),
        priorities=_priorities(material),
        figure=figures.scenario_figure(material.team, material.pages.words),
    )


def _common(material: Material) -> dict[str, object]:
    team = material.team
    return {
        "team": team,
        "people": material.people,
        "dates": dates(team.calls),
        "failures": len(material.store.failures()),
        "levels": _levels(team),
        "changes": {change.name: change for change in team.changes},
        "opening": _share(team.calls.opening),
        "closing": _share(team.calls.closing),
    }


def _levels(team: TeamReport) -> dict[str, Spread]:
    return {name: scale.team for name, scale in team.scales.items() if scale.team}


def _share(flags: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> float | None:
    known = flags[np.isfinite(flags)]
    return float(known.mean()) if len(known) else None


def _to_hear(team: TeamReport) -> tuple[str, ...]:
    """Red lines first, then the lowest scores."""
    red = [each.recording_id for each in team.red_lines][:HEARD_FIRST]
    scores = team.calls.scores.get("affinity", np.zeros(0))
    known = [int(row) for row in np.flatnonzero(np.isfinite(scores))]
    lowest = sorted(known, key=lambda row: (scores[row], team.calls.ids[row]))[: HEARD_FIRST * 2]
    return tuple(dict.fromkeys([*red, *(team.calls.ids[row] for row in lowest)]))[:HEARD_FIRST]


def _shown(material: Material, recording_id: str, with_agents: bool) -> views.CallSummary:
    card: Scorecard = material.store.scorecard(recording_id)
    return views.summary(material.pages.call(card, agent_page=with_agents).card)


def _rules(material: Material) -> Sequence[RuleView]:
    people = material.people
    return [
        RuleView(count, people.rules.get((count.rule, count.label))) for count in material.team.rules[:_SHOWN_RULES]
    ]


def _priorities(material: Material) -> Sequence[Priority]:
    weights = material.pages.words.weights
    found = [
        Priority(name, scale.team.middle, weights.get(name, 1 / 15) * (100 - scale.team.middle))
        for name, scale in material.team.scales.items()
        if "." in name and scale.team
    ]
    return sorted(found, key=lambda each: -each.lost)[:_PRIORITIES]
