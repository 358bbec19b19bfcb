"""Work that takes longer than a page may: done in the background, with progress that a page can show."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from pipeline.errors import QinheError

_KEPT = 50


@dataclass(slots=True)
class Progress:
    """How far a job is; ``of`` is None until it is known."""

    done: int = 0
    of: int | None = None

    @property
    def ratio(self) -> float | None:
        """Share that is done."""
        return None if not self.of else min(1.0, self.done / self.of)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work.

    Parameters
    ----------
    who
        Who asked for it: its result is shown to nobody else, unless it is empty.
    """

    key: str
    who: str
    asked_at: datetime
    progress: Progress
    future: "Future[Any]" = field(repr=False)

    @property
    def finished(self) -> bool:
        """Whether there is a result or an error."""
        return self.future.done()

    def result(self, wait_s: float = 0.0) -> Any:  # noqa: ANN401  whatever the job makes
        """What it made; None while it runs, for at most this long, and when it failed."""
        try:
            return self.future.result(wait_s)
        except Exception:  # a failure is told by ``error``
            return None

    @property
    def error(self) -> str | None:
        """Why it failed, in one line; None while it runs and when it went well."""
        error = self.future.exception() if self.future.done() else None
        if error is None:
            return None
        return str(error) if isinstance(error, QinheError) else f"{type(error).__name__}: {error}"


class Jobs:
    """Runs at most two jobs at a time, so that pages stay quick, and keeps the last results."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="desk")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._guard = Lock()

    def start(self, key: str, work: Callable[[Progress], Any], *, who: str = "") -> Job:
        """Begin a job, or give the one of this key that is still under way."""
        with self._guard:
            known = self._jobs.get(key)
            if known is not None and not known.finished:
                return known
            progress = Progress()
            job = Job(key, who, datetime.now(UTC), progress, self._pool.submit(work, progress))
            self._jobs[key] = job
            self._jobs.move_to_end(key)
            self._forget()
            return job

    def find(self, key: str) -> Job | None:
        """The job of this key, under way or finished."""
        with self._guard:
            return self._jobs.get(key)

    def close(self) -> None:
        """Drop what has not begun and let go of the thread."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _forget(self) -> None:
        finished = [key for key, job in self._jobs.items() if job.finished]
        for key in finished[: max(0, len(self._jobs) - _KEPT)]:
            del self._jobs[key]
