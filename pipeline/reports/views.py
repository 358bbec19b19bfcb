"""What the pages show, taken from masked nouns: plain values, so that templates only lay out."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise

from pipeline.reports.words import Words, clock
from pipeline.schema import CriterionScore, Event, EventKind, Finding, Polarity, Role, Scorecard, Span, Status, Turn

_SILENCES = {EventKind.SILENCE_ANNOUNCED, EventKind.SILENCE_UNANNOUNCED, EventKind.SLOW_ANSWER, EventKind.HOLD}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a turn's text with its look: ``""``, or a polarity, ``doubtful`` beside it, and what it is.

    Parameters
    ----------
    findings
        Indices into the scorecard's findings of those that cover it.
    """

    text: str
    look: str = ""
    title: str = ""
    findings: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A turn of the transcript in pieces.

    Parameters
    ----------
    recognised
        What the recogniser wrote, with the look ``respelt`` where that was written anew by sound; empty where nothing was.
    """

    turn: Turn
    pieces: tuple[Piece, ...]
    recognised: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Something drawn on the time line, in thousandths of the call's length."""

    left: float
    width: float
    start_s: float
    look: str
    title: str
    lane: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """A dimension's criteria."""

    dimension: str
    criteria: tuple[CriterionScore, ...]


@dataclass(frozen=True, slots=True)
class CallSummary:
    """One line about a call, for lists."""

    key: str
    recording_id: str
    agent_id: str
    date: str
    duration: str
    scores: Mapping[str, float | None]
    low: float | None
    high: float | None
    band: str
    red_line: str | None
    forbidden: int
    doubtful: int


def call_key(recording_id: str) -> str:
    """Name of a call's page: the start of its id, which is a hash."""
    return "".join(char for char in recording_id if char.isalnum())[:16]


def summary(card: Scorecard) -> CallSummary:
    """One line about a call."""
    certain = [finding for finding in card.findings if finding.status is Status.CERTAIN]
    recording, affinity = card.recording, card.affinity
    return CallSummary(
        key=call_key(recording.id),
        recording_id=recording.id,
        agent_id=recording.agent_id,
        date=f"{recording.started_at:%Y-%m-%d %H:%M}" if recording.started_at else "时间不详",
        duration=clock(recording.duration_s),
        scores={"affinity": affinity.score} | {score.dimension: score.score for score in card.dimensions},
        low=affinity.low,
        high=affinity.high,
        band=affinity.band,
        red_line=affinity.red_line,
        forbidden=sum(finding.polarity is Polarity.FORBIDDEN for finding in certain),
        doubtful=len(card.findings) - len(certain),
    )


def lines(card: Scorecard, words: Words) -> tuple[Line, ...]:
    """The transcript, cut where findings begin and end."""
    return tuple(
        Line(turn, tuple(_pieces(turn, card.findings, words)), tuple(_recognised(turn)))
        for turn in card.transcript.turns
    )


def groups(criteria: Iterable[CriterionScore], dimensions: Sequence[str]) -> tuple[Group, ...]:
    """Criteria by dimension, in the dimensions' order; a criterion's id begins with its dimension."""
    scores = tuple(criteria)
    return tuple(
        Group(name, tuple(score for score in scores if score.criterion.split(".")[0] == name)) for name in dimensions
    )


def by_bearing(findings: Sequence[Finding]) -> tuple[tuple[str, tuple[Finding, ...]], ...]:
    """Findings in time, what an inspector looks for first: faults, what rules point at, the doubtful, and then what speaks for the agent."""
    heard = sorted(findings, key=lambda finding: (finding.evidence.span.start_s, finding.evidence.char_start))
    sure = [finding for finding in heard if finding.status is Status.CERTAIN]
    parts = (
        ("不符合规范", [finding for finding in sure if finding.is_fault]),
        ("规则提示", [finding for finding in sure if finding.polarity is Polarity.NEUTRAL]),
        ("待复核（不计分）", [finding for finding in heard if finding.status is Status.DOUBTFUL]),
        ("符合规范", [finding for finding in sure if finding.polarity is Polarity.STANDARD]),
    )
    return tuple((title, tuple(part)) for title, part in parts if part)


