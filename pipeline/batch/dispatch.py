"""Hands jobs to a crew, and bounds how often a recording may take a worker down."""

from collections import Counter, deque
from collections.abc import Iterator
from itertools import chain

from pipeline.batch.crew import Crew, Died, Done, News, Ready
from pipeline.batch.jobs import Job, Result
from pipeline.call import failure
from pipeline.errors import EngineError

_WAIT_S = 1.0
_FUTILE_STARTS = 3
"""So many workers in a row that die before they are ready, and none will ever be."""


def dispatch(queue: Iterator[Job | None], crew: Crew, *, max_attempts: int) -> Iterator[Result]:
    """Yield every job's result, in any order.

    A job over which a worker died is tried again when nothing else is under way, ``max_attempts`` times in all; then
    its result is a failure.

    Parameters
    ----------
    queue
        None says that nothing is ready just now; it may wait a little before it says so.

    Raises
    ------
    EngineError
        Workers die before they can work.
    """
    try:
        first = next((job for job in queue if job is not None), None)
        desk = _Desk(chain([first], queue) if first else iter(()), crew, max_attempts)
        for _ in range(crew.size if first else 0):
            crew.hire()
        while desk.hand_out():
            for news in crew.news(_WAIT_S if desk.must_wait else 0.0):
                yield from desk.take(news)
    finally:
        crew.close()


class _Desk:
    """Who is idle, who has which job, what is still to be done."""

    def __init__(self, queue: Iterator[Job | None], crew: Crew, max_attempts: int) -> None:
        self._queue, self._crew, self._max_attempts = queue, crew, max_attempts
        self._idle: list[int] = []
        self._busy: dict[int, Job] = {}
        self._again: deque[Job] = deque()
        self._deaths: Counter[str] = Counter()
        self._futile = 0
        self._paused = self._exhausted = False
        self._spare: Job | None = None

    @property
    def must_wait(self) -> bool:
        """Whether only news can bring the work forward; else the queue does the waiting."""
        return bool(self._exhausted or not self._idle)

    def hand_out(self) -> bool:
        """Give jobs to whoever is idle; False when all is done."""
        self._paused = False
        while self._idle and (job := self._next_job()):
            worker = self._idle.pop()
            self._busy[worker] = job
            self._crew.give(worker, job)
        if self._spare is None and not self._paused:
            self._spare = self._pull()  # found and hashed while the others work
        return bool(self._busy or self._again or self._spare or not self._exhausted)

    def _next_job(self) -> Job | None:
        job, self._spare = self._spare or self._pull(), None
        if job is None and self._again and not self._busy:
            return self._again.popleft()
        return job

    def _pull(self) -> Job | None:
        """Take the next job; None when there is none now. A pause is waited out once a round."""
        if self._exhausted or self._paused:
            return None
        try:
            job = next(self._queue)
        except StopIteration:
            self._exhausted = True
            return None
        self._paused = job is None
        return job

    def take(self, news: News) -> Iterator[Result]:
        """Note what happened; yield what is finished."""
        match news:
            case Ready(worker):
                self._futile = 0
                self._idle.append(worker)
            case Done(worker, result):
                del self._busy[worker]
                self._idle.append(worker)
                tried = self._deaths.pop(result.job.recording_id, 0)
                yield Result(result.job, result.outcome, result.seconds, tried + result.attempts)
            case Died(worker):
                yield from self._bury(worker)
                self._crew.hire()

    def _bury(self, worker: int) -> Iterator[Result]:
        if worker in self._idle:
            self._idle.remove(worker)
            return
        job = self._busy.pop(worker, None)
        if job is None:
            self._note_futile()
            return
        self._deaths[job.recording_id] += 1
        if (deaths := self._deaths[job.recording_id]) < self._max_attempts:
            self._again.append(job)
            return
        del self._deaths[job.recording_id]
        yield Result(job, failure(job.source, job.recording_id, "crash", _crashed(job, deaths)), 0.0, deaths)

    def _note_futile(self) -> None:
        self._futile += 1
        if self._futile >= _FUTILE_STARTS:
            raise EngineError(
                f"{self._futile} workers died before they could work: too little memory? give fewer --workers, or a smaller --model"
            )


def _crashed(job: Job, deaths: int) -> str:
    times = "once" if deaths == 1 else f"{deaths} times"
    return f"{job.source.path}: took its process down {times} (out of memory, or a crash while decoding); listen to it by hand"
