"""What became of a condition in a call: held, doubtful or not, where, or nothing to judge by; and how these combine."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum


class Level(IntEnum):
    """How surely something holds."""

    NO = 0
    MAYBE = 1
    YES = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in a call where a condition holds.

    Parameters
    ----------
    turn
        Position of the turn in the call, from 0.
    start, end
        Characters of the turn's text, half-open; the whole turn where the condition is about no words.
    key
        What was found there, where a condition looks for several things: the keyword.
    note
        In Chinese, what was measured there.
    """

    turn: int
    start: int
    end: int
    level: Level = Level.YES
    certainty: float = 1.0
    key: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a condition.

    Parameters
    ----------
    hits
        Where it holds, in the order of the call; may be empty although it holds, as with a denied condition.
    searched
        Positions of the turns that were looked at.
    abstained
        In Chinese, why it cannot be judged; ``level`` then says nothing.
    """

    level: Level
    hits: tuple[Hit, ...] = ()
    searched: tuple[int, ...] = ()
    abstained: str | None = None


def abstention(reason: str) -> Outcome:
    """Nothing to judge by, for this reason."""
    return Outcome(Level.NO, abstained=reason)


def found(hits: Iterable[Hit], searched: Sequence[int], *, times: int = 1) -> Outcome:
    """Holds as surely as the best ``times`` hits together."""
    ordered = tuple(sorted(hits, key=lambda hit: (hit.turn, hit.start, hit.end)))
    levels = sorted((hit.level for hit in ordered), reverse=True)
    level = levels[times - 1] if len(levels) >= times else Level.NO
    return Outcome(level, ordered if level else (), tuple(searched))


def held(holds: bool, searched: Sequence[int], hits: Iterable[Hit] = ()) -> Outcome:
    """The outcome of something measured, which is never in doubt."""
    return Outcome(Level.YES, tuple(hits), tuple(searched)) if holds else Outcome(Level.NO, (), tuple(searched))


def denied(outcome: Outcome) -> Outcome:
    """Holds where the other does not; what is in doubt stays in doubt, what cannot be judged stays unjudged."""
    return replace(outcome, level=Level(Level.YES - outcome.level), hits=())


def all_of(outcomes: Sequence[Outcome]) -> Outcome:
    """Holds as surely as the least sure; one that surely fails decides, whatever cannot be judged."""
    if any(each.abstained is None and each.level is Level.NO for each in outcomes):
        return Outcome(Level.NO, (), _searched(outcomes))
    unjudged = next((each for each in outcomes if each.abstained), None)
    return unjudged or Outcome(min(each.level for each in outcomes), _hits(outcomes), _searched(outcomes))


def any_of(outcomes: Sequence[Outcome]) -> Outcome:
    """Holds as surely as the surest; one that surely holds decides, whatever cannot be judged."""
    judged = [each for each in outcomes if each.abstained is None]
    level = max((each.level for each in judged), default=Level.NO)
    if level is not Level.YES and len(judged) < len(outcomes):
        return next(each for each in outcomes if each.abstained)
    return Outcome(level, _hits([each for each in judged if each.level]), _searched(outcomes))


def _hits(outcomes: Iterable[Outcome]) -> tuple[Hit, ...]:
    return tuple(dict.fromkeys(hit for each in outcomes for hit in each.hits))


def _searched(outcomes: Iterable[Outcome]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(turn for each in outcomes for turn in each.searched))
