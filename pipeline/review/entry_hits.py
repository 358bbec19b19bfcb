"""What the entries of the phrase lists find in recent calls, and what inspectors said of it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.agents.estimate import Rate, rate
from pipeline.people import Decision, Verdict, finding_key
from pipeline.review.jobs import Progress
from pipeline.schema import Scorecard, Status
from pipeline.store.queue import QueueFilter, QueueOrder
from pipeline.store.repository import Store

RECENT_CALLS = 2000
_PLACES = 5
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry was found."""

    recording_id: str
    agent_id: str
    turn: int
    start_s: float


@dataclass(slots=True)
class EntryHits:
    """How often one entry was found in recent calls.

    Parameters
    ----------
    hits, doubtful, calls
        Certain findings, doubtful ones, and calls with either.
    decisions
        What stands on those that inspectors judged.
    """

    hits: int = 0
    doubtful: int = 0
    calls: int = 0
    decisions: Counter[Decision] = field(default_factory=Counter)
    places: list[Place] = field(default_factory=list)

    @property
    def false(self) -> Rate:
        """Share of the judged that was rejected or corrected, with its interval."""
        wrong = self.decisions[Decision.REJECTED] + self.decisions[Decision.CORRECTED]
        return rate(wrong, wrong + self.decisions[Decision.CONFIRMED])


@dataclass(frozen=True, slots=True)
class Hits:
    """All entries' hits.

    Parameters
    ----------
    calls
        How many recent calls were looked at.
    """

    made_at: datetime
    calls: int
    entries: Mapping[str, EntryHits]

    def of(self, entry: str) -> EntryHits:
        """One entry's hits; none where it was not found."""
        return self.entries.get(entry, EntryHits())


def count_hits(store: Store, verdicts: Iterable[Verdict], progress: Progress) -> Hits:
    """Count in the newest calls; verdicts on older calls are left out."""
    decided = {(verdict.recording_id, verdict.finding): verdict.decision for verdict in verdicts}
    entries: defaultdict[str, EntryHits] = defaultdict(EntryHits)
    progress.of = min(store.count(), RECENT_CALLS)
    for card in newest(store, RECENT_CALLS):
        _add(entries, card, decided)
        progress.done += 1
    return Hits(datetime.now(UTC), progress.done, dict(entries))


def newest(store: Store, most: int) -> Iterator[Scorecard]:
    """The newest scorecards, one by one."""
    after: str | None = None
    left = most
    while left > 0:
        page = store.queue(QueueFilter(order=QueueOrder.NEWEST, limit=min(left, _PAGE), after=after))
        yield from (store.scorecard(row.recording_id) for row in page.rows)
        left -= len(page.rows)
        after = page.after
        if after is None:
            return


def _add(entries: Mapping[str, EntryHits], card: Scorecard, decided: Mapping[tuple[str, str], Decision]) -> None:
    for finding in card.findings:
        if finding.phrase is None:
            continue
        entry = entries[finding.phrase]
        if finding.status is Status.CERTAIN:
            entry.hits += 1
        else:
            entry.doubtful += 1
        decision = decided.get((card.recording.id, finding_key(finding)))
        if decision is not None:
            entry.decisions[decision] += 1
        if len(entry.places) < _PLACES:
            span = finding.evidence.span
            place = Place(card.recording.id, card.recording.agent_id, finding.evidence.turn, span.start_s)
            entry.places.append(place)
    for phrase in {finding.phrase for finding in card.findings if finding.phrase}:
        entries[phrase].calls += 1
