"""How far scores of the same calls agree: between inspectors, and between inspectors and the machine.

Every figure is a ratio of sums over calls, so that an interval costs little: calls are drawn again, with replacement, and the
sums are weighted by how often each call was drawn (bootstrap by calls; scores of one call are not independent).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np

    Figures: TypeAlias = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

WITHIN = 10.0
"""Two inspectors agree when they lie this close (calibration practice: ±10 of 100)."""
CALIBRATED_SHARE = 0.85
"""Share of calls within that distance from which a team counts as calibrated."""
MIN_CALLS = 10
"""With fewer calls an interval says nothing, so no figure is given."""

_BIN = 10.0
_LAST_BIN = 9.0
_DRAWS = 1000
_SEED = 20250301


@dataclass(frozen=True, slots=True)
class Unit:
    """Scores that several raters gave to the same thing in one call, raters always in the same order."""

    recording_id: str
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far raters agree on something; figures are None where there are too few calls or nothing varies.

    Parameters
    ----------
    name
        What was scored, or who scored it.
    pairs, calls
        Pairs of scores, and how many calls they come from.
    kappa
        Cohen's kappa with quadratic weights, on bins of ten points: 1 perfect, 0 as good as chance.
    alpha
        Krippendorff's alpha for intervals: 1 perfect, 0 as good as chance.
    within
        Share of pairs at most ten points apart.
    bias
        Mean of the first score less the second, in points.
    """

    name: str
    pairs: int
    calls: int
    kappa: Figure | None = None
    alpha: Figure | None = None
    within: Figure | None = None
    bias: Figure | None = None


def agree(name: str, units: Sequence[Unit], *, seed: int = _SEED) -> Agreement:
    """All figures on units of which at least two raters scored each; the same seed gives the same intervals."""
    import numpy as np

    shared = [unit for unit in units if len(unit.scores) > 1]
    by_call: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in shared:
        by_call[unit.recording_id].append(unit)
    pairs = sum(len(unit.scores) * (len(unit.scores) - 1) // 2 for unit in shared)
    calls = len(by_call)
    if calls < MIN_CALLS:
        return Agreement(name, pairs, calls)
    sums = np.array([np.sum([_sums(unit) for unit in same], axis=0) for _, same in sorted(by_call.items())])
    drawn = np.random.default_rng(seed).multinomial(calls, np.full(calls, 1 / calls), size=_DRAWS)
    whole, again = _ratios(sums.sum(axis=0)), _ratios(drawn @ sums)
    return Agreement(name, pairs, calls, **{key: _figure(whole[key], again[key]) for key in whole})


def _sums(unit: Unit) -> "Figures":
    """What a unit adds to the sums; pairs first, on bins and in points, then all scores for alpha."""
    import numpy as np

    first, second = np.array(list(combinations(unit.scores, 2))).T
    a, b = np.minimum(first // _BIN, _LAST_BIN), np.minimum(second // _BIN, _LAST_BIN)
    scores = np.array(unit.scores)
    raters, total, squares = len(scores), scores.sum(), (scores**2).sum()
    apart = 2 * (raters * squares - total**2) / (raters - 1)
    on_bins = [len(a), a.sum(), b.sum(), (a**2).sum(), (b**2).sum(), ((a - b) ** 2).sum()]
    in_points = [(np.abs(first - second) <= WITHIN).sum(), (first - second).sum()]
    return np.array([*on_bins, *in_points, raters, total, squares, apart])


def _ratios(sums: "Figures") -> Mapping[str, "Figures"]:
    """The figures from sums in the last axis; not a number where nothing varies.

    Kappa: 1 - mean (a - b)² / its mean by chance, which is var a + var b + (mean a - mean b)² (Cohen 1968).
    Alpha: 1 - mean squared distance within units / among all scores (Krippendorff 2011, interval).
    """
    import numpy as np

    pairs, a, b, aa, bb, apart_bins, near, difference, scores, total, squares, apart = np.moveaxis(sums, -1, 0)
    by_chance = aa / pairs - (a / pairs) ** 2 + bb / pairs - (b / pairs) ** 2 + ((a - b) / pairs) ** 2
    among_all = 2 * (scores * squares - total**2) / (scores * (scores - 1))
    return {
        "kappa": 1 - _divided(apart_bins / pairs, by_chance),
        "alpha": 1 - _divided(apart / scores, among_all),
        "within": near / pairs,
        "bias": difference / pairs,
    }


def _divided(above: "Figures", below: "Figures") -> "Figures":
    """The quotient; not a number where the divisor is 0 but for rounding."""
    import numpy as np

    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 1e-9)


def _figure(whole: "Figures", again: "Figures") -> Figure | None:
    import numpy as np

    known = again[np.isfinite(again)]
    if not np.isfinite(whole) or len(known) < len(again) / 2:
        return None
    low, high = np.quantile(known, (0.025, 0.975))
    return Figure(float(whole), float(low), float(high))
