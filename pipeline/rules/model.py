"""The nouns of rules: conditions and where they look, rules and what they are worth, the book of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.rules.keywords import KeywordSearch
from pipeline.schema import Polarity, Role


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the call; what is None does not bound it.

    Parameters
    ----------
    first_turns, last_turns
        So many turns from the beginning or the end.
    turns
        From which to which turn, from 1, both included.
    of_call
        Turns are counted over both speakers instead of over the condition's own.
    """

    first_turns: int | None = None
    last_turns: int | None = None
    turns: tuple[int, int] | None = None
    first_s: float | None = None
    last_s: float | None = None
    of_call: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place relative to the hits of another condition.

    Parameters
    ----------
    side
        ``before``, ``after``, ``around`` or ``same`` (the same turn).
    of
        Name of the other condition.
    turns, seconds
        How far; None is as far as the call goes.
    hit
        Number of the hit from 1, ``each`` (it must hold at every hit) or ``any``.
    """

    side: str
    of: str
    turns: int | None = None
    seconds: float | None = None
    hit: int | str = "any"


@dataclass(frozen=True, slots=True)
class Condition:
    """An operator with where it looks.

    Parameters
    ----------
    operator, spec
        Name in the registry and what it was given.
    role
        Whose turns; None is anybody's.
    times
        It must hold at so many places.
    every
        It must hold in every turn that is looked at.
    """

    operator: str
    spec: object
    role: Role | None = None
    window: Window | None = None
    anchor: Anchor | None = None
    times: int = 1
    every: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """A condition that is named elsewhere in the rule."""

    name: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; with ``in_one_turn`` there is a turn in which all of them do."""

    parts: tuple["Node", ...]
    in_one_turn: bool = False


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Order:
    """Named conditions hold one after the other.

    Parameters
    ----------
    within_turns
        Most turns from the first to the last; None without a limit.
    """

    names: tuple[str, ...]
    within_turns: int | None = None


Node = Condition | Named | All | Any | Not | Order


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a written dialogue; without times ``start_s`` is None.

    Parameters
    ----------
    level_db
        Mean level, dB relative to full scale.
    """

    role: Role
    text: str
    start_s: float | None = None
    end_s: float | None = None
    level_db: float | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A written dialogue with what the rule must say to it: ``hit``, ``doubtful``, ``miss`` or ``abstain``."""

    expected: str
    lines: tuple[Line, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule.

    Parameters
    ----------
    zh
        Its name, as inspectors read it.
    label
        A label of ``labels.yaml`` that its hits count as, instead of points of its own; else None.
    points
        What a hit adds to the criterion (or, below 0, takes from it); 0 is shown and not scored.
    once
        Whether points count once a call or for every hit.
    each
        Name of the condition whose every hit is judged by itself; None: the call is judged once.
    show
        Name of the condition whose hit is the evidence; None: whichever comes first.
    valid_from, valid_to
        First and last day of calls that it holds for; None without a bound.
    """

    id: str
    zh: str
    criterion: str
    polarity: Polarity
    severity: str
    conditions: Mapping[str, Node]
    when: Node
    trials: tuple[Trial, ...]
    file: Path
    line: int
    source: str = ""
    label: str | None = None
    points: float = 0.0
    once: bool = True
    red_line: bool = False
    each: str | None = None
    show: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of a file.

    Parameters
    ----------
    version
        First 12 hexadecimal digits of the SHA-256 of the file; empty without a file.
    """

    rules: tuple[Rule, ...] = ()
    version: str = ""
    keywords: KeywordSearch = field(default_factory=lambda: KeywordSearch(()), repr=False, compare=False)

    def rule(self, name: str) -> Rule | None:
        """The rule of this id."""
        return next((rule for rule in self.rules if rule.id == name), None)
