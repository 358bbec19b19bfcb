"""What is counted of an agent's calls while they stream by: never more than a fixed amount per agent."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.agents.facts import CallFacts, Hit
from pipeline.schema import Completeness, Polarity

_KEPT_PER_LABEL = 3
_KEPT_REASONS = 12


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a call worth hearing again; ``quote`` is empty where only judgements were read."""

    recording_id: str
    started_at: datetime | None
    label: str
    polarity: Polarity
    turn: int
    quote: str
    start_s: float
    end_s: float
    certainty: float
    explanation: str = ""


@dataclass(slots=True)
class PartTally:
    """Completeness of openings or closings; a complete one misses nothing, whichever of its alternatives were used."""

    complete: int = 0
    occasions: int = 0
    missing: Counter[str] = field(default_factory=Counter)

    def add(self, part: Completeness) -> None:
        """Count one call's opening or closing; an abstention is no occasion."""
        if part.abstained:
            return
        self.occasions += 1
        self.complete += part.complete
        if not part.complete:
            self.missing.update(name for name, present in part.elements.items() if not present)


@dataclass(slots=True)
class LabelTally:
    """How often a label was found, in how many calls, and its surest places."""

    polarity: Polarity
    criterion: str
    hits: int = 0
    calls: int = 0
    doubtful: int = 0
    moments: list[Moment] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Everything counted of one agent but the scores themselves."""

    calls: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    opening: PartTally = field(default_factory=PartTally)
    closing: PartTally = field(default_factory=PartTally)
    labels: dict[str, LabelTally] = field(default_factory=dict)
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    red_lines: Counter[str] = field(default_factory=Counter)
    bands: Counter[str] = field(default_factory=Counter)
    abstained: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, call: CallFacts) -> None:
        """Count one call."""
        self.calls += 1
        self._add_date(call.started_at)
        self.opening.add(call.opening)
        self.closing.add(call.closing)
        self._add_hits(call)
        self._add_abstentions(call)
        self.bands[call.band] += 1
        if call.red_line:
            self.red_lines[call.red_line] += 1

    def _add_date(self, started_at: datetime | None) -> None:
        if started_at is None:
            return
        # Recordings may be dated with or without an offset from UTC; as local time both can be compared.
        self.first_at = min(self.first_at or started_at, started_at, key=_comparable)
        self.last_at = max(self.last_at or started_at, started_at, key=_comparable)

    def _add_hits(self, call: CallFacts) -> None:
        seen = set()
        for hit in call.hits:
            tally = self.labels.get(hit.label)
            if tally is None:
                tally = self.labels[hit.label] = LabelTally(hit.polarity, hit.criterion)
            if not hit.certain:
                tally.doubtful += 1
                continue
            tally.hits += 1
            tally.calls += hit.label not in seen
            seen.add(hit.label)
            self.rules[hit.rule, hit.label] += 1
            if _worth_keeping(tally.moments, call, hit):
                _keep(tally.moments, _moment(call, hit))

    def _add_abstentions(self, call: CallFacts) -> None:
        """Count reasons; one that names its call is as good as the first, so that memory does not grow with calls."""
        for criterion, reason in call.abstentions.items():
            reasons = self.abstained[criterion]
            known = reason in reasons or len(reasons) < _KEPT_REASONS
            reasons[reason if known else next(iter(reasons))] += 1


def _comparable(at: datetime) -> float:
    return at.timestamp()


def _moment(call: CallFacts, hit: Hit) -> Moment:
    return Moment(
        recording_id=call.recording_id,
        started_at=call.started_at,
        label=hit.label,
        polarity=hit.polarity,
        turn=hit.turn,
        quote=hit.quote,
        start_s=hit.start_s,
        end_s=hit.end_s,
        certainty=hit.certainty,
        explanation=hit.explanation,
    )


def _rank(certainty: float, recording_id: str, start_s: float) -> tuple[float, str, float]:
    return -certainty, recording_id, start_s


def _worth_keeping(moments: list[Moment], call: CallFacts, hit: Hit) -> bool:
    """Whether it would be among the few: most are not, and need not be made."""
    if len(moments) < _KEPT_PER_LABEL:
        return True
    last = moments[-1]
    weakest = _rank(last.certainty, last.recording_id, last.start_s)
    return _rank(hit.certainty, call.recording_id, hit.start_s) < weakest


def _keep(moments: list[Moment], moment: Moment) -> None:
    """Keep the surest few, at most one a call, so that a report shows several calls."""
    moments.append(moment)
    moments.sort(key=lambda kept: _rank(kept.certainty, kept.recording_id, kept.start_s))
    first_of_call = {kept.recording_id: kept for kept in reversed(moments)}
    moments[:] = [kept for kept in moments if first_of_call[kept.recording_id] is kept][:_KEPT_PER_LABEL]
