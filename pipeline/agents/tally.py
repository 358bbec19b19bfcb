"""What is counted of an agent's calls while they stream by: never more than a fixed amount per agent."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.agents.estimate import Moments
from pipeline.schema import Completeness, Finding, Polarity, Scorecard, Status

_KEPT_PER_LABEL = 3


@dataclass(frozen=True, slots=True)
class Moment:
    """A place in a call worth hearing again."""

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
    hits: int = 0
    calls: int = 0
    doubtful: int = 0
    moments: list[Moment] = field(default_factory=list)


@dataclass(slots=True)
class Tally:
    """Everything counted of one agent."""

    calls: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None
    affinity: Moments = field(default_factory=Moments)
    dimensions: defaultdict[str, Moments] = field(default_factory=lambda: defaultdict(Moments))
    criteria: defaultdict[str, Moments] = field(default_factory=lambda: defaultdict(Moments))
    opening: PartTally = field(default_factory=PartTally)
    closing: PartTally = field(default_factory=PartTally)
    labels: dict[str, LabelTally] = field(default_factory=dict)
    red_lines: Counter[str] = field(default_factory=Counter)
    bands: Counter[str] = field(default_factory=Counter)

    def add(self, card: Scorecard) -> None:
        """Count one call."""
        self.calls += 1
        self._add_date(card.recording.started_at)
        self.affinity.add(card.affinity.score)
        for dimension in card.dimensions:
            self.dimensions[dimension.dimension].add(dimension.score)
        for criterion in card.criteria:
            self.criteria[criterion.criterion].add(criterion.score)
        self.opening.add(card.opening)
        self.closing.add(card.closing)
        self._add_findings(card)
        self.bands[card.affinity.band] += 1
        if card.affinity.red_line:
            self.red_lines[card.affinity.red_line] += 1

    def _add_date(self, started_at: datetime | None) -> None:
        if started_at is None:
            return
        # Recordings may be dated with or without an offset from UTC; as local time both can be compared.
        self.first_at = min(self.first_at or started_at, started_at, key=_comparable)
        self.last_at = max(self.last_at or started_at, started_at, key=_comparable)

    def _add_findings(self, card: Scorecard) -> None:
        seen = set()
        for finding in card.findings:
            tally = self.labels.setdefault(finding.label, LabelTally(finding.polarity))
            if finding.status is Status.DOUBTFUL:
                tally.doubtful += 1
                continue
            tally.hits += 1
            tally.calls += finding.label not in seen
            seen.add(finding.label)
            _keep(tally.moments, _moment(card, finding))


def _comparable(at: datetime) -> float:
    return at.timestamp()


def _moment(card: Scorecard, finding: Finding) -> Moment:
    evidence, recording = finding.evidence, card.recording
    return Moment(
        recording_id=recording.id,
        started_at=recording.started_at,
        label=finding.label,
        polarity=finding.polarity,
        turn=evidence.turn,
        quote=evidence.quote,
        start_s=evidence.span.start_s,
        end_s=evidence.span.end_s,
        certainty=evidence.certainty,
        explanation=finding.explanation,
    )


def _keep(moments: list[Moment], moment: Moment) -> None:
    """Keep the surest few, at most one a call, so that a report shows several calls."""
    moments.append(moment)
    moments.sort(key=lambda kept: (-kept.certainty, kept.recording_id, kept.start_s))
    first_of_call = {kept.recording_id: kept for kept in reversed(moments)}
    moments[:] = [kept for kept in moments if first_of_call[kept.recording_id] is kept][:_KEPT_PER_LABEL]
