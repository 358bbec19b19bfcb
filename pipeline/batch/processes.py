"""Scoring in processes of this machine: each loads the recogniser once and has one job at a time."""

import signal
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess

from pipeline.batch.crew import Died, Done, News, Ready
from pipeline.batch.jobs import Job, MakeScorer, Result, attempt
from pipeline.errors import QinheError

_LEAVE_S = 5.0
_GONE = (EOFError, OSError)


@dataclass(frozen=True, slots=True)
class _Hand:
    process: SpawnProcess
    pipe: Connection


class Processes:
    """A crew of processes.

    Parameters
    ----------
    make
        Must be picklable: it is called in each process.
    """

    def __init__(self, size: int, make: MakeScorer) -> None:
        self.size = size
        self._make = make
        self._hands: dict[int, _Hand] = {}
        self._numbers = count()

    def hire(self) -> int:
        """Start one more process."""
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, self._make), daemon=True)
        process.start()
        theirs.close()  # else its death would not be noticed
        worker = next(self._numbers)
        self._hands[worker] = _Hand(process, ours)
        return worker

    def give(self, worker: int, job: Job) -> None:
        """Hand a job over; that it died in between is told by the next news."""
        with suppress(*_GONE):
            self._hands[worker].pipe.send(job)

    def news(self, timeout_s: float) -> Iterator[News]:
        """What has happened.

        Raises
        ------
        QinheError
            A worker could not load what it needs.
        """
        workers = {hand.pipe: worker for worker, hand in self._hands.items()}
        for pipe in wait(list(workers), timeout_s):
            yield self._heard(workers[pipe])  # type: ignore[index]  # only connections are waited for

    def _heard(self, worker: int) -> News:
        hand = self._hands[worker]
        try:
            said = hand.pipe.recv()
        except _GONE:
            del self._hands[worker]
            hand.pipe.close()
            hand.process.join()
            return Died(worker)
        if isinstance(said, QinheError):
            raise said
        return Done(worker, said) if isinstance(said, Result) else Ready(worker)

    def close(self) -> None:
        """Let all processes go; one that is at work is stopped."""
        for hand in self._hands.values():
            hand.pipe.close()
            hand.process.terminate()
        for hand in self._hands.values():
            hand.process.join(_LEAVE_S)
            if hand.process.is_alive():
                hand.process.kill()
                hand.process.join()
        self._hands.clear()


def _serve(pipe: Connection, make: MakeScorer) -> None:
    """A process's life: load, say so, then a job at a time until the other end is closed, even by its death."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes; who asked for the work decides
    with suppress(*_GONE):
        try:
            scorer = make()
        except QinheError as error:
            pipe.send(error)
            return
        pipe.send(None)
        while True:
            pipe.send(attempt(scorer, pipe.recv()))
