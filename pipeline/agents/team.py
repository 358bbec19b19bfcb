"""What a whole team's calls say: who differs surely, what makes calls hard, which rules hit, whether all are served alike."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np

from pipeline.agents.calls import CallColumns, Calls, Numbers
from pipeline.agents.change import Change, between, judged
from pipeline.agents.difficulty import Effect
from pipeline.agents.estimate import Moments, Rate, rate
from pipeline.agents.facts import CallFacts
from pipeline.agents.groups import Contrast, contrasts
from pipeline.agents.levels import MAIN_SCALES, Scale, moments_by_agent, scales, trends
from pipeline.agents.report import AgentReport, Findings, Weighing, agent_reports
from pipeline.agents.tally import Tally
from pipeline.agents.tiers import Tiers, tiers
from pipeline.schema import Polarity

FEW_CALLS = 10


@dataclass(frozen=True, slots=True)
class RuleCount:
    """How often a rule found a label for certain, in all calls."""

    rule: str
    label: str
    hits: int


@dataclass(frozen=True, slots=True)
class LabelShare:
    """In how many calls a label was found for certain, and by how many agents."""

    label: str
    forbidden: bool
    calls: Rate
    agents: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class GroupMean:
    """A group of calls with its plain mean of affinity and 95 % interval; None with fewer than two scored calls."""

    name: str
    calls: int
    mean: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class RedLine:
    """A call that fails, and for what."""

    recording_id: str
    agent_id: str
    label: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the figures rest on.

    Parameters
    ----------
    least, typical, most
        Calls of an agent.
    few
        Agents with fewer than ten calls.
    undated
        Calls whose time is not known: they are in no trend and no hour.
    """

    calls: int
    scored: int
    agents: int
    least: int
    typical: float
    most: int
    few: int
    undated: int


@dataclass(frozen=True, slots=True)
class TeamReport:
    """Everything about a team.

    Parameters
    ----------
    effects
        Of circumstances, on affinity and dimensions, by scale.
    changes
        Of the team as a whole, against the period before.
    """

    agents: tuple[AgentReport, ...]
    calls: Calls
    scales: Mapping[str, Scale]
    tiers: Tiers
    effects: Mapping[str, tuple[Effect, ...]]
    contrasts: tuple[Contrast, ...]
    scenarios: tuple[GroupMean, ...]
    hours: tuple[GroupMean, ...]
    labels: tuple[LabelShare, ...]
    rules: tuple[RuleCount, ...]
    red_lines: tuple[RedLine, ...]
    coverage: Coverage
    changes: tuple[Change, ...]


def build_team(
    calls: Iterable[CallFacts], *, before: Iterable[CallFacts] = (), weighing: Weighing | None = None
) -> TeamReport:
    """Report on a team, in one pass over each period.

    Parameters
    ----------
    before
        Calls of the period before, for changes only.
    """
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    columns = CallColumns()
    red_lines: list[RedLine] = []
    for call in calls:
        tallies[call.agent_id].add(call)
        columns.add(call)
        if call.red_line:
            red_lines.append(RedLine(call.recording_id, call.agent_id, call.red_line))
    table = columns.columns()
    found = scales(table)
    changes, whole = _changes(table, found, _columns(before))
    reports = (
        agent_reports(Findings(tallies, table, found, trends(table, found), changes, weighing or Weighing()))
        if tallies
        else ()
    )
    return _put_together(reports, table, found, tallies, (tuple(red_lines), whole))


def build_reports(calls: Iterable[CallFacts], *, weighing: Weighing | None = None) -> tuple[AgentReport, ...]:
    """Report on every agent, by id."""
    return build_team(calls, weighing=weighing).agents


