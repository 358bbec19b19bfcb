"""Many recordings: each becomes one scorecard or one failure, whatever happens to the others."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from pipeline.audio.decode import content_hash
from pipeline.call import Outcome, Scored, Scorer, failure
from pipeline.errors import QinheError
from pipeline.schema import Failure, Source
from pipeline.settings import Settings
from pipeline.store.repository import Store


@dataclass(frozen=True, slots=True)
class Job:
    """A source whose content is known: what a worker is given."""

    source: Source
    recording_id: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Parameters
    ----------
    kept
        Recordings whose scorecard was already in the store and was left as it is.
    audio_s
        Seconds of recordings scored in this run.
    """

    scored: int
    kept: int
    failures: tuple[Failure, ...]
    audio_s: float


def run(
    sources: Sequence[Source],
    *,
    store: Store,
    settings: Settings,
    transcripts: bool = False,
    on_progress: Callable[[Outcome | None], None] = lambda _: None,
) -> Summary:
    """Score every source that the store does not hold yet; keep each result as soon as it is there.

    Parameters
    ----------
    transcripts
        The sources are transcript files, not recordings.
    on_progress
        Called once a source: with its outcome, or None when it was scored earlier.

    Raises
    ------
    StoreError
        A result could not be kept: what was kept before stays, a rerun goes on from there.
    """
    ledger = _Ledger(store, on_progress)
    todo = ledger.open_jobs(sources, engine=None if transcripts else (settings.engine, settings.model))
    for outcome in score_jobs(todo, settings=settings, transcripts=transcripts):
        ledger.keep(outcome)
    return ledger.summary()


class _Ledger:
    """Keeps outcomes and counts them."""

    def __init__(self, store: Store, on_progress: Callable[[Outcome | None], None]) -> None:
        self._store = store
        self._on_progress = on_progress
        self._seen: set[str] = set()
        self._failures: list[Failure] = []
        self._scored = self._kept = 0
        self._audio_s = 0.0

    def open_jobs(self, sources: Iterable[Source], *, engine: tuple[str, str] | None) -> Iterator[Job]:
        """Yield what is still to be scored, hashing one file ahead of the work and no more."""
        for source in sources:
            try:
                recording_id = content_hash(Path(source.path))
            except QinheError as error:
                self.keep(failure(source, None, "read", error))
                continue
            if recording_id in self._seen or self._store.has(recording_id, engine=engine):
                self._kept += 1
                self._on_progress(None)
            else:
                yield Job(source, recording_id)
            self._seen.add(recording_id)

    def keep(self, outcome: Outcome) -> None:
        if isinstance(outcome, Scored):
            self._store.save_scorecard(outcome.card, outcome.acoustics)
            self._scored += 1
            self._audio_s += outcome.card.recording.duration_s
        else:
            self._store.save_failure(outcome)
            self._failures.append(outcome)
        self._on_progress(outcome)

    def summary(self) -> Summary:
        return Summary(self._scored, self._kept, tuple(self._failures), self._audio_s)


def score_jobs(jobs: Iterable[Job], *, settings: Settings, transcripts: bool = False) -> Iterator[Outcome]:
    """Score jobs one after the other, or in processes when the settings ask for several workers; any order."""
    if settings.workers == 1:
        scorer = Scorer(settings, transcripts=transcripts)
        yield from (scorer.score(job.source, job.recording_id) for job in jobs)
        return
    queue = iter(jobs)
    while suspects := (yield from _until_break(queue, settings=settings, transcripts=transcripts)):
        for job in suspects:  # alone, so that the one that breaks its process is known
            alone = settings.model_copy(update={"workers": 1})
            if (yield from _until_break(iter([job]), settings=alone, transcripts=transcripts)):
                text = "took its process down twice (out of memory or a crash while decoding); listen to it by hand"
                yield failure(job.source, job.recording_id, "recognise", text)


def _until_break(
    queue: Iterator[Job], *, settings: Settings, transcripts: bool
) -> Generator[Outcome, None, tuple[Job, ...]]:
    """Score in processes; when one dies, return the jobs that were under way, else nothing."""
    running: dict[Future[Outcome], Job] = {}
    unsent: list[Job] = []
    with ProcessPoolExecutor(
        settings.workers, get_context("spawn"), initializer=_start_worker, initargs=(settings, transcripts)
    ) as pool:
        try:
            while True:
                for job in islice(queue, 2 * settings.workers - len(running)):
                    unsent.append(job)
                    running[pool.submit(_score_in_worker, job)] = job
                    unsent.clear()
                if not running:
                    return ()
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    outcome = done.result()
                    del running[done]
                    yield outcome
        except BrokenProcessPool:
            return (*running.values(), *unsent)


_worker: Scorer | None = None


def _start_worker(settings: Settings, transcripts: bool) -> None:
    global _worker  # noqa: PLW0603  one recogniser a process, loaded once
    _worker = Scorer(settings, transcripts=transcripts)


def _score_in_worker(job: Job) -> Outcome:
    if _worker is None:
        raise RuntimeError("the worker was not started through its initialiser")
    return _worker.score(job.source, job.recording_id)
