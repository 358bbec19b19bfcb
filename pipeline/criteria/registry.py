"""The criterion functions by id: one ``@criterion("dimension.name")`` function per criterion of the rubric."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from pipeline.criteria.context import CallContext


@dataclass(frozen=True, slots=True)
class Signal:
    """One observation that may change a criterion's score; the rubric says by how many points.

    Parameters
    ----------
    name
        ``standard.<label>``, ``forbidden.<label>`` or the name of a behaviour that the criterion lists in ``emits``.
    amount
        How often or how much; never negative.
    certainty
        How sure, 0 to 1: widens the interval.
    doubtful
        True when it must not change the score and only widens the interval.
    findings
        Indices into ``CallContext.findings``.
    note
        In Chinese: what was observed, in words that the agent who appeals can check.
    """

    name: str
    amount: float = 1.0
    certainty: float = 1.0
    doubtful: bool = False
    findings: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a criterion saw in a call.

    Parameters
    ----------
    signals
        Observations; an abstaining criterion may still hand over misconduct, which then counts against the call.
    abstained, reason
        No occasion, or nothing to judge by; the reason in Chinese.
    unjudged
        In Chinese: what belongs to the criterion and could not be judged in this call, though the rest was.
    """

    signals: tuple[Signal, ...] = ()
    abstained: bool = False
    reason: str | None = None
    unjudged: str | None = None


Criterion = Callable[[CallContext], Assessment]


@dataclass(frozen=True, slots=True)
class Registered:
    """A criterion function with the signals it may emit besides ``standard.*`` and ``forbidden.*``."""

    function: Criterion
    emits: frozenset[str]


_CRITERIA: dict[str, Registered] = {}


def criterion(name: str, *, emits: tuple[str, ...] = ()) -> Callable[[Criterion], Criterion]:
    """Register a criterion function under its id; a second one under the same id is refused.

    Raises
    ------
    ValueError
        When the id is taken.
    """

    def register(function: Criterion) -> Criterion:
        if name in _CRITERIA:
            raise ValueError(f"criterion {name} is registered twice ({function.__name__}); give one of them another id")
        _CRITERIA[name] = Registered(function, frozenset(emits))
        return function

    return register


@cache
def registered() -> Mapping[str, Registered]:
    """All criteria by id, in the order of their definition."""
    from pipeline.criteria import communication, patience, politeness  # noqa: F401  (importing registers; they import this module)

    return MappingProxyType(_CRITERIA)


def abstain(reason: str, signals: tuple[Signal, ...] = ()) -> Assessment:
    """No judgement, for this reason."""
    return Assessment(signals, True, reason)
