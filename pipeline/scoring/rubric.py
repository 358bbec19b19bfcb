"""The rubric: what each signal is worth in which criterion, and how criteria make dimensions and the total."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pipeline.criteria.registry import registered
from pipeline.scoring.checks import Checks, read_yaml
from pipeline.scoring.doubt_rule import DoubtRule, read_doubt

_SECTIONS = {"dimensions", "criteria", "bands", "red_lines", "doubt"}
_VALUES = {"min_judged_ratio", "soft_below", "lone_fault", "ungraded"}
_CRITERION_KEYS = {"zh", "en", "dimension", "weight", "source", "start", "signals"}


def family(signal: str) -> str:
    """What a signal's name begins with: forbidden, standard, customer, timing ..."""
    return signal.partition(".")[0]


@dataclass(frozen=True, slots=True)
class SignalRule:
    """What one signal is worth.

    Parameters
    ----------
    zh
        Name of the label in Chinese; empty for behaviours, whose notes tell them.
    points
        Per unit of the signal's amount; negative deducts.
    cap
        Most points, as a magnitude, that all signals of this name may move together.
    once
        True when only the largest one counts.
    """

    zh: str
    points: float
    cap: float = math.inf
    once: bool = False


@dataclass(frozen=True)
class CriterionRule:
    """One criterion: where it belongs, what it weighs within its dimension, where it starts and what moves it."""

    id: str
    zh: str
    en: str
    dimension: str
    weight: float
    source: str
    start: float
    signals: Mapping[str, SignalRule]

    @cached_property
    def most(self) -> Mapping[tuple[str, bool], float]:
        """Most points that a family of signals, by the name before the dot, may take (True) or give (False), as magnitudes."""
        sums: defaultdict[tuple[str, bool], float] = defaultdict(float)
        for name, each in self.signals.items():
            sums[family(name), each.points < 0] += abs(each.points) if each.once else each.cap
        return sums


@dataclass(frozen=True, slots=True)
class DimensionRule:
    """One dimension and its weight in the total."""

    id: str
    zh: str
    en: str
    weight: float


@dataclass(frozen=True, slots=True)
class Band:
    """A name for totals from ``floor`` upwards."""

    name: str
    floor: float


@dataclass(frozen=True, slots=True)
class Rubric:
    """The whole scoring scheme.

    Parameters
    ----------
    bands
        From best to worst; the last one's floor is 0.
    red_lines
        Labels that make the call fail, to their Chinese names.
    min_judged_ratio
        Least share of a dimension's weight that must be judged; below it the dimension has no score.
    soft_below
        Criterion scores below this fall ever more slowly with further deductions.
    ungraded
        Name of the band of a call that cannot be judged.
    lone_fault
        Share of their points that forbidden phrases cost where all of a call's lie in one turn and none crosses a red line.
    doubt
        How far intervals reach beyond the evidence.
    version
        First 12 hexadecimal digits of the SHA-256 of the file.
    """

    dimensions: tuple[DimensionRule, ...]
    criteria: tuple[CriterionRule, ...]
    bands: tuple[Band, ...]
    red_lines: Mapping[str, str]
    min_judged_ratio: float
    soft_below: float
    ungraded: str
    version: str
    lone_fault: float = 1.0
    doubt: DoubtRule = field(default_factory=DoubtRule)

    def band(self, score: float | None) -> str:
        """Name of the band that a total falls into."""
        if score is None:
            return self.ungraded
        return next(band.name for band in self.bands if score >= band.floor)

    def criteria_of(self, dimension: str) -> tuple[CriterionRule, ...]:
        """The criteria of one dimension."""
        return tuple(rule for rule in self.criteria if rule.dimension == dimension)


def load_rubric(path: Path, *, labels: Path | None = None) -> Rubric:
    """Read and check a rubric; the labels are those of ``labels.yaml`` beside it unless given.

    Raises
    ------
    RubricError
        Naming the file, the criterion, the value and the remedy.
    """
    names, _ = read_yaml(labels or path.with_name("labels.yaml"))
    raw, version = read_yaml(path)
    return _Reader(path.name, names.get("labels", {})).rubric(raw, version)


