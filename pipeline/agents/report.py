"""What an agent's calls say together: levels with intervals, trend, habits, what to work on, and places worth hearing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from pipeline.agents.calls import Calls
from pipeline.agents.change import Change
from pipeline.agents.estimate import Estimate, Rate, rate
from pipeline.agents.focus import Focus, PhraseUse, moments_of, phrases, strengths, to_work_on
from pipeline.agents.habits import (
    Abstained,
    LabelCount,
    MissingElement,
    abstained,
    best,
    forbidden,
    missing,
    worst,
)
from pipeline.agents.levels import DIMENSIONS, Scale, rows_by_agent
from pipeline.agents.tally import Moment, Tally
from pipeline.agents.trend import Trend
from pipeline.schema import Polarity

_FOCUS_MOMENTS = 2


@dataclass(frozen=True, slots=True)
class AgentReport:
    """One agent's calls together.

    Parameters
    ----------
    affinity, dimensions, criteria
        Levels after the difficulty of the calls was taken out, drawn towards the team by as much as few calls demand;
        the formulas stand in ``agents.difficulty`` and ``agents.estimate``.
    opening, closing
        How often they were complete.
    forbidden
        Forbidden labels, most calls first.
    missing
        Elements of opening and closing, most often missing first.
    best, worst
        Places worth hearing, at most five each: standard phrases that few calls have, forbidden ones by severity.
    trends
        Of affinity and dimensions; whether they are more than noise was judged over the whole team.
    changes
        Against the period before, where one was given.
    """

    agent_id: str
    calls: int
    first_at: datetime | None
    last_at: datetime | None
    affinity: Estimate
    dimensions: tuple[Estimate, ...]
    criteria: tuple[Estimate, ...]
    opening: Rate
    closing: Rate
    forbidden: tuple[LabelCount, ...]
    missing: tuple[MissingElement, ...]
    best: tuple[Moment, ...]
    worst: tuple[Moment, ...]
    red_lines: Mapping[str, int]
    bands: Mapping[str, int]
    trends: tuple[Trend, ...] = ()
    changes: tuple[Change, ...] = ()
    strengths: tuple[Focus, ...] = ()
    to_work_on: tuple[Focus, ...] = ()
    phrases: tuple[PhraseUse, ...] = ()
    abstained: tuple[Abstained, ...] = ()


@dataclass(frozen=True, slots=True)
class Weighing:
    """What the rubric and the labels say about how much things weigh.

    Parameters
    ----------
    severities
        Label to ``light``, ``medium`` or ``heavy``; a label that is not named counts as medium.
    criteria
        Share of each criterion in the total; none given: all alike.
    """

    severities: Mapping[str, str] = field(default_factory=dict)
    criteria: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that was found out about the team, from which each agent's report is put together."""

    tallies: Mapping[str, Tally]
    calls: Calls
    scales: Mapping[str, Scale]
    trends: Mapping[str, tuple[Trend, ...]]
    changes: Mapping[str, tuple[Change, ...]]
    weighing: Weighing


def agent_reports(found: Findings) -> tuple[AgentReport, ...]:
    """Report on every agent, by id."""
    common = common_labels(found.tallies)
    standard = {name: share for name, share in common.items() if name in _standard(found.tallies)}
    rows = rows_by_agent(found.calls)
    dimensions = [name for name in DIMENSIONS if name in found.scales]
    criteria = {name: scale for name, scale in found.scales.items() if "." in name}
    reports = []
    for agent_id in sorted(found.tallies):
        plain = replace(
            _counted(agent_id, found, common),
            phrases=phrases(found.tallies[agent_id].labels, found.tallies[agent_id].calls, standard),
        )
        reports.append(
            replace(
                plain,
                dimensions=tuple(found.scales[name].agents[agent_id] for name in dimensions),
                criteria=tuple(scale.agents[agent_id] for scale in criteria.values()),
                strengths=tuple(
                    _heard(focus, found, rows[agent_id].tolist(), found.tallies[agent_id])
                    for focus in strengths(agent_id, criteria)
                ),
                to_work_on=tuple(
                    _heard(focus, found, rows[agent_id].tolist(), found.tallies[agent_id])
                    for focus in to_work_on(agent_id, criteria, found.weighing.criteria)
                ),
            )
        )
    return tuple(reports)


def common_labels(team: Mapping[str, Tally]) -> Mapping[str, float]:
    """Share of the team's calls that have each label."""
    calls = sum(tally.calls for tally in team.values())
    counts: defaultdict[str, int] = defaultdict(int)
    for tally in team.values():
        for label, found in tally.labels.items():
            counts[label] += found.calls
    return {label: count / calls for label, count in counts.items()}


def _standard(team: Mapping[str, Tally]) -> frozenset[str]:
    return frozenset(
        name for tally in team.values() for name, each in tally.labels.items() if each.polarity is Polarity.STANDARD
    )


def _counted(agent_id: str, found: Findings, common: Mapping[str, float]) -> AgentReport:
    tally = found.tallies[agent_id]
    return AgentReport(
        agent_id=agent_id,
        calls=tally.calls,
        first_at=tally.first_at,
        last_at=tally.last_at,
        affinity=found.scales["affinity"].agents[agent_id],
        dimensions=(),
        criteria=(),
        opening=rate(tally.opening.complete, tally.opening.occasions),
        closing=rate(tally.closing.complete, tally.closing.occasions),
        forbidden=forbidden(tally.labels),
        missing=missing({"opening": tally.opening, "closing": tally.closing}),
        best=best(tally.labels, common),
        worst=worst(tally.labels, found.weighing.severities),
        red_lines=dict(tally.red_lines.most_common()),
        bands=dict(tally.bands.most_common()),
        trends=found.trends.get(agent_id, ()),
        changes=found.changes.get(agent_id, ()),
        abstained=abstained(tally.abstained),
    )


def _heard(focus: Focus, found: Findings, rows: Sequence[int], tally: Tally) -> Focus:
    """Add the places and calls that show what is meant."""
    scores = found.calls.scores[focus.criterion]
    scored = sorted((row for row in rows if scores[row] == scores[row]), key=lambda row: (scores[row], row))
    ids = [found.calls.ids[row] for row in scored]
    return replace(
        focus,
        best=moments_of(focus.criterion, tally.labels, Polarity.STANDARD, _FOCUS_MOMENTS),
        worst=moments_of(focus.criterion, tally.labels, Polarity.FORBIDDEN, _FOCUS_MOMENTS),
        best_calls=tuple(reversed(ids[-_FOCUS_MOMENTS:])),
        worst_calls=tuple(ids[:_FOCUS_MOMENTS]),
    )