def turn_marks(card: Scorecard, words: Words) -> tuple[Mark, ...]:
    """Who speaks when: one lane a role."""
    return tuple(
        _mark(
            card,
            turn.span,
            turn.role.value,
            f"{words.of(turn.role.value)} {clock(turn.span.start_s)}",
            _lane(turn.role),
        )
        for turn in card.transcript.turns
    )


def event_marks(card: Scorecard, words: Words) -> tuple[Mark, ...]:
    """Silences, interruptions and other events."""
    return tuple(
        _mark(card, event.span, _event_look(event), _event_title(event, words), _lane(event.by))
        for event in card.events
    )


def finding_marks(card: Scorecard, words: Words) -> tuple[Mark, ...]:
    """Findings, where they are heard; faults last, so that nothing is drawn over them."""
    found = chain.from_iterable(part for _, part in reversed(by_bearing(card.findings)))
    return tuple(_mark(card, finding.evidence.span, _look(finding), words.of(finding.label)) for finding in found)


def ticks(duration_s: float) -> tuple[tuple[float, str], ...]:
    """Places and times of at most nine marks below the time line."""
    step = next(step for step in (10, 15, 30, 60, 120, 300, 600, 1800, 86_400) if duration_s / step <= 8)
    return tuple((1000.0 * at / max(duration_s, 1.0), clock(at)) for at in range(0, int(duration_s) + 1, step))


def _pieces(turn: Turn, findings: Sequence[Finding], words: Words) -> Iterator[Piece]:
    own = {i: finding for i, finding in enumerate(findings) if finding.evidence.turn == turn.index}
    edges = {0, len(turn.text)} | {
        edge for finding in own.values() for edge in (finding.evidence.char_start, finding.evidence.char_end)
    }
    cuts = sorted(edge for edge in edges if 0 <= edge <= len(turn.text))
    for start, end in pairwise(cuts):
        over = {i: f for i, f in own.items() if f.evidence.char_start <= start and end <= f.evidence.char_end}
        titles = "；".join(dict.fromkeys(_title(finding, words) for finding in over.values()))
        look = _look(min(over.values(), key=_weight)) if over else ""
        yield Piece(turn.text[start:end], look, titles, tuple(over))


def _recognised(turn: Turn) -> Iterator[Piece]:
    """The recogniser's own characters, cut where writing them anew by sound changed them."""
    if turn.recognised == turn.text:
        return
    pairs = zip(turn.recognised, turn.text, strict=True)
    for changed, run in groupby(pairs, key=lambda pair: pair[0] != pair[1]):
        yield Piece("".join(heard for heard, _ in run), "respelt" if changed else "")


def _weight(finding: Finding) -> tuple[bool, bool]:
    """Forbidden before standard, certain before doubtful."""
    return finding.polarity is not Polarity.FORBIDDEN, finding.status is Status.DOUBTFUL


def _look(finding: Finding) -> str:
    return finding.polarity.value + (" doubtful" if finding.status is Status.DOUBTFUL else "")


def _title(finding: Finding, words: Words) -> str:
    doubt = "（待复核）" if finding.status is Status.DOUBTFUL else ""
    return f"{words.of(finding.label)}{doubt}"


def _mark(card: Scorecard, span: Span, look: str, title: str, lane: int = 0) -> Mark:
    whole = max(card.recording.duration_s, span.end_s, 1.0)
    return Mark(1000 * span.start_s / whole, max(2.0, 1000 * span.duration_s / whole), span.start_s, look, title, lane)


def _lane(role: Role) -> int:
    """0 for the agent and whoever is unknown, 1 for the customer."""
    return 1 if role is Role.CUSTOMER else 0


def _event_look(event: Event) -> str:
    return f"silence {event.kind.value}" if event.kind in _SILENCES else event.kind.value


def _event_title(event: Event, words: Words) -> str:
    return f"{words.of(event.kind.value)}（{words.of(event.by.value)}）{clock(event.span.start_s)}，{event.span.duration_s:.1f} 秒"