class _Reader:
    """Turns the raw mapping into a rubric."""

    def __init__(self, file: str, labels: Mapping[str, Mapping[str, Any]]) -> None:
        self.check = Checks(file)
        self.labels = labels

    def rubric(self, raw: Mapping[str, Any], version: str) -> Rubric:
        """The whole file."""
        check, top = self.check, "the top level"
        check.only(top, raw, _SECTIONS | _VALUES)
        dimensions = tuple(self.dimension(key, value) for key, value in check.section(raw, "dimensions").items())
        criteria = tuple(self.criterion(key, value) for key, value in check.section(raw, "criteria").items())
        self.shares(dimensions, criteria)
        return Rubric(
            dimensions=dimensions,
            criteria=criteria,
            bands=self.bands(raw),
            red_lines={label: self.label("red_lines", label) for label in raw.get("red_lines", ())},
            min_judged_ratio=check.number(top, raw, "min_judged_ratio", (0.01, 1.0)),
            soft_below=check.number(top, raw, "soft_below", (1.0, 100.0)),
            ungraded=check.text(top, raw, "ungraded"),
            version=version,
            lone_fault=check.number(top, raw, "lone_fault", (0.0, 1.0)) if "lone_fault" in raw else 1.0,
            doubt=read_doubt(raw["doubt"], check) if "doubt" in raw else DoubtRule(),
        )

    def shares(self, dimensions: Sequence[DimensionRule], criteria: Sequence[CriterionRule]) -> None:
        """Weights share out the whole, and every criterion belongs to a dimension that is there."""
        self.check.sums_to_one("dimensions", [rule.weight for rule in dimensions])
        known = [rule.id for rule in dimensions]
        for rule in criteria:
            if rule.dimension not in known:
                self.check.fail(
                    f"criterion {rule.id}", f"dimension {rule.dimension!r} is unknown; known are {', '.join(known)}"
                )
        for name in known:
            self.check.sums_to_one(
                f"the criteria of {name}", [rule.weight for rule in criteria if rule.dimension == name]
            )

    def dimension(self, name: str, raw: object) -> DimensionRule:
        """One entry of ``dimensions``."""
        where, check = f"dimension {name}", self.check
        entry = check.only(where, raw, {"zh", "en", "weight"})
        weight = check.number(where, entry, "weight", (0.0, 1.0))
        return DimensionRule(name, check.text(where, entry, "zh"), check.text(where, entry, "en"), weight)

    def criterion(self, name: str, raw: object) -> CriterionRule:
        """One entry of ``criteria``."""
        where, check = f"criterion {name}", self.check
        if name not in registered():
            check.fail(where, f"there is no function for it; known are {', '.join(registered())}")
        entry = check.only(where, raw, _CRITERION_KEYS)
        zh, en, dimension, source = (check.text(where, entry, key) for key in ("zh", "en", "dimension", "source"))
        return CriterionRule(
            id=name,
            zh=zh,
            en=en,
            dimension=dimension,
            weight=check.number(where, entry, "weight", (0.0, 1.0)),
            source=source,
            start=check.number(where, entry, "start", (0.0, 100.0)),
            signals={key: self.signal(name, key, value) for key, value in check.section(entry, "signals").items()},
        )

    def signal(self, criterion: str, name: str, raw: object) -> SignalRule:
        """One entry of a criterion's ``signals``."""
        where, check = f"criterion {criterion}: signal {name}", self.check
        entry = check.only(where, raw, {"points", "cap", "once"})
        zh = self.signal_name(criterion, name, where)
        points = check.number(where, entry, "points", (-100.0, 100.0))
        cap = check.number(where, entry, "cap", (0.0, 100.0)) if "cap" in entry else math.inf
        if (name.startswith("standard.") and points < 0) or (name.startswith("forbidden.") and points > 0):
            check.fail(where, f"points are {points:g}; standard conduct adds, forbidden conduct deducts: turn the sign")
        return SignalRule(zh, points, cap, entry.get("once") is True)

    def signal_name(self, criterion: str, name: str, where: str) -> str:
        """The label's Chinese name, or nothing for a behaviour that the criterion's function emits."""
        polarity, _, label = name.partition(".")
        if polarity in {"standard", "forbidden"}:
            zh = self.label(where, label)
            if self.labels[label].get("polarity") != polarity:
                self.check.fail(where, f"label {label!r} is {self.labels[label].get('polarity')}; correct the prefix")
            return zh
        emits = sorted(registered()[criterion].emits)
        if name not in emits:
            known = ", ".join([*emits, "standard.*", "forbidden.*"])
            self.check.fail(where, f"the criterion knows no such signal; known are {known}")
        return ""

    def label(self, where: str, label: str) -> str:
        """Chinese name of a label."""
        if label not in self.labels:
            self.check.fail(where, f"label {label!r} is unknown; take one of labels.yaml")
        return str(self.labels[label].get("zh", label))

    def bands(self, raw: Mapping[str, Any]) -> tuple[Band, ...]:
        """The bands from best to worst."""
        entries = self.check.section(raw, "bands")
        bands = [Band(key, self.check.number("bands", entries, key, (0.0, 100.0))) for key in entries]
        bands.sort(key=lambda band: -band.floor)
        if bands[-1].floor != 0 or len({band.floor for band in bands}) < len(bands):
            self.check.fail("bands", "floors must differ and the lowest must be 0; give each band its own floor")
        return tuple(bands)
