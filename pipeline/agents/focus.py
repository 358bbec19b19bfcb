"""What an agent does well, and the two or three things to work on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.agents.estimate import Estimate, Rate, rate
from pipeline.agents.levels import Scale
from pipeline.agents.tally import LabelTally, Moment
from pipeline.agents.tiers import side
from pipeline.schema import Polarity

_MOST = 3
_LEAST_GAIN = 5.0
"""Points of a criterion that are worth a coaching goal even where the agent is level with the team."""
_MIN_SCORED = 3
_SEVERITY_WEIGHT = {"heavy": 3.0, "medium": 2.0, "light": 1.0}


@dataclass(frozen=True, slots=True)
class Focus:
    """A criterion worth praise or work.

    Parameters
    ----------
    side
        1 where the whole interval lies above the team's level, -1 where below, else 0.
    best, worst
        Places in the agent's own calls that belong to the criterion.
    best_calls, worst_calls
        Recordings with the highest and the lowest score on it, for criteria that are heard rather than read.
    """

    criterion: str
    estimate: Estimate
    team: float
    side: int
    best: tuple[Moment, ...] = ()
    worst: tuple[Moment, ...] = ()
    best_calls: tuple[str, ...] = ()
    worst_calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PhraseUse:
    """In how many of an agent's calls a standard phrase stands, against the team's share."""

    label: str
    calls: Rate
    team: float
    missed: bool


def strengths(agent_id: str, criteria: Mapping[str, Scale]) -> tuple[Focus, ...]:
    """Criteria on which the agent surely lies above the team, furthest first, at most three."""
    found = [focus for focus in _all(agent_id, criteria) if focus.side > 0]
    return tuple(sorted(found, key=lambda focus: focus.team - (focus.estimate.level or 0))[:_MOST])


def to_work_on(agent_id: str, criteria: Mapping[str, Scale], weights: Mapping[str, float]) -> tuple[Focus, ...]:
    """Where work pays most: surely below the team first, surely above it last, each by points lost; two or three.

    Parameters
    ----------
    weights
        Share of each criterion in the total; without it all count alike.
    """

    def lost(focus: Focus) -> float:
        return weights.get(focus.criterion, 1.0) * (100.0 - (focus.estimate.level or 0.0))

    found = [focus for focus in _all(agent_id, criteria) if (focus.estimate.level or 0.0) <= 100.0 - _LEAST_GAIN]
    ranked = sorted(found, key=lambda focus: (focus.side, -lost(focus)))
    return tuple(ranked[: max(2, min(_MOST, sum(focus.side < 0 for focus in found)))])


def phrases(labels: Mapping[str, LabelTally], calls: int, common: Mapping[str, float]) -> tuple[PhraseUse, ...]:
    """Standard phrases of agent and team; missed where the agent surely uses one less than the team, those first."""
    standard = {name for name, tally in labels.items() if tally.polarity is Polarity.STANDARD}
    found = []
    for name in sorted(standard | common.keys()):
        own = rate(labels[name].calls if name in labels else 0, calls)
        team = common.get(name, 0.0)
        found.append(PhraseUse(name, own, team, missed=own.high is not None and own.high < team))
    return tuple(sorted(found, key=lambda use: (not use.missed, (use.calls.ratio or 0.0) - use.team, use.label)))


def severity(label: str, severities: Mapping[str, str]) -> float:
    """How much a forbidden label weighs."""
    return _SEVERITY_WEIGHT[severities.get(label, "medium")]


def moments_of(criterion: str, labels: Mapping[str, LabelTally], polarity: Polarity, count: int) -> tuple[Moment, ...]:
    """The surest places of a criterion, label by label in turn."""
    own: Sequence[LabelTally] = [
        tally for tally in labels.values() if tally.criterion == criterion and tally.polarity is polarity
    ]
    ranked = [(rank, moment) for tally in own for rank, moment in enumerate(tally.moments)]
    ranked.sort(key=lambda entry: (entry[0], -entry[1].certainty, entry[1].recording_id, entry[1].start_s))
    return tuple(moment for _, moment in ranked[:count])


def _all(agent_id: str, criteria: Mapping[str, Scale]) -> list[Focus]:
    found = []
    for name, scale in criteria.items():
        estimate = scale.agents[agent_id]
        if scale.team and estimate.level is not None and estimate.calls >= _MIN_SCORED:
            middle = scale.team.middle
            found.append(Focus(name, estimate, middle, side(estimate, middle)))
    return found
