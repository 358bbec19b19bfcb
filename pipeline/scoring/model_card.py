"""The model card of a calibration: who scored how much, what was fitted and whether it helps on calls held out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.scoring.calibration import write_down
from pipeline.scoring.fitting import CriterionFit, Fit
from pipeline.scoring.pairs import Pair

_METHOD = (
    "Inspectors' biases are removed (additive, drawn towards 0); then one curve a criterion that never falls: isotonic "
    "regression from 30 calls, a line drawn towards the identity from 8, none below. Errors are mean absolute errors in "
    "points on calls held out whole (5 parts); a curve is kept only where the gain exceeds its standard error."
)
_LIMITS = (
    "Fitted to these inspectors' scale and to the named rubric; another rubric needs another calibration. Red lines, "
    "abstentions and evidence are untouched. Not to be used to judge inspectors."
)


def document(fit: Fit, pairs: Sequence[Pair], *, fitted_on: str, made_by: Mapping[str, str]) -> str:
    """The calibration file: model card, figures a criterion, knots.

    Parameters
    ----------
    pairs
        Everything the fit was made from.
    fitted_on
        ISO 8601 date.
    made_by
        Versions of code and lexicon that gave the machine's scores.
    """
    own = [pair for pair in pairs if pair.criterion in {each.criterion for each in fit.criteria}]
    scores = Counter(pair.inspector for pair in own)
    card = {
        "fitted_on": fitted_on,
        **made_by,
        "calls": len({pair.recording_id for pair in own}),
        "scores": len(own),
        "inspectors": {
            name: {"scores": scores[name], "bias": round(bias, 1)} for name, bias in sorted(fit.biases.items())
        },
        "method": _METHOD,
        "limits": _LIMITS,
    }
    return write_down(fit.calibration, card=card, criteria={each.criterion: _figures(each) for each in fit.criteria})


def _figures(fit: CriterionFit) -> Mapping[str, Any]:
    return {
        "method": fit.method.value,
        "calls": fit.calls,
        "scores": fit.scores,
        "error_before": _rounded(fit.error_before),
        "error_after": _rounded(fit.error_after),
        "kept": fit.helps,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
