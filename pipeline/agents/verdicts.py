"""What inspectors' verdicts say of the machine: how often its findings hold, by rule and label, by agent, and what it misses."""

from collections import Counter, defaultdict
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TypeVar

from pipeline.agents.calls import Calls
from pipeline.agents.estimate import Rate, rate
from pipeline.people import Decision, Verdict, finding_key
from pipeline.schema import Inspection, Scorecard

Key = TypeVar("Key")

WITHIN = 10.0
"""Machine and inspector agree on a score when they lie this close (calibration practice: ±10 of 100)."""
ALL_RULES = "*"
"""Stands for a rule where all of them are counted together."""


@dataclass(frozen=True, slots=True)
class Held:
    """How many findings were judged, and how many of them hold.

    Parameters
    ----------
    precision
        Confirmed of all judged, with Wilson's 95 % interval.
    corrected, added
        Findings that were something else, and what the machine had missed.
    """

    precision: Rate
    rejected: int
    corrected: int
    added: int


@dataclass(frozen=True, slots=True)
class Closeness:
    """How close machine and inspectors score an agent's calls.

    Parameters
    ----------
    within
        Share of scores at most ten points apart.
    bias
        Mean of the inspectors' scores less the machine's; None without a score.
    """

    within: Rate
    bias: float | None = None


def held(verdicts: Iterable[Verdict]) -> Held:
    """Sum verdicts up."""
    counts = Counter(verdict.decision for verdict in verdicts)
    judged = counts[Decision.CONFIRMED] + counts[Decision.REJECTED] + counts[Decision.CORRECTED]
    return Held(
        rate(counts[Decision.CONFIRMED], judged),
        counts[Decision.REJECTED],
        counts[Decision.CORRECTED],
        counts[Decision.ADDED],
    )


def by_rule(verdicts: Iterable[Verdict]) -> Mapping[tuple[str, str], Held]:
    """By rule and the label the machine gave."""
    return _grouped(verdicts, lambda verdict: (verdict.rule, verdict.machine_label))


def by_agent(verdicts: Iterable[Verdict], agents: Mapping[str, str]) -> Mapping[str, Held]:
    """By agent; ``agents`` says whose each recording is, and verdicts on others are left out."""
    known = (verdict for verdict in verdicts if verdict.recording_id in agents)
    return _grouped(known, lambda verdict: agents[verdict.recording_id])


def decided_whole(cards: Iterable[Scorecard], verdicts: Iterable[Verdict]) -> frozenset[str]:
    """Calls of which every finding was decided: there what the machine missed was looked for, and the rest is known."""
    decided = {(verdict.recording_id, verdict.finding) for verdict in verdicts}
    return frozenset(
        card.recording.id
        for card in cards
        if all((card.recording.id, finding_key(finding)) in decided for finding in card.findings)
    )


def recall(verdicts: Iterable[Verdict], whole: Container[str]) -> Mapping[tuple[str, str], Rate]:
    """By rule and label: what the rule found of all that inspectors hold to be the label, in calls decided whole.

    All that holds is what was confirmed, added by inspectors, or corrected to the label. What all rules found together stands
    under :data:`ALL_RULES`, of labels that none found too. What was found doubtful counts as found once confirmed.
    """
    known = [verdict for verdict in verdicts if verdict.recording_id in whole]
    there = Counter(verdict.label for verdict in known if verdict.decision is not Decision.REJECTED)
    right = [verdict for verdict in known if verdict.decision is Decision.CONFIRMED and verdict.machine_label]
    found = Counter((verdict.rule, verdict.label) for verdict in right)
    together = Counter((ALL_RULES, verdict.label) for verdict in right)
    asked = {(verdict.rule, verdict.machine_label) for verdict in known if verdict.machine_label}
    of_each = {key: rate(found[key], there[key[1]]) for key in asked}
    return of_each | {(ALL_RULES, label): rate(together[ALL_RULES, label], count) for label, count in there.items()}


def closeness(inspections: Iterable[Inspection], machine: Mapping[tuple[str, str], float]) -> Closeness:
    """How close scores lie; ``machine`` has its score by recording and scale, and what it did not score is left out."""
    apart = [
        each.score - machine[each.recording_id, each.criterion]
        for each in inspections
        if (each.recording_id, each.criterion) in machine
    ]
    within = rate(sum(abs(points) <= WITHIN for points in apart), len(apart))
    return Closeness(within, sum(apart) / len(apart) if apart else None)


def _grouped(verdicts: Iterable[Verdict], key: Callable[[Verdict], Key]) -> Mapping[Key, Held]:
    groups: defaultdict[Key, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[key(verdict)].append(verdict)
    return {name: held(own) for name, own in groups.items()}


@dataclass(frozen=True, slots=True)
class People:
    """What people said of the calls in a report.

    Parameters
    ----------
    reviewed
        Calls with a verdict or a score by hand.
    """

    reviewed: int
    total: Held
    closeness: Closeness
    rules: Mapping[tuple[str, str], Held]
    agents: Mapping[str, Held]
    agents_closeness: Mapping[str, Closeness]


def people(calls: Calls, verdicts: Iterable[Verdict], inspections: Iterable[Inspection]) -> People:
    """Sum up verdicts and scores by hand on these calls; those on other calls are left out."""
    rows = {recording_id: row for row, recording_id in enumerate(calls.ids)}
    own = [verdict for verdict in verdicts if verdict.recording_id in rows]
    scores = [each for each in inspections if each.recording_id in rows]
    ids = {*(each.recording_id for each in own), *(each.recording_id for each in scores)}
    agents = {recording_id: calls.agents[calls.agent[rows[recording_id]]] for recording_id in ids}
    machine = {
        (each.recording_id, each.criterion): float(points)
        for each in scores
        if each.criterion in calls.scores and isfinite(points := calls.scores[each.criterion][rows[each.recording_id]])
    }
    by_hand: defaultdict[str, list[Inspection]] = defaultdict(list)
    for each in scores:
        by_hand[agents[each.recording_id]].append(each)
    return People(
        reviewed=len(agents),
        total=held(own),
        closeness=closeness(scores, machine),
        rules=by_rule(own),
        agents=by_agent(own, agents),
        agents_closeness={agent: closeness(each, machine) for agent, each in by_hand.items()},
    )
