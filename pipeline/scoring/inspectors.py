"""How generous or strict each inspector is, from few and unbalanced scores.

What an inspector's score has beyond the machine's is the sum of parts, each drawn towards 0 as far as evidence lacks:
the criterion's (the rubric itself may be off, and by more at one end), the call's and the call's within one criterion
(what the machine missed: seen where several inspectors scored it), the inspector's on this call (one impression colours all
criteria), and the inspector's own bias, which is what is asked for. That is a linear mixed model with known spreads, solved as
one ridge regression.
"""

from collections.abc import Mapping, Sequence

from pipeline.scoring.pairs import Pair

# Standard deviations in points. Before calibration two inspectors' scores lie about 23 points apart, of which their own
# strictness is the larger part; the others are weak: an inspector's one call says little about the inspector.
_BIAS = 10.0
_CRITERION, _CRITERION_TILT = 30.0, 30.0
_CALL, _CALL_CRITERION, _IMPRESSION = 8.0, 6.0, 6.0
_NOISE = 8.0
_MIDDLE, _THIRD = 50.0, 100.0 / 3


def inspector_biases(pairs: Sequence[Pair]) -> Mapping[str, float]:
    """Points that each inspector gives above (or below) the panel; they sum to 0, so a lone inspector has none."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import Ridge

    names = sorted({pair.inspector for pair in pairs})
    if len(names) < 2:
        return dict.fromkeys(names, 0.0)
    vectorizer = DictVectorizer()
    parts = vectorizer.fit_transform([_parts(pair) for pair in pairs])
    beyond = [pair.human - pair.machine for pair in pairs]
    fitted = Ridge(alpha=_NOISE**2, fit_intercept=False, solver="lsqr", tol=1e-8).fit(parts, beyond)
    share = dict(zip(vectorizer.feature_names_, fitted.coef_, strict=True))
    raw = {name: _BIAS * float(share[f"inspector={name}"]) for name in names}
    middle = sum(raw.values()) / len(raw)
    return {name: value - middle for name, value in raw.items()}


def _parts(pair: Pair) -> Mapping[str, float]:
    """The parts that a score is the sum of, each scaled by its spread, so that one penalty fits all."""
    call, criterion = pair.recording_id, pair.criterion
    return {
        f"inspector={pair.inspector}": _BIAS,
        f"criterion={criterion}": _CRITERION,
        f"tilt={criterion}": _CRITERION_TILT * (pair.machine - _MIDDLE) / _THIRD,
        f"call={call}": _CALL,
        f"call={call} criterion={criterion}": _CALL_CRITERION,
        f"call={call} inspector={pair.inspector}": _IMPRESSION,
    }
