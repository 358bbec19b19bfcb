"""What an agent's calls say together: levels with intervals, habits, and places worth hearing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.agents.estimate import Estimate, Moments, Rate, estimates, rate
from pipeline.agents.tally import LabelTally, Moment, PartTally, Tally
from pipeline.schema import Polarity, Scorecard

_TOP = 5
_SEVERITY_WEIGHT = {"heavy": 3.0, "medium": 2.0, "light": 1.0}


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How often a label was found.

    Parameters
    ----------
    hits, calls, doubtful
        Certain findings, the calls that have one, and findings left to the inspector.
    """

    label: str
    hits: int
    calls: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class MissingElement:
    """An element of the opening or closing and in how many of the calls it was missing."""

    part: str
    element: str
    missing: int
    of: int


@dataclass(frozen=True, slots=True)
class AgentReport:
    """One agent's calls together.

    Parameters
    ----------
    affinity, dimensions, criteria
        Levels drawn towards the team by as much as few calls demand; the formula stands in ``agents.estimate``.
    opening, closing
        How often they were complete.
    forbidden
        Forbidden labels, most calls first.
    missing
        Elements of opening and closing, most often missing first.
    best, worst
        Places worth hearing, at most five each: standard phrases that few calls have, forbidden ones by severity.
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


def build_reports(
    cards: Iterable[Scorecard], *, severities: Mapping[str, str] | None = None
) -> tuple[AgentReport, ...]:
    """Report on every agent, in one pass; memory grows with agents and labels, not with calls.

    Parameters
    ----------
    severities
        Label to ``light``, ``medium`` or ``heavy``, which orders the worst moments; without it all count as medium.
    """
    team: defaultdict[str, Tally] = defaultdict(Tally)
    for card in cards:
        team[card.recording.agent_id].add(card)
    scales = _Scales(team)
    common = _common_labels(team)
    return tuple(_report(agent_id, team[agent_id], scales, common, severities or {}) for agent_id in sorted(team))


class _Scales:
    """Every agent's estimates on every scale."""

    def __init__(self, team: Mapping[str, Tally]) -> None:
        self.affinity = estimates("affinity", {agent: tally.affinity for agent, tally in team.items()})
        self._dimensions = _by_name({agent: tally.dimensions for agent, tally in team.items()})
        self._criteria = _by_name({agent: tally.criteria for agent, tally in team.items()})

    def dimensions(self, agent_id: str) -> tuple[Estimate, ...]:
        return tuple(scale[agent_id] for scale in self._dimensions)

    def criteria(self, agent_id: str) -> tuple[Estimate, ...]:
        return tuple(scale[agent_id] for scale in self._criteria)


def _by_name(team: Mapping[str, Mapping[str, Moments]]) -> tuple[Mapping[str, Estimate], ...]:
    names = dict.fromkeys(name for scales in team.values() for name in scales)
    return tuple(
        estimates(name, {agent: scales.get(name, Moments()) for agent, scales in team.items()}) for name in names
    )


def _common_labels(team: Mapping[str, Tally]) -> Mapping[str, float]:
    """Share of the team's calls that have each label."""
    calls = sum(tally.calls for tally in team.values())
    counts: defaultdict[str, int] = defaultdict(int)
    for tally in team.values():
        for label, found in tally.labels.items():
            counts[label] += found.calls
    return {label: count / calls for label, count in counts.items()}


def _report(
    agent_id: str, tally: Tally, scales: _Scales, common: Mapping[str, float], severities: Mapping[str, str]
) -> AgentReport:
    return AgentReport(
        agent_id=agent_id,
        calls=tally.calls,
        first_at=tally.first_at,
        last_at=tally.last_at,
        affinity=scales.affinity[agent_id],
        dimensions=scales.dimensions(agent_id),
        criteria=scales.criteria(agent_id),
        opening=rate(tally.opening.complete, tally.opening.occasions),
        closing=rate(tally.closing.complete, tally.closing.occasions),
        forbidden=_forbidden(tally.labels),
        missing=_missing({"opening": tally.opening, "closing": tally.closing}),
        best=_best(tally.labels, common),
        worst=_worst(tally.labels, severities),
        red_lines=dict(tally.red_lines.most_common()),
        bands=dict(tally.bands.most_common()),
    )


def _forbidden(labels: Mapping[str, LabelTally]) -> tuple[LabelCount, ...]:
    found = [
        LabelCount(label, tally.hits, tally.calls, tally.doubtful)
        for label, tally in labels.items()
        if tally.polarity is Polarity.FORBIDDEN
    ]
    return tuple(sorted(found, key=lambda count: (-count.calls, -count.hits, -count.doubtful, count.label)))


def _missing(parts: Mapping[str, PartTally]) -> tuple[MissingElement, ...]:
    found = [
        MissingElement(part, name, count, tally.occasions)
        for part, tally in parts.items()
        for name, count in tally.missing.items()
    ]
    return tuple(sorted(found, key=lambda element: (-element.missing / element.of, element.part, element.element)))


def _best(labels: Mapping[str, LabelTally], common: Mapping[str, float]) -> tuple[Moment, ...]:
    """Pick one moment a label, those first that the team's calls seldom have: a greeting in every call teaches nobody."""
    tops = [tally.moments[0] for tally in labels.values() if tally.polarity is Polarity.STANDARD and tally.moments]
    return tuple(
        sorted(tops, key=lambda moment: (-moment.certainty * (1.0 - common[moment.label]), moment.label))[:_TOP]
    )


def _worst(labels: Mapping[str, LabelTally], severities: Mapping[str, str]) -> tuple[Moment, ...]:
    found = [moment for tally in labels.values() if tally.polarity is Polarity.FORBIDDEN for moment in tally.moments]

    def weight(moment: Moment) -> float:
        return moment.certainty * _SEVERITY_WEIGHT[severities.get(moment.label, "medium")]

    return tuple(sorted(found, key=lambda moment: (-weight(moment), moment.recording_id, moment.start_s))[:_TOP])
