"""The same service to everybody (四个一样): groups of calls compared within agents, so that who serves does not matter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipeline.agents.alarms import Direction, chance_by_noise, direction, margin, real
from pipeline.agents.calls import Calls, Codes, Numbers

MIN_CALLS = 20
_SNR_SPLIT_DB = 15.0
"""Below this a telephone channel is hard to follow."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """How a group of calls is served against the reference group, by the same agents.

    Parameters
    ----------
    grouping, group, reference
        Such as ``busy``, ``yes``, ``no``.
    points, low, high
        Group less reference, in points of affinity, with the 95 % interval; None where a side has too few calls.
    """

    grouping: str
    group: str
    reference: str
    calls: int
    reference_calls: int
    points: float | None = None
    low: float | None = None
    high: float | None = None
    chance: float | None = None
    direction: Direction = Direction.UNKNOWN


def contrasts(calls: Calls, scores: Numbers, adjusted: Numbers) -> tuple[Contrast, ...]:
    """Compare groups by hour, customer, sound, queue and scenario.

    Parameters
    ----------
    scores, adjusted
        Affinity as it is, and with the difficulty of calls taken out. The latter is used where the grouping is no
        difficulty itself.
    """
    fair = {"busy": _by_flag(busy(calls)), "again": _by_flag(calls.again)}
    plain = {"hostile": _by_flag(calls.hostile), "poor_sound": _by_flag(_below(calls.snr_db, _SNR_SPLIT_DB))}
    same = [
        *_flagged(fair, (calls.agent, adjusted)),
        *_against_largest("queue", calls.queues, calls.queue, (calls.agent, adjusted)),
    ]
    hard = [
        *_flagged(plain, (calls.agent, scores)),
        *_against_largest("scenario", calls.scenarios, calls.scenario, (calls.agent, scores)),
    ]
    # Judged apart: that complaints are hard is no news, and must not lend certainty to what should be the same.
    return *_judged(same), *_judged(hard)


def _flagged(groupings: Mapping[str, Codes], served: tuple[Codes, Numbers]) -> Iterator[Contrast]:
    for name, codes in groupings.items():
        if contrast := _contrast(name, ("no", "yes"), codes, served):
            yield contrast


def _judged(found: Sequence[Contrast]) -> Iterator[Contrast]:
    certain = real({(each.grouping, each.group): each.chance for each in found if each.chance is not None})
    for each in found:
        yield replace(each, direction=direction(each.points, certain=(each.grouping, each.group) in certain))


def busy(calls: Calls) -> Numbers:
    """1 for calls in the hours of the day that together hold the busier half of the calls; NaN where time is unknown."""
    hour = calls.hour
    known = hour >= 0
    counts = np.bincount(hour[known], minlength=24)
    order = np.argsort(-counts, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    busy_hours = order[before < known.sum() / 2]
    return np.where(known, np.isin(hour, busy_hours), np.nan)


def _below(values: Numbers, limit: float) -> Numbers:
    return np.where(np.isfinite(values), values < limit, np.nan)


def _by_flag(flag: Numbers) -> Codes:
    return np.where(np.isfinite(flag), flag, -1).astype(np.int32)


def _against_largest(
    grouping: str, names: Sequence[str], codes: Codes, served: tuple[Codes, Numbers]
) -> Iterator[Contrast]:
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    if len(names) < 2:
        return
    largest = int(np.argmax(counts))
    for code, name in enumerate(names):
        if code != largest:
            pair = np.full(len(codes), -1, np.int32)
            pair[codes == largest], pair[codes == code] = 0, 1
            contrast = _contrast(grouping, (names[largest], name), pair, served)
            if contrast:
                yield contrast


def _contrast(grouping: str, names: tuple[str, str], codes: Codes, served: tuple[Codes, Numbers]) -> Contrast | None:
    """Difference within agents; None where nobody is in one of the groups."""
    agent, scores = served
    known = (codes >= 0) & np.isfinite(scores)
    who, group, y = agent[known], codes[known].astype(np.float64), scores[known]
    calls = int(group.sum())
    reference_calls = len(group) - calls
    if not calls or not reference_calls:
        return None
    plain = Contrast(grouping, names[1], names[0], calls, reference_calls)
    if min(calls, reference_calls) < MIN_CALLS:
        return plain
    return _within(plain, who, group, y)


def _within(contrast: Contrast, who: Codes, group: Numbers, y: Numbers) -> Contrast:
    _, own = np.unique(who, return_inverse=True)
    counts = np.bincount(own)
    x = group - (np.bincount(own, group) / counts)[own]
    rest = y - (np.bincount(own, y) / counts)[own]
    spread = float(x @ x)
    free = len(y) - len(counts) - 1
    if spread < 1.0 or free < 1:
        return contrast
    points = float(x @ rest) / spread
    left = rest - points * x
    deviation = float(np.sqrt((left @ left) / free / spread))
    half = margin(deviation, free)
    chance = chance_by_noise(points, deviation, free)
    return replace(contrast, points=points, low=points - half, high=points + half, chance=chance)
