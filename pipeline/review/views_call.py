"""What the page of one call shows: findings with what was decided on them, scores by machine and by hand, marks to draw."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.lexicon.phrases import Label
from pipeline.reports import views
from pipeline.reports.words import Words, clock
from pipeline.review.views_findings import Decided, FindingRow, channel_of, finding_rows
from pipeline.schema import (
    Affinity,
    CriterionScore,
    DimensionScore,
    EventKind,
    Role,
    Scorecard,
)
from pipeline.store.desk_verdicts import HandScore

DIMENSIONS = ("politeness", "patience", "communication")
_SILENCES = {EventKind.SILENCE_UNANNOUNCED, EventKind.SLOW_ANSWER}
_WAITS = {EventKind.SILENCE_ANNOUNCED, EventKind.HOLD}


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion's score by the machine, after the verdicts, and by hand.

    Parameters
    ----------
    after
        As it stands after the verdicts; None where they change nothing.
    mine
        What the reader gave; ``others`` what others gave, each one's latest.
    """

    machine: CriterionScore
    after: CriterionScore | None = None
    mine: HandScore | None = None
    others: tuple[HandScore, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The total or a dimension, before and after the verdicts; ``after`` is None where they change nothing."""

    name: str
    before: DimensionScore | Affinity
    after: DimensionScore | Affinity | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A stretch on the waveform that is no finding: a turn, a silence, an event; ``channel`` is -1 for both."""

    kind: str
    start_s: float
    end_s: float
    title: str
    channel: int = -1


@dataclass(frozen=True, slots=True)
class Lane:
    """A channel's name and colour."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class CallPage:
    """Everything that the page shows."""

    card: Scorecard
    call: views.CallSummary
    rows: tuple[FindingRow, ...]
    lines: tuple[views.Line, ...]
    groups: tuple[tuple[str, tuple[CriterionRow, ...]], ...]
    scores: tuple[ScoreRow, ...]
    drawn: tuple[Drawn, ...]
    lanes: tuple[Lane, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether the verdicts move any score."""
        return any(row.after is not None for row in self.scores) or any(
            row.after is not None for _, rows in self.groups for row in rows
        )


def call_page(
    card: Scorecard,
    decided: Decided,
    words: Words,
    *,
    labels: Mapping[str, Label],
    after: Scorecard | None = None,
    reader: str = "",
) -> CallPage:
    """Gather what the page of a call shows.

    Parameters
    ----------
    card
        As it may be shown, with the findings that inspectors added.
    after
        The same call judged by the findings that stand after the verdicts.
    reader
        Whose scores are to be shown as the reader's own.
    """
    rows = finding_rows(card, decided, labels)
    return CallPage(
        card=card,
        call=views.summary(card),
        rows=rows,
        lines=views.lines(card, words),
        groups=_groups(card, after, decided.scores, reader),
        scores=_scores(card, after),
        drawn=tuple(_drawn(card, words)),
        lanes=lanes(card, words),
        counts=_counts(rows),
    )


def lanes(card: Scorecard, words: Words) -> tuple[Lane, ...]:
    """Who is heard on which channel."""
    if card.recording.channels < 2:
        return (Lane("录音", "unknown"),)
    return tuple(_lane(card, channel, words) for channel in range(card.recording.channels))


def _lane(card: Scorecard, channel: int, words: Words) -> Lane:
    roles = {turn.role for turn in card.transcript.turns if turn.channel == channel} - {Role.UNKNOWN}
    if len(roles) == 1:
        role = roles.pop()
        return Lane(words.of(role.value), role.value)
    return Lane(("左声道", "右声道")[channel], "unknown")


def _counts(rows: Sequence[FindingRow]) -> Mapping[str, int]:
    return {
        "all": len(rows),
        "open": sum(row.state == "open" for row in rows),
        "doubtful": sum("doubtful" in row.look for row in rows),
        "appeals": sum(row.appeal is not None for row in rows),
    }


def _groups(
    card: Scorecard, after: Scorecard | None, scores: Iterable[HandScore], reader: str
) -> tuple[tuple[str, tuple[CriterionRow, ...]], ...]:
    later = {score.criterion: score for score in after.criteria} if after else {}
    latest = {(score.inspection.criterion, score.inspection.inspector): score for score in scores}
    return tuple(
        (
            group.dimension,
            tuple(_criterion(score, later.get(score.criterion), latest, reader) for score in group.criteria),
        )
        for group in views.groups(card.criteria, DIMENSIONS)
    )


def _criterion(
    score: CriterionScore, after: CriterionScore | None, latest: Mapping[tuple[str, str], HandScore], reader: str
) -> CriterionRow:
    own = {who: given for (criterion, who), given in latest.items() if criterion == score.criterion}
    mine = own.pop(reader, None)
    moved = after is not None and (after.score, after.low, after.high) != (score.score, score.low, score.high)
    return CriterionRow(score, after if moved else None, mine, tuple(own[who] for who in sorted(own)))


def _scores(card: Scorecard, after: Scorecard | None) -> tuple[ScoreRow, ...]:
    before: list[tuple[str, DimensionScore | Affinity]] = [("affinity", card.affinity)]
    before += [(score.dimension, score) for score in card.dimensions]
    if after is None:
        return tuple(ScoreRow(name, score) for name, score in before)
    later: dict[str, DimensionScore | Affinity] = {score.dimension: score for score in after.dimensions}
    later["affinity"] = after.affinity
    return tuple(ScoreRow(name, score, later[name] if later[name] != score else None) for name, score in before)


def _drawn(card: Scorecard, words: Words) -> Iterator[Drawn]:
    for turn in card.transcript.turns:
        said = f"{words.of(turn.role.value)} {clock(turn.span.start_s)}"
        yield Drawn(f"turn {turn.role.value}", turn.span.start_s, turn.span.end_s, said, channel_of(card, turn.index))
    for event in card.events:
        kind = "silence" if event.kind in _SILENCES else "wait" if event.kind in _WAITS else f"event {event.kind.value}"
        said = f"{words.of(event.kind.value)}（{words.of(event.by.value)}），{event.span.duration_s:.1f} 秒"
        yield Drawn(kind, event.span.start_s, event.span.end_s, said)
