"""How much harder some calls are, so that nobody's level depends on which calls fell to them.

For each scale the scores are explained by what the agent did not choose and by who served:

    score = agent + Σ effect · (scenario, customer hostile, sound) + noise

Agents' own means are taken out first (within estimator), so that a good agent who happens to get the hard calls does not
make hard calls look easy. The effects get a weak normal prior (ridge): mean 0, spread 10 points. A score is adjusted to the
team's mix of calls: ``score - effects · (call - mean of all calls)``; the team's mean stays what it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipeline.agents.calls import Calls, Codes, Numbers

BASE_SCENARIO = "consult"
HOSTILE, POOR_SOUND = "hostile", "poor_sound"
_MIN_CALLS = 20
"""A circumstance seen in fewer calls, or missing in fewer, is not modelled."""
_PRIOR_EFFECT = 10.0
_GOOD_SNR_DB, _WORST_SNR_DB = 30.0, 0.0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of how hard each call was: one column a circumstance, already without the mean of all calls."""

    names: tuple[str, ...]
    values: Numbers


@dataclass(frozen=True, slots=True)
class Effect:
    """What a circumstance does to a score on average, in points with the 95 % interval; for sound, per 10 dB lost."""

    name: str
    points: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One scale's scores after adjusting.

    Parameters
    ----------
    scores
        Adjusted, NaN where not scored.
    covariance
        Of the effects, so that an agent's level can admit what is not known of them.
    """

    scores: Numbers
    effects: tuple[Effect, ...]
    covariance: Numbers


def circumstances(calls: Calls) -> Circumstances:
    """Collect what can be modelled: circumstances that enough calls have and enough lack."""
    columns: dict[str, Numbers] = {}
    for code, name in enumerate(calls.scenarios):
        if name != BASE_SCENARIO:
            columns[name] = np.where(calls.scenario >= 0, calls.scenario == code, np.nan)
    columns[HOSTILE] = calls.hostile
    columns[POOR_SOUND] = (_GOOD_SNR_DB - np.clip(calls.snr_db, _WORST_SNR_DB, _GOOD_SNR_DB)) / 10.0
    kept = {name: _centred(column) for name, column in columns.items() if _varies(column)}
    values = np.column_stack(list(kept.values())) if kept else np.zeros((len(calls.ids), 0))
    return Circumstances(tuple(kept), values)


def adjust(scores: Numbers, agent: Codes, hard: Circumstances) -> Adjustment:
    """Estimate the effects on one scale and take them out."""
    known = np.isfinite(scores)
    count = len(hard.names)
    if not count or known.sum() < _MIN_CALLS:
        return Adjustment(scores, (), np.zeros((count, count)))
    x, y, who = hard.values[known], scores[known], agent[known]
    own_x, own_y = x - _own_means(x, who), y - _own_means(y[:, None], who)[:, 0]
    points, covariance = _ridge(own_x, own_y, free=len(y) - len(np.unique(who)))
    half = 1.96 * np.sqrt(np.diag(covariance))
    effects = tuple(
        Effect(name, float(point), float(point - margin), float(point + margin))
        for name, point, margin in zip(hard.names, points, half, strict=True)
    )
    return Adjustment(scores - hard.values @ points, effects, covariance)


def unsure_variance(rows: Numbers, covariance: Numbers) -> float:
    """Variance that not knowing the effects adds to the mean of the calls with these circumstances."""
    mean = rows.mean(axis=0)
    return float(mean @ covariance @ mean)


def adjustments(calls: Calls, hard: Circumstances) -> Mapping[str, Adjustment]:
    """Adjust every scale."""
    return {name: adjust(scores, calls.agent, hard) for name, scores in calls.scores.items()}


def _varies(column: Numbers) -> bool:
    known = column[np.isfinite(column)]
    if not len(known):
        return False
    ordinary = np.median(known)
    return bool((known != ordinary).sum() >= _MIN_CALLS and (known == ordinary).sum() < len(known))


def _centred(column: Numbers) -> Numbers:
    """Without its mean; what is not known counts as average."""
    mean = float(np.nanmean(column))
    return np.asarray(np.where(np.isfinite(column), column, mean) - mean, np.float64)


def _own_means(values: Numbers, who: Codes) -> Numbers:
    """Each row's agent's mean, column by column."""
    _, own = np.unique(who, return_inverse=True)
    counts = np.bincount(own)
    means: Numbers = np.column_stack([np.bincount(own, column) / counts for column in values.T])
    found: Numbers = means[own]
    return found


def _ridge(x: Numbers, y: Numbers, *, free: int) -> tuple[Numbers, Numbers]:
    """Effects and their covariance; the noise is first taken from the raw scores, then from what is left."""
    gram, moments = x.T @ x, x.T @ y
    noise = float(y @ y) / max(1, free)
    for _ in range(2):
        precision = gram + np.eye(len(gram)) * noise / _PRIOR_EFFECT**2
        points = np.asarray(np.linalg.solve(precision, moments), np.float64)
        rest = y - x @ points
        noise = float(rest @ rest) / max(1, free - x.shape[1])
    return points, np.asarray(noise * np.linalg.inv(precision), np.float64)
