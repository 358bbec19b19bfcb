"""An agent's habits: what is often said, what is missing, what was not scored, and the places that show it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.agents.focus import severity
from pipeline.agents.tally import LabelTally, Moment, PartTally
from pipeline.schema import Polarity

_TOP = 5


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How often a label was found.

    Parameters
    ----------
    hits, calls, doubtful
        Certain findings, the calls that have one, and findings left to the inspector.
    """

    label: str
    hits: int
    calls: int
    doubtful: int


@dataclass(frozen=True, slots=True)
class MissingElement:
    """An element of the opening or closing and in how many of the calls it was missing."""

    part: str
    element: str
    missing: int
    of: int


@dataclass(frozen=True, slots=True)
class Abstained:
    """How often a criterion was not scored, and the commonest reason."""

    criterion: str
    calls: int
    reason: str


def forbidden(labels: Mapping[str, LabelTally]) -> tuple[LabelCount, ...]:
    """Count forbidden labels, most calls first."""
    found = [
        LabelCount(label, tally.hits, tally.calls, tally.doubtful)
        for label, tally in labels.items()
        if tally.polarity is Polarity.FORBIDDEN
    ]
    return tuple(sorted(found, key=lambda count: (-count.calls, -count.hits, -count.doubtful, count.label)))


def missing(parts: Mapping[str, PartTally]) -> tuple[MissingElement, ...]:
    """Count missing elements, most often missing first."""
    found = [
        MissingElement(part, name, count, tally.occasions)
        for part, tally in parts.items()
        for name, count in tally.missing.items()
    ]
    return tuple(sorted(found, key=lambda element: (-element.missing / element.of, element.part, element.element)))


def abstained(criteria: Mapping[str, Counter[str]]) -> tuple[Abstained, ...]:
    """Count what was not scored, most calls first."""
    found = [
        Abstained(criterion, reasons.total(), min(reasons, key=lambda reason: (-reasons[reason], reason)))
        for criterion, reasons in criteria.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.calls, each.criterion)))


def best(labels: Mapping[str, LabelTally], common: Mapping[str, float]) -> tuple[Moment, ...]:
    """Pick one moment a label, those first that the team's calls seldom have: a greeting in every call teaches nobody."""
    tops = [tally.moments[0] for tally in labels.values() if tally.polarity is Polarity.STANDARD and tally.moments]
    return tuple(
        sorted(tops, key=lambda moment: (-moment.certainty * (1.0 - common[moment.label]), moment.label))[:_TOP]
    )


def worst(labels: Mapping[str, LabelTally], severities: Mapping[str, str]) -> tuple[Moment, ...]:
    """Pick forbidden places by severity, the gravest first."""
    found = [moment for tally in labels.values() if tally.polarity is Polarity.FORBIDDEN for moment in tally.moments]

    def weight(moment: Moment) -> float:
        return moment.certainty * severity(moment.label, severities)

    return tuple(sorted(found, key=lambda moment: (-weight(moment), moment.recording_id, moment.start_s))[:_TOP])
