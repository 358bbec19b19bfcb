"""Monotone curves from the machine's score to an inspector's, fitted to as many calls as there are.

From 30 calls isotonic regression; from 8 a straight line drawn towards the identity; below that the identity. Beyond the
scores that were seen, a point stays a point: the curve goes on with slope 1.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Knot = tuple[float, float]

BEST = 100.0
MIN_CALLS_ISOTONIC = 30
MIN_CALLS_LINEAR = 8

# Points on the scale of scores. Noise: single inspectors agree within about 10 to 12 points of each other once biases are
# taken out; offset and tilt: how far a rubric's points may sensibly lie from the panel, at the middle and from end to end.
_NOISE = 12.0
_OFFSET = 10.0
_TILT = 10.0
_TILT_OVER = 100.0 / 3


class Method(StrEnum):
    """How a curve was made."""

    IDENTITY = "identity"
    LINEAR = "linear"
    ISOTONIC = "isotonic"


@dataclass(frozen=True, slots=True)
class Curve:
    """A map that never falls, straight between its knots.

    Parameters
    ----------
    knots
        (machine's score, calibrated score), from 0 to 100 on the machine's side, which rises strictly.
    """

    knots: tuple[Knot, ...]

    def __call__(self, score: float) -> float:
        """The calibrated score."""
        right = bisect_right(self.knots, score, key=lambda knot: knot[0])
        if right in {0, len(self.knots)}:
            return self.knots[max(0, right - 1)][1]
        (x0, y0), (x1, y1) = self.knots[right - 1], self.knots[right]
        return min(y1, y0 + (y1 - y0) * (score - x0) / (x1 - x0))


def method_for(calls: int) -> Method:
    """What this many calls allow."""
    if calls >= MIN_CALLS_ISOTONIC:
        return Method.ISOTONIC
    return Method.LINEAR if calls >= MIN_CALLS_LINEAR else Method.IDENTITY


def fit_curve(machine: Sequence[float], human: Sequence[float], weights: Sequence[float], method: Method) -> Curve:
    """Fit a curve; the three sequences hold one entry a call."""
    if method is Method.IDENTITY:
        return Curve(((0.0, 0.0), (BEST, BEST)))
    fit = _isotonic if method is Method.ISOTONIC else _line
    return Curve(_continued(fit(machine, human, weights)))


def _isotonic(machine: Sequence[float], human: Sequence[float], weights: Sequence[float]) -> Sequence[Knot]:
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.0, y_max=BEST).fit(machine, human, sample_weight=weights)
    return [(float(x), float(y)) for x, y in zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)]


def _line(machine: Sequence[float], human: Sequence[float], weights: Sequence[float]) -> Sequence[Knot]:
    """Ridge regression of what the inspectors add, so that with no evidence nothing is added; never falling."""
    import numpy as np
    from sklearn.linear_model import Ridge

    x, added = np.asarray(machine), np.asarray(human) - np.asarray(machine)
    middle = np.average(x, weights=weights)
    scaled = np.column_stack([np.full_like(x, _OFFSET), _TILT * (x - middle) / _TILT_OVER])
    fitted = Ridge(alpha=_NOISE**2, fit_intercept=False).fit(scaled, added, sample_weight=weights)
    offset, tilt = _OFFSET * fitted.coef_[0], _TILT / _TILT_OVER * fitted.coef_[1]
    slope = max(0.0, 1 + tilt)
    ends = sorted({float(x.min()), float(x.max())})
    return [(end, float(np.clip(middle + offset + slope * (end - middle), 0.0, BEST))) for end in ends]


def _continued(knots: Sequence[Knot]) -> tuple[Knot, ...]:
    """The curve from 0 to 100: slope 1 below and above the knots, until either side ends."""
    (x0, y0), (x1, y1) = knots[0], knots[-1]
    bottom, top = max(0.0, y0 - x0), min(BEST, y1 + BEST - x1)
    points = [(0.0, bottom), (max(0.0, x0 - y0), bottom), *knots, (min(BEST, x1 + BEST - y1), top), (BEST, top)]
    return tuple({round(x, 2): round(y, 2) for x, y in points}.items())
