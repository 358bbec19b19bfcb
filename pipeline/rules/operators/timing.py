"""Operators on time: silence, overlap and speed."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.measures.dialogue import rate_cpm, turn_rate_cpm
from pipeline.measures.interruptions import SPEAKING_S, interruptions
from pipeline.measures.spans import gaps
from pipeline.measures.words import spoken_length
from pipeline.rules.fields import Fields
from pipeline.rules.outcome import Hit, Outcome, found, held
from pipeline.rules.places import Place
from pipeline.rules.registry import Need, Operator, register
from pipeline.schema import Span

_HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Limits:
    """Above this, below that, or both."""

    above: float | None
    below: float | None

    def hold(self, value: float) -> bool:
        """Whether a figure lies within."""
        return (self.above is None or value > self.above) and (self.below is None or value < self.below)

    def tell(self, unit: str) -> str:
        """In Chinese."""
        parts = [f"超过 {self.above:g} {unit}"] if self.above is not None else []
        return "且".join([*parts, *([f"低于 {self.below:g} {unit}"] if self.below is not None else [])])


def read_limits(fields: Fields, low: float, high: float) -> Limits:
    """``above`` and ``below``, at least one of them."""
    limits = Limits(fields.perhaps("above", low, high), fields.perhaps("below", low, high))
    if limits.above is None and limits.below is None:
        fields.refuse("needs above or below; write `{above: …}`")
    return limits


@dataclass(frozen=True, slots=True)
class Silence:
    """Nobody speaks, before a turn of the condition's speaker.

    Parameters
    ----------
    between
        ``different``, ``same`` or ``any``: whether the speaker changes over the silence.
    first
        Only before the speaker's first turn: the time to the first word.
    """

    seconds: Limits
    between: str
    first: bool


_BETWEEN = {"different": "换人说话之间", "same": "同一人两句之间", "any": ""}


def read_silence(fields: Fields) -> Silence:
    """``silence: {above: 5, between: different, first: true}``, in seconds."""
    inner = fields.inner("silence")
    inner.only({"above", "below", "between", "first"})
    return Silence(read_limits(inner, 0.0, _HOUR_S), inner.choice("between", _BETWEEN, "any"), inner.flag("first"))


def find_silence(spec: Silence, place: Place) -> Outcome:
    """The turns before which nobody spoke for so long."""
    turns = place.turns[:1] if spec.first else place.turns
    hits = [hit for turn in turns for hit in _silent_before(spec, place, turn)]
    return found(place.within(hits), turns)


def _silent_before(spec: Silence, place: Place, turn: int) -> Iterator[Hit]:
    call = place.call
    if turn == 0:
        gap = Span(0.0, call.turns[0].span.start_s)
    else:
        start_s = call.turns[turn].span.start_s
        gap = next((each for each in _gaps(place) if abs(each.end_s - start_s) <= _EDGE_S), Span(start_s, start_s))
        changes = call.turns[turn].role is not call.turns[turn - 1].role
        if spec.between != "any" and changes is not (spec.between == "different"):
            return
    if (turn > 0 or spec.first) and spec.seconds.hold(gap.duration_s):
        yield call.whole(turn, note=f"此前静音 {gap.duration_s:.1f} 秒")


_EDGE_S = 0.5
"""Speech activity and a recogniser's times agree on where a turn begins within this."""


def _gaps(place: Place) -> tuple[Span, ...]:
    heard = [span for channel in place.call.acoustics.speech for span in channel]
    return gaps(heard or [turn.span for turn in place.call.turns])


def tell_silence(spec: Silence) -> str:
    """In Chinese."""
    return f"{'首次开口' if spec.first else '开口'}前{_BETWEEN[spec.between]}静音{spec.seconds.tell('秒')}"


@dataclass(frozen=True, slots=True)
class Overlap:
    """The condition's speaker cuts in on the other, who has spoken for ``spoken_for`` seconds."""

    seconds: float
    min_chars: int
    spoken_for: float


def read_overlap(fields: Fields) -> Overlap:
    """``overlap: {above: 1.0, min_chars: 4, spoken_for: 1.0}``."""
    inner = fields.inner("overlap")
    inner.only({"above", "min_chars", "spoken_for"})
    return Overlap(
        inner.number("above", 0.3, 60.0, 1.0),
        inner.whole("min_chars", 1, 100, 4),
        inner.number("spoken_for", SPEAKING_S, 60.0, SPEAKING_S),
    )


def find_overlap(spec: Overlap, place: Place) -> Outcome:
    """The turns that begin while the other speaks on."""
    call = place.call
    settings = call.settings.model_copy(
        update={"interruption_overlap_s": spec.seconds, "interruption_min_chars": spec.min_chars}
    )
    hits = []
    for event in interruptions(call.transcript, call.acoustics, settings):
        turn, other = (call.position[int(event.detail[key] or 0)] for key in ("turn", "interrupted"))
        if event.span.start_s - call.turns[other].span.start_s >= spec.spoken_for:
            hits.append(call.whole(turn, note=f"重叠 {event.detail['overlap_s']} 秒"))
    return found(place.within(hits), place.turns)


def tell_overlap(spec: Overlap) -> str:
    """In Chinese."""
    return f"抢话：对方已说 {spec.spoken_for:g} 秒以上，重叠 {spec.seconds:g} 秒以上，不少于 {spec.min_chars} 字"


@dataclass(frozen=True, slots=True)
class Speed:
    """Characters a minute of a turn, or of all turns together; turns under ``min_chars`` are skipped."""

    cpm: Limits
    average: bool
    min_chars: int


def read_speed(fields: Fields) -> Speed:
    """``speed: {above: 300, average: true, min_chars: 4}``."""
    inner = fields.inner("speed")
    inner.only({"above", "below", "average", "min_chars"})
    return Speed(read_limits(inner, 20.0, 1200.0), inner.flag("average"), inner.whole("min_chars", 1, 200, 4))


def find_speed(spec: Speed, place: Place) -> Outcome:
    """The turns that are so fast or slow, or the last turn where the average is."""
    call = place.call
    settings = call.settings.model_copy(update={"rate_min_chars": spec.min_chars})
    long = [i for i in place.turns if spoken_length(call.turns[i].text) >= spec.min_chars]
    if spec.average:
        rate = rate_cpm([call.turns[i] for i in long], call.acoustics, settings)
        within = rate is not None and spec.cpm.hold(rate)
        return held(within, place.turns, [call.whole(long[-1], note=f"平均 {rate:.0f} 字/分")] if within else ())
    rates = ((i, turn_rate_cpm(call.turns[i], call.acoustics, settings)) for i in long)
    hits = [call.whole(i, note=f"{rate:.0f} 字/分") for i, rate in rates if rate is not None and spec.cpm.hold(rate)]
    return found(place.within(hits), place.turns)


def tell_speed(spec: Speed) -> str:
    """In Chinese."""
    return f"{'平均' if spec.average else '单句'}语速{spec.cpm.tell('字/分')}（短于 {spec.min_chars} 字不算）"


_TIMED = frozenset({Need.TIMES})
register(Operator("silence", read_silence, find_silence, tell_silence, _TIMED))
register(Operator("overlap", read_overlap, find_overlap, tell_overlap, _TIMED | {Need.CHANNELS, Need.ROLES}))
register(Operator("speed", read_speed, find_speed, tell_speed, _TIMED))
