"""Which calls people should hear, and what their scores then say of all calls.

The worst and the most doubtful calls are all taken (probability 1); of the others, every agent's calls have the same
known probability n / N. An estimate weighs every heard call by 1 / probability, stratum by stratum (Horvitz and
Thompson, 1952):

    mean     = Σ N_h y_h / Σ N_h                              y_h: mean of the heard calls of stratum h
    variance = Σ (N_h / N)² (1 - n_h / N_h) s_h² / n_h        N_h = Σ 1 / probability over the calls drawn
    s_h²     = ((n_h - 1) · own + 4 · pooled) / (n_h - 1 + 4)

Strata are the worst, the doubtful, and each agent's random calls. Own spreads of two or three calls mean little, so
they are drawn towards the pooled one, and that towards 12 points, the usual spread of one agent's calls (as in
``agents.estimate``). A call that was drawn but not heard counts as missing by chance within its stratum.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from math import sqrt
from statistics import fmean, variance

_Z = 1.96
_PRIOR_SPREAD, _PRIOR_WEIGHT = 12.0, 4


class Reason(StrEnum):
    """Why a call was drawn."""

    WORST = "worst"
    DOUBTFUL = "doubtful"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A call that may be drawn.

    Parameters
    ----------
    affinity
        The machine's total; None where it could not judge: such a call is only ever drawn at random.
    doubt
        Width of the total's interval.
    """

    recording_id: str
    agent_id: str
    affinity: float | None
    doubt: float


@dataclass(frozen=True, slots=True)
class Plan:
    """How many calls people can hear.

    Parameters
    ----------
    per_agent
        Random calls of every agent.
    worst, doubtful
        Calls of the whole team with the lowest totals, and with the widest intervals of those left.
    seed
        The same seed draws the same calls.
    """

    per_agent: int
    worst: int = 0
    doubtful: int = 0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Pick:
    """A call that people should hear, why, and how probable it was that it would be drawn."""

    recording_id: str
    agent_id: str
    reason: Reason
    probability: float


@dataclass(frozen=True, slots=True)
class SampleMean:
    """What the heard calls say of all: mean with its 95 % interval.

    Parameters
    ----------
    calls
        Calls that the mean speaks of: those of all strata in which at least one was heard.
    drawn, heard
        Calls people were asked to hear, and those they scored.
    """

    mean: float
    low: float
    high: float
    calls: int
    drawn: int
    heard: int


def draw(candidates: Iterable[Candidate], plan: Plan) -> tuple[Pick, ...]:
    """Draw calls by plan: the worst first, then the doubtful, then by agent; no call twice."""
    # In order of id, so that equals are taken in the same order however they arrive.
    everyone = sorted(candidates, key=lambda call: call.recording_id)
    judged = [call for call in everyone if call.affinity is not None]
    worst = sorted(judged, key=lambda call: call.affinity or 0.0)[: plan.worst]
    taken = {call.recording_id for call in worst}
    unsure = [call for call in judged if call.recording_id not in taken and call.doubt > 0]
    doubtful = sorted(unsure, key=lambda call: -call.doubt)[: plan.doubtful]
    taken |= {call.recording_id for call in doubtful}
    rest = [call for call in everyone if call.recording_id not in taken]
    return (
        *(Pick(call.recording_id, call.agent_id, Reason.WORST, 1.0) for call in worst),
        *(Pick(call.recording_id, call.agent_id, Reason.DOUBTFUL, 1.0) for call in doubtful),
        *_random(rest, plan),
    )


def estimate_mean(
    picks: Sequence[Pick], scores: Mapping[str, float], *, agent_id: str | None = None
) -> SampleMean | None:
    """Estimate the mean over all calls, or over one agent's, from the scores of those that were heard.

    Parameters
    ----------
    scores
        Of heard calls by id: an inspector's score, or its difference from the machine's.

    Returns
    -------
    SampleMean or None
        None when nothing was heard.
    """
    pooled = _pooled(_strata(picks, scores))
    own = [pick for pick in picks if agent_id in (None, pick.agent_id)]
    strata = [stratum for stratum in _strata(own, scores) if stratum.heard]
    if not strata:
        return None
    calls = sum(stratum.size for stratum in strata)
    mean = sum(stratum.size * fmean(stratum.heard) for stratum in strata) / calls
    spread = sum((stratum.size / calls) ** 2 * stratum.mean_variance(pooled) for stratum in strata)
    half = _Z * sqrt(spread)
    heard = sum(len(stratum.heard) for stratum in strata)
    return SampleMean(mean, mean - half, mean + half, round(calls), len(own), heard)


@dataclass(frozen=True, slots=True)
class _Stratum:
    """How many calls it stands for, and the scores of those that were heard."""

    size: float
    heard: tuple[float, ...]

    def mean_variance(self, pooled: float) -> float:
        """Variance of the mean of the heard calls."""
        n = len(self.heard)
        own = variance(self.heard) if n > 1 else 0.0
        spread = ((n - 1) * own + _PRIOR_WEIGHT * pooled) / (n - 1 + _PRIOR_WEIGHT)
        return max(0.0, 1 - n / self.size) * spread / n


def _random(rest: Iterable[Candidate], plan: Plan) -> Iterable[Pick]:
    by_agent: defaultdict[str, list[Candidate]] = defaultdict(list)
    for call in rest:
        by_agent[call.agent_id].append(call)
    for agent_id, calls in sorted(by_agent.items()):
        chosen = sorted(calls, key=lambda call: _lot(plan.seed, call))[: plan.per_agent]
        for call in chosen:
            yield Pick(call.recording_id, agent_id, Reason.RANDOM, len(chosen) / len(calls))


def _lot(seed: int, call: Candidate) -> bytes:
    """Shuffle by hash: a call's place does not depend on which other agents or calls there are."""
    return sha256(f"{seed}:{call.recording_id}".encode()).digest()


def _strata(picks: Iterable[Pick], scores: Mapping[str, float]) -> list[_Stratum]:
    groups: defaultdict[tuple[Reason, str], list[Pick]] = defaultdict(list)
    for pick in picks:
        groups[pick.reason, pick.agent_id if pick.reason is Reason.RANDOM else ""].append(pick)
    return [
        _Stratum(
            sum(1 / pick.probability for pick in group),
            tuple(scores[pick.recording_id] for pick in group if pick.recording_id in scores),
        )
        for group in groups.values()
    ]


def _pooled(strata: Iterable[_Stratum]) -> float:
    """Variance within strata, drawn towards the usual one."""
    known = [stratum.heard for stratum in strata if len(stratum.heard) > 1]
    squares = sum((len(heard) - 1) * variance(heard) for heard in known) + _PRIOR_WEIGHT * _PRIOR_SPREAD**2
    return squares / (sum(len(heard) - 1 for heard in known) + _PRIOR_WEIGHT)
