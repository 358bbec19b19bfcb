"""Several processes that write into one store at once; a module of its own, so that a new process can import it."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from scorecards import acoustics, scorecard

from pipeline.schema import Failure, Inspection
from pipeline.store.repository import Store

SHARED = "everyone's"


def write(url, writer, calls):
    """Open the store, then save calls of its own, one call that all writers save, failures and an inspection."""
    with Store(url) as store:
        for number in range(calls):
            store.save_scorecard(scorecard(f"{writer}-{number}", agent_id=f"80{writer:02}"), acoustics())
            store.save_scorecard(scorecard(SHARED, score=float(writer)), acoustics())
            store.save_failure(
                Failure(f"broken-{writer}-{number}", f"{writer}-{number}.wav", "decode", "cannot be read")
            )
            store.save_inspections([Inspection(scorecard(SHARED).recording.id, f"i{writer}", "affinity", number)])


def write_at_once(url, *, writers, calls):
    """Run writers as processes and wait for all of them; whatever one raises is raised here."""
    with ProcessPoolExecutor(writers, get_context("spawn")) as pool:
        for done in [pool.submit(write, url, writer, calls) for writer in range(writers)]:
            done.result()
