"""A crew of workers and what is heard from it; the same for processes here and for actors on a cluster."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pipeline.batch.jobs import Job, Result


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker has loaded everything and can be given a job."""

    worker: int


@dataclass(frozen=True, slots=True)
class Done:
    """A worker has finished its job."""

    worker: int
    result: Result


@dataclass(frozen=True, slots=True)
class Died:
    """A worker is gone, and whatever it was working on is not done."""

    worker: int


News: TypeAlias = Ready | Done | Died


class Crew(Protocol):
    """Workers that each have one job at a time, so that a death tells which job it was over."""

    @property
    def size(self) -> int:
        """How many workers there should be."""

    def hire(self) -> int:
        """Start one more worker; its number."""

    def give(self, worker: int, job: Job) -> None:
        """Hand a job to a worker that is ready."""

    def news(self, timeout_s: float) -> Iterator[News]:
        """What has happened, after waiting for something to happen.

        Raises
        ------
        QinheError
            A worker could not load what it needs: no other could.
        """

    def close(self) -> None:
        """Let all workers go, those at work too."""
