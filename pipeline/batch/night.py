"""One way in, three ways to run: in this process, in processes, on a Ray cluster. The records are the same."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import chain

from pipeline.batch.cluster import Cluster, make_there
from pipeline.batch.dispatch import dispatch
from pipeline.batch.jobs import Job, MakeScorer, Result, attempt
from pipeline.batch.journal import tell
from pipeline.batch.ledger import Ledger, Summary
from pipeline.batch.processes import Processes
from pipeline.call import Outcome, Scorer
from pipeline.hearing import NO_VOICES, Voices
from pipeline.schema import Source
from pipeline.settings import Settings
from pipeline.store.repository import Store


def run(
    sources: Iterable[Source | None],
    *,
    store: Store,
    settings: Settings,
    transcripts: bool = False,
    cluster: str | None = None,
    lasting: bool = False,
    on_progress: Callable[[Outcome | None], None] = lambda _: None,
) -> Summary:
    """Score every source that the store does not hold yet; keep each result as soon as it is there.

    Parameters
    ----------
    sources
        None among them says that nothing is ready just now (of ``lasting`` runs).
    transcripts
        The sources are transcript files, not recordings.
    cluster
        Address of a Ray cluster to score on.
    lasting
        The run goes on for days: even a single worker is a process of its own, so that no recording takes the run down.
    on_progress
        Called once a source: with its outcome, or None when nothing was to be done.

    Raises
    ------
    InputError, ModelError, EngineError
        Lists, weights or the cluster cannot be used.
    StoreError
        A result could not be kept: what was kept before stays, a rerun goes on from there.
    """
    ledger = Ledger(
        store,
        engine=None if transcripts else (settings.engine, settings.model),
        max_attempts=settings.max_attempts,
        on_progress=on_progress,
    )
    needs = _Needs(settings, transcripts, store.voices.known() if settings.known_voices else NO_VOICES)
    try:
        way = _results(ledger, sources, needs, cluster=cluster, lasting=lasting)
        with closing(way) as results:
            for result in results:
                ledger.keep(result)
    finally:
        ledger.release()
    summary = ledger.summary()
    tell("ended", scored=summary.scored, kept=summary.kept, failed=len(summary.failures), set_aside=summary.set_aside)
    return summary


@dataclass(frozen=True, slots=True)
class _Needs:
    """What scorers are made of, see ``Scorer``."""

    settings: Settings
    transcripts: bool
    voices: Voices


def _results(
    ledger: Ledger,
    sources: Iterable[Source | None],
    needs: _Needs,
    *,
    cluster: str | None,
    lasting: bool,
) -> Generator[Result, None, None]:
    jobs, suspects = ledger.open_jobs(sources), ledger.open_suspects()
    settings = needs.settings
    make = partial(Scorer, settings, transcripts=needs.transcripts, voices=needs.voices)
    bounded = partial(dispatch, max_attempts=settings.max_attempts)
    if cluster is not None:
        size = settings.workers if settings.workers > 1 else None
        yield from bounded(
            chain(jobs, suspects),
            Cluster(cluster, make_there(settings, transcripts=needs.transcripts, voices=needs.voices), size=size),
        )
    elif lasting or settings.workers > 1:
        yield from bounded(chain(jobs, suspects), Processes(settings.workers, make))
    else:
        yield from in_process(jobs, make)
        yield from bounded(suspects, Processes(1, make))


def in_process(queue: Iterable[Job | None], make: MakeScorer) -> Iterator[Result]:
    """Score one job after the other here; nothing is loaded before there is something to do."""
    scorer = None
    for job in queue:
        if job is not None:
            scorer = scorer or make()
            yield attempt(scorer, job)