def _put_together(
    reports: tuple[AgentReport, ...],
    table: Calls,
    found: Mapping[str, Scale],
    tallies: Mapping[str, Tally],
    lists: tuple[tuple[RedLine, ...], tuple[Change, ...]],
) -> TeamReport:
    affinity = found.get("affinity")
    adjusted = affinity.adjustment.scores if affinity else np.zeros(0)
    plain = table.scores.get("affinity", np.zeros(0))
    return TeamReport(
        agents=reports,
        calls=table,
        scales=found,
        tiers=tiers(affinity.agents, affinity.team.middle if affinity.team else None)
        if affinity
        else Tiers((), (), ()),
        effects={name: found[name].adjustment.effects for name in MAIN_SCALES if name in found},
        contrasts=contrasts(table, plain, adjusted),
        scenarios=tuple(_group(name, plain[table.scenario == code]) for code, name in enumerate(table.scenarios)),
        hours=tuple(_group(str(hour), plain[table.hour == hour]) for hour in range(24) if (table.hour == hour).any()),
        labels=_labels(tallies),
        rules=_rules(tallies),
        red_lines=lists[0],
        coverage=_coverage(table, tallies),
        changes=lists[1],
    )


def _columns(calls: Iterable[CallFacts]) -> Calls:
    columns = CallColumns()
    for call in calls:
        columns.add(call)
    return columns.columns()


def _changes(
    now: Calls, found: Mapping[str, Scale], before: Calls
) -> tuple[Mapping[str, tuple[Change, ...]], tuple[Change, ...]]:
    """Changes of each agent, and of the team, where there is a period before."""
    shared = [name for name in MAIN_SCALES if name in found and name in before.scores]
    own: defaultdict[str, list[Change]] = defaultdict(list)
    whole: list[Change] = []
    for name in shared:
        team = found[name].team
        if team is None:
            continue
        then, today = moments_by_agent(before, before.scores[name]), moments_by_agent(now, now.scores[name])
        for agent in today.keys() & then.keys():
            own[agent].append(between(name, then[agent], today[agent], call_variance=team.calls))
        whole.append(between(name, _all(before.scores[name]), _all(now.scores[name]), call_variance=team.calls))
    team_changes = judged({"": tuple(whole)})[""]
    return judged({agent: tuple(each) for agent, each in own.items()}), team_changes


def _all(scores: Numbers) -> Moments:
    known = scores[np.isfinite(scores)]
    return Moments(len(known), float(known.mean()) if len(known) else 0.0)


def _group(name: str, scores: Numbers) -> GroupMean:
    known = scores[np.isfinite(scores)]
    if len(known) < 2:
        return GroupMean(name, len(scores))
    mean, half = float(known.mean()), 1.96 * float(known.std(ddof=1)) / len(known) ** 0.5
    return GroupMean(name, len(scores), mean, max(0.0, mean - half), min(100.0, mean + half))


def _labels(tallies: Mapping[str, Tally]) -> tuple[LabelShare, ...]:
    calls = sum(tally.calls for tally in tallies.values())
    names = {name: own for tally in tallies.values() for name, own in tally.labels.items()}
    found = []
    for name, some in names.items():
        own = [tally.labels[name] for tally in tallies.values() if name in tally.labels]
        share = rate(sum(each.calls for each in own), calls)
        agents, doubtful = sum(each.calls > 0 for each in own), sum(each.doubtful for each in own)
        found.append(LabelShare(name, some.polarity is Polarity.FORBIDDEN, share, agents, doubtful))
    return tuple(sorted(found, key=lambda each: (not each.forbidden, -each.calls.done, each.label)))


def _rules(tallies: Mapping[str, Tally]) -> tuple[RuleCount, ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for tally in tallies.values():
        counts.update(tally.rules)
    ranked = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    return tuple(RuleCount(rule, label, hits) for (rule, label), hits in ranked)


def _coverage(table: Calls, tallies: Mapping[str, Tally]) -> Coverage:
    own = [tally.calls for tally in tallies.values()] or [0]
    scored = int(np.isfinite(table.scores.get("affinity", np.zeros(0))).sum())
    return Coverage(
        calls=len(table.ids),
        scored=scored,
        agents=len(tallies),
        least=min(own),
        typical=float(median(own)),
        most=max(own),
        few=sum(count < FEW_CALLS for count in own) if tallies else 0,
        undated=int((~np.isfinite(table.day)).sum()),
    )
