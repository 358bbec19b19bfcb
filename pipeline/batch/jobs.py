"""What a worker is given, and what it gives back."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from pipeline.call import Outcome, Scored, failure
from pipeline.errors import QinheError
from pipeline.intake.places import brought_near, is_far
from pipeline.schema import Source


@dataclass(frozen=True, slots=True)
class Job:
    """A source whose content is known: what a worker is given."""

    source: Source
    recording_id: str


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a job.

    Parameters
    ----------
    seconds
        How long it took, fetching included.
    attempts
        How often it was tried; more than once when it took processes down.
    """

    job: Job
    outcome: Outcome
    seconds: float
    attempts: int = 1


class SupportsScore(Protocol):
    """Anything that scores one source: ``pipeline.call.Scorer``."""

    def score(self, source: Source, recording_id: str) -> Outcome:
        """One source's scorecard, or its failure; never raises."""


MakeScorer: TypeAlias = Callable[[], SupportsScore]
"""Loads lists and recogniser; called once a worker, where the worker runs."""


def attempt(scorer: SupportsScore, job: Job) -> Result:
    """Score a job; a recording behind an address is fetched first and scored under its own name."""
    began_s = time.perf_counter()
    return Result(job, _score(scorer, job), time.perf_counter() - began_s)


def _score(scorer: SupportsScore, job: Job) -> Outcome:
    path = job.source.path
    if not is_far(path):
        return scorer.score(job.source, job.recording_id)
    try:
        with brought_near(path) as near:
            outcome = scorer.score(replace(job.source, path=str(near)), job.recording_id)
            return _renamed(outcome, str(near), path)
    except QinheError as error:
        return failure(job.source, job.recording_id, "read", error)


def _renamed(outcome: Outcome, near: str, path: str) -> Outcome:
    if not isinstance(outcome, Scored):
        return replace(outcome, path=path, error=outcome.error.replace(near, path))
    card = outcome.card
    return replace(outcome, card=replace(card, recording=replace(card.recording, path=path)))
