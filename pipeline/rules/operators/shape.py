"""Operators on how long and how often: the call, its turns, their number."""

from dataclasses import dataclass

from pipeline.measures.words import spoken_length
from pipeline.rules.fields import Fields
from pipeline.rules.operators.timing import Limits, read_limits
from pipeline.rules.outcome import Outcome, found, held
from pipeline.rules.places import Place
from pipeline.rules.registry import Need, Operator, register

_DAY_S = 86_400.0
_MANY = 100_000.0


def read_duration(fields: Fields) -> Limits:
    """``duration: {above: 600}``: seconds of the whole call."""
    inner = fields.inner("duration")
    inner.only({"above", "below"})
    return read_limits(inner, 0.0, _DAY_S)


def find_duration(spec: Limits, place: Place) -> Outcome:
    """Whether the call is so long."""
    return held(spec.hold(place.call.recording.duration_s), place.turns)


def tell_duration(spec: Limits) -> str:
    """In Chinese."""
    return f"通话时长{spec.tell('秒')}"


@dataclass(frozen=True, slots=True)
class TurnLength:
    """How long a turn is, in spoken characters or in seconds."""

    limits: Limits
    in_seconds: bool


def read_turn_length(fields: Fields) -> TurnLength:
    """``turn_length: {above: 90}`` in characters, ``{above: 20, unit: seconds}`` in seconds."""
    inner = fields.inner("turn_length")
    inner.only({"above", "below", "unit"})
    in_seconds = inner.choice("unit", ("chars", "seconds"), "chars") == "seconds"
    return TurnLength(read_limits(inner, 0.0, _MANY), in_seconds)


def find_turn_length(spec: TurnLength, place: Place) -> Outcome:
    """The turns that are so long."""
    turns = place.call.turns
    if spec.in_seconds:
        hits = [
            place.call.whole(i, note=f"{turns[i].span.duration_s:.1f} 秒")
            for i in place.turns
            if spec.limits.hold(turns[i].span.duration_s)
        ]
    else:
        lengths = [(i, spoken_length(turns[i].text)) for i in place.turns]
        hits = [place.call.whole(i, note=f"{length} 字") for i, length in lengths if spec.limits.hold(length)]
    return found(place.within(hits), place.turns)


def tell_turn_length(spec: TurnLength) -> str:
    """In Chinese."""
    return f"一句话{spec.limits.tell('秒' if spec.in_seconds else '字')}"


def read_count(fields: Fields) -> Limits:
    """``turns: {above: 20}``: how many turns there are where the condition looks."""
    inner = fields.inner("turns")
    inner.only({"above", "below"})
    return read_limits(inner, 0.0, _MANY)


def find_count(spec: Limits, place: Place) -> Outcome:
    """Whether there are so many turns."""
    return held(spec.hold(len(place.turns)), place.turns)


def tell_count(spec: Limits) -> str:
    """In Chinese."""
    return f"句数{spec.tell('句')}"


register(Operator("duration", read_duration, find_duration, tell_duration, frozenset({Need.TIMES}), by_hit=False))
register(Operator("turn_length", read_turn_length, find_turn_length, tell_turn_length))
register(Operator("turns", read_count, find_count, tell_count, by_hit=False))
