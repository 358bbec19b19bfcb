"""Where a condition looks: its speaker's turns, a part of the call, or the surroundings of another condition's hit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.rules.call import RuleCall
from pipeline.rules.model import Anchor, Window
from pipeline.rules.outcome import Hit
from pipeline.schema import Role

_BEGIN = (-1, 0)
_END = (10**9, 0)


@dataclass(frozen=True, slots=True)
class Place:
    """The turns that a condition looks at.

    Parameters
    ----------
    turns
        Their positions, in order.
    since, until
        Turn and character that bound it, half-open: a turn may be looked at in part.
    """

    call: RuleCall
    turns: tuple[int, ...]
    since: tuple[int, int] = _BEGIN
    until: tuple[int, int] = _END

    def within(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """The hits that lie in it."""
        if not hits:
            return ()
        turns = frozenset(self.turns)
        return tuple(hit for hit in hits if hit.turn in turns and self.since <= (hit.turn, hit.start) < self.until)


def whole_call(call: RuleCall, role: Role | None, window: Window | None) -> Place:
    """A speaker's turns in a part of the call."""
    own = call.of_role(role)
    if window is None:
        return Place(call, own)
    counted = call.of_role(None) if window.of_call else own
    allowed = frozenset(_timed(call, _numbered(counted, window), window))
    return Place(call, tuple(i for i in own if i in allowed))


def _numbered(turns: Sequence[int], window: Window) -> Sequence[int]:
    kept = turns if window.first_turns is None else turns[: window.first_turns]
    kept = kept if window.last_turns is None else kept[-window.last_turns :]
    return kept if window.turns is None else kept[window.turns[0] - 1 : window.turns[1]]


def _timed(call: RuleCall, turns: Iterable[int], window: Window) -> Iterable[int]:
    end_s = max((turn.span.end_s for turn in call.turns), default=0.0)
    latest_s = end_s if window.first_s is None else window.first_s
    earliest_s = 0.0 if window.last_s is None else end_s - window.last_s
    return (i for i in turns if call.turns[i].span.start_s <= latest_s and call.turns[i].span.end_s >= earliest_s)


def beside(base: Place, hit: Hit, anchor: Anchor) -> Place:
    """The part of a place that lies on an anchor's side of a hit, as far as the anchor reaches."""
    earlier = tuple(i for i in base.turns if i < hit.turn)
    later = tuple(i for i in base.turns if i > hit.turn)
    if anchor.turns is not None:
        earlier, later = earlier[max(0, len(earlier) - anchor.turns) :], later[: anchor.turns]
    same = tuple(i for i in base.turns if i == hit.turn)
    turns = {
        "before": (*earlier, *same),
        "after": (*same, *later),
        "around": (*earlier, *same, *later),
        "same": same,
    }[anchor.side]
    since = (hit.turn, hit.end) if anchor.side == "after" else _BEGIN
    until = (hit.turn, hit.start) if anchor.side == "before" else _END
    return Place(base.call, _near(base.call, turns, hit, anchor.seconds), since, until)


def _near(call: RuleCall, turns: tuple[int, ...], hit: Hit, seconds: float | None) -> tuple[int, ...]:
    """The turns that begin or end at most so many seconds from the hit."""
    if seconds is None:
        return turns
    said = call.span(hit)
    return tuple(
        i
        for i in turns
        if call.turns[i].span.start_s <= said.end_s + seconds and call.turns[i].span.end_s >= said.start_s - seconds
    )
