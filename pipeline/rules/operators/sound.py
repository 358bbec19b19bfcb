"""The operator on loudness."""

from dataclasses import dataclass
from itertools import pairwise

from pipeline.rules.fields import Fields
from pipeline.rules.operators.timing import Limits, read_limits
from pipeline.rules.outcome import Outcome, found, held
from pipeline.rules.places import Place
from pipeline.rules.registry import Need, Operator, register


@dataclass(frozen=True, slots=True)
class Loudness:
    """Mean level of turns, dB relative to full scale.

    Parameters
    ----------
    of
        ``level`` of a turn, ``jump`` against the same speaker's turn before, ``span`` from the softest to the loudest turn.
    """

    of: str
    db: Limits


_OF = {"level": "音量", "jump": "音量比同一人前一句高出", "span": "最响与最轻一句音量相差"}


def read_loudness(fields: Fields) -> Loudness:
    """``loudness: {of: level|jump|span, above: …, below: …}``."""
    inner = fields.inner("loudness")
    inner.only({"of", "above", "below"})
    return Loudness(inner.choice("of", _OF, "level"), read_limits(inner, -120.0, 120.0))


def find_loudness(spec: Loudness, place: Place) -> Outcome:
    """The turns that are so loud, or that leap so far."""
    call = place.call
    known = {call.position[v.turn]: v.level_db for v in call.acoustics.voices if v.level_db is not None}
    levels = [(i, known[i]) for i in place.turns if i in known]
    if spec.of == "span":
        values = [level for _, level in levels]
        loudest = max(levels, key=lambda each: each[1], default=(0, 0.0))[0]
        spread = max(values, default=0.0) - min(values, default=0.0)
        within = len(values) > 1 and spec.db.hold(spread)
        return held(within, place.turns, [call.whole(loudest, note=f"相差 {spread:.1f} dB")] if within else ())
    if spec.of == "jump":
        levels = [(i, level - before) for (_, before), (i, level) in pairwise(levels)]
    hits = [call.whole(i, note=f"{level:.1f} dB") for i, level in levels if spec.db.hold(level)]
    return found(place.within(hits), place.turns)


def tell_loudness(spec: Loudness) -> str:
    """In Chinese."""
    return f"{_OF[spec.of]}{spec.db.tell('dB')}"


register(Operator("loudness", read_loudness, find_loudness, tell_loudness, frozenset({Need.SOUND})))
