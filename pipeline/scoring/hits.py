"""Whom an entry or a rule concerns, and what newly hits or no longer does when calls are judged again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.people import Decision, finding_key
from pipeline.schema import Finding, Scorecard, Status


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding, and whose call it is in."""

    agent_id: str
    recording_id: str
    finding: Finding


@dataclass(slots=True)
class AgentHits:
    """What was found in one agent's calls.

    Parameters
    ----------
    calls, hit_calls
        All calls of the agent, and those with a hit.
    hits, doubtful
        All hits, and those of them that are not scored.
    confirmed, rejected
        Hits that inspectors confirmed (or had added themselves), and that they rejected or corrected.
    """

    agent_id: str
    calls: int
    hit_calls: int = 0
    hits: int = 0
    doubtful: int = 0
    confirmed: int = 0
    rejected: int = 0

    @property
    def per_call(self) -> float:
        """Hits a call."""
        return self.hits / self.calls


def hits_in(card: Scorecard, name: str) -> Iterator[Hit]:
    """What an entry, a rule or a label found in a call."""
    for finding in card.findings:
        if name in {finding.phrase, finding.rule, finding.label}:
            yield Hit(card.recording.agent_id, card.recording.id, finding)


def by_agent(
    hits: Iterable[Hit], calls: Mapping[str, int], decisions: Mapping[tuple[str, str], Decision]
) -> tuple[AgentHits, ...]:
    """Agents with hits, those with most hits a call first.

    Parameters
    ----------
    calls
        How many calls each agent has.
    decisions
        What inspectors decided, by recording and finding key.
    """
    agents: dict[str, AgentHits] = {}
    seen: set[str] = set()
    for hit in hits:
        own = agents.setdefault(hit.agent_id, AgentHits(hit.agent_id, calls[hit.agent_id]))
        decision = decisions.get((hit.recording_id, finding_key(hit.finding)))
        own.hits += 1
        own.hit_calls += hit.recording_id not in seen
        own.doubtful += hit.finding.status is Status.DOUBTFUL
        own.confirmed += decision in {Decision.CONFIRMED, Decision.ADDED}
        own.rejected += decision in {Decision.REJECTED, Decision.CORRECTED}
        seen.add(hit.recording_id)
    return tuple(sorted(agents.values(), key=lambda each: (-each.per_call, -each.hits, each.agent_id)))


@dataclass(slots=True)
class HitChange:
    """One label or rule.

    Parameters
    ----------
    new, gone
        Findings that only the new judgement has, only the old one had; one that became certain or doubtful is both.
    calls
        Recordings concerned.
    agents
        Whose calls these are.
    example
        A quote of the first that is new, else gone.
    found
        What is new.
    """

    label: str
    new: int = 0
    gone: int = 0
    calls: set[str] = field(default_factory=set)
    agents: set[str] = field(default_factory=set)
    example: str = ""
    found: list[Hit] = field(default_factory=list)


def hit_changes(pairs: Iterable[tuple[Scorecard, Scorecard]]) -> tuple[HitChange, ...]:
    """Compare old judgements with new ones of the same calls; the label with most changes comes first."""
    changes: defaultdict[str, HitChange] = defaultdict(lambda: HitChange(""))
    for before, after in pairs:
        old, new = ({_key(finding): finding for finding in card.findings} for card in (before, after))
        for key in new.keys() - old.keys():
            change = _note(changes[new[key].label], new[key], before)
            change.new += 1
            change.found.append(Hit(before.recording.agent_id, before.recording.id, new[key]))
        for key in old.keys() - new.keys():
            _note(changes[old[key].label], old[key], before).gone += 1
    return tuple(sorted(changes.values(), key=lambda each: (-each.new - each.gone, each.label)))


def _key(finding: Finding) -> tuple[str, str]:
    return finding_key(finding), finding.status.value


def _note(change: HitChange, finding: Finding, card: Scorecard) -> HitChange:
    change.label = finding.label
    change.calls.add(card.recording.id)
    change.agents.add(card.recording.agent_id)
    change.example = change.example or finding.evidence.quote
    return change
