"""Fits a calibration: inspectors' biases taken out, one curve a criterion, and the proof on calls held out.

Calls are held out whole, in five parts; biases and curves are fitted without them. The errors before and after are both
counted against the inspectors' scores less the biases found on the other calls. A curve is kept only where the mean gain is
larger than its standard error; else the criterion keeps the rubric's score.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, stdev

from pipeline.scoring.calibration import Calibration
from pipeline.scoring.curves import Curve, Method, fit_curve, method_for
from pipeline.scoring.inspectors import inspector_biases
from pipeline.scoring.pairs import Pair

_PARTS = 5


@dataclass(frozen=True, slots=True)
class Item:
    """One call on one criterion: the machine's score, and the inspectors' mean without their biases."""

    machine: float
    human: float
    scores: int


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One item of a call that neither biases nor curve had seen."""

    machine: float
    human: float
    calibrated: float

    @property
    def gain(self) -> float:
        """Points by which the calibrated score lies closer to the inspectors than the machine's own."""
        return abs(self.machine - self.human) - abs(self.calibrated - self.human)


@dataclass(frozen=True, slots=True)
class CriterionFit:
    """What was found for one criterion.

    Parameters
    ----------
    method
        What the number of calls allowed.
    error_before, error_after
        Mean absolute error in points on calls held out; None where there were too few.
    helps
        Whether the curve is kept.
    """

    criterion: str
    method: Method
    scores: int
    calls: int
    error_before: float | None = None
    error_after: float | None = None
    helps: bool = False


@dataclass(frozen=True, slots=True)
class Fit:
    """A calibration with everything found on the way.

    Parameters
    ----------
    biases
        Points that each inspector gives above the panel.
    """

    calibration: Calibration
    criteria: tuple[CriterionFit, ...]
    biases: Mapping[str, float]


def fit(pairs: Sequence[Pair], *, criteria: Sequence[str], rubric: str) -> Fit:
    """Fit a calibration to the pairs of these criteria; dimensions and the total follow from them and are left out.

    Parameters
    ----------
    pairs
        The machine's side as the rubric gives it, not calibrated before.
    rubric
        The rubric's version.
    """
    own = [pair for pair in pairs if pair.criterion in set(criteria)]
    biases = inspector_biases(own)
    items = _items(own, biases)
    methods = {name: method_for(len(items.get(name, {}))) for name in criteria}
    proofs = hold_out(own, methods)
    fits = tuple(_judged(name, methods[name], items.get(name, {}), proofs.get(name, ())) for name in criteria)
    curves = {each.criterion: _curve(items[each.criterion], each.method) for each in fits if each.helps}
    return Fit(Calibration(rubric, curves), fits, biases)


def hold_out(pairs: Sequence[Pair], methods: Mapping[str, Method]) -> Mapping[str, Sequence[HeldOut]]:
    """For each criterion with a curve, every call calibrated by what the other calls taught."""
    found: defaultdict[str, list[HeldOut]] = defaultdict(list)
    for seen, unseen in _splits(pairs):
        biases = inspector_biases(seen)
        known = _items(seen, biases)
        for name, items in _items(unseen, biases).items():
            if methods[name] is Method.IDENTITY or name not in known:
                continue
            curve = _curve(known[name], methods[name])
            found[name] += [HeldOut(item.machine, item.human, curve(item.machine)) for item in items.values()]
    return found


def _splits(pairs: Sequence[Pair]) -> Iterator[tuple[list[Pair], list[Pair]]]:
    from sklearn.model_selection import GroupKFold

    calls = [pair.recording_id for pair in pairs]
    parts = min(_PARTS, len(set(calls)))
    if parts < 2:
        return
    for seen, unseen in GroupKFold(parts).split(pairs, groups=calls):
        yield [pairs[i] for i in seen], [pairs[i] for i in unseen]


def _items(pairs: Sequence[Pair], biases: Mapping[str, float]) -> Mapping[str, Mapping[str, Item]]:
    """Criterion → call → item; an inspector never met is taken as unbiased."""
    grouped: defaultdict[str, defaultdict[str, list[Pair]]] = defaultdict(lambda: defaultdict(list))
    for pair in pairs:
        grouped[pair.criterion][pair.recording_id].append(pair)
    return {name: {call: _item(same, biases) for call, same in calls.items()} for name, calls in grouped.items()}


def _item(pairs: Sequence[Pair], biases: Mapping[str, float]) -> Item:
    human = fmean(pair.human - biases.get(pair.inspector, 0.0) for pair in pairs)
    return Item(pairs[0].machine, human, len(pairs))


def _curve(items: Mapping[str, Item], method: Method) -> Curve:
    machine, human, scores = zip(*((item.machine, item.human, item.scores) for item in items.values()), strict=True)
    return fit_curve(machine, human, scores, method)


def _judged(name: str, method: Method, items: Mapping[str, Item], proofs: Sequence[HeldOut]) -> CriterionFit:
    scores = sum(item.scores for item in items.values())
    if not proofs:
        return CriterionFit(name, method, scores, len(items))
    gains = [each.gain for each in proofs]
    return CriterionFit(
        name,
        method,
        scores,
        len(items),
        error_before=fmean(abs(each.machine - each.human) for each in proofs),
        error_after=fmean(abs(each.calibrated - each.human) for each in proofs),
        helps=fmean(gains) > stdev(gains) / sqrt(len(gains)),
    )
