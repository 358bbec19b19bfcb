"""Scoring on a Ray cluster: one actor a processor, each with the recogniser loaded from its own node's disk.

Actors are given settings and jobs, never weights; they read recordings from a shared folder or fetch them by address, and
give back records. Only the driver writes to the store.
"""

import logging
import signal
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import pipeline
from pipeline.batch.crew import Died, Done, News, Ready
from pipeline.batch.jobs import Job, MakeScorer, Result, SupportsScore, attempt
from pipeline.call import Scorer
from pipeline.errors import EngineError, InputError, QinheError
from pipeline.hearing import NO_VOICES, Voices
from pipeline.lists import all_that_judges
from pipeline.settings import Settings

if TYPE_CHECKING:
    from ray import ObjectRef
    from ray.actor import ActorHandle

_LOCAL = ("lexicons_dir", "models_dir", "cache_dir")
"""Folders that a node has for itself unless they were set."""

_NO_NODE_S = 60.0
_KNOCK_S = 5.0
_START = "start one with `ray start --head --disable-usage-stats`, or give its address"


@dataclass(frozen=True, slots=True)
class MakeThere:
    """Makes a node's scorer under the driver's settings; refuses when its program or lists are others than the driver's.

    Parameters
    ----------
    values
        Settings by name, without the folders that each node has for itself.
    versions
        The driver's program and lists: records must not depend on where they were made.
    """

    values: Mapping[str, object]
    transcripts: bool
    versions: tuple[str, str]
    voices: Voices = field(default_factory=dict)

    def __call__(self) -> SupportsScore:
        """Load lists and recogniser.

        Raises
        ------
        QinheError
            They cannot be loaded here, or are other ones.
        """
        settings = Settings(**self.values)  # type: ignore[arg-type]
        found = versions_here(settings)
        if found != self.versions:
            raise EngineError(
                f"a node has qinhe {found[0]} with lists {found[1][:12]}, this machine {self.versions[0]} with "
                f"{self.versions[1][:12]}: install the same on all nodes, or put the lists on a shared folder"
            )
        return Scorer(settings, transcripts=self.transcripts, voices=self.voices)


def make_there(settings: Settings, *, transcripts: bool, voices: Voices = NO_VOICES) -> MakeThere:
    """What a node needs to make its scorer; folders at their defaults are the node's own."""
    own = {name for name in _LOCAL if name not in settings.model_fields_set}
    return MakeThere(settings.model_dump(exclude=own), transcripts, versions_here(settings), voices)


def versions_here(settings: Settings) -> tuple[str, str]:
    """Version of the program on this machine, and hash of the lists, published ones too, and of the models."""
    return pipeline.__version__, all_that_judges(settings)


class Cluster:
    """A crew of actors.

    Parameters
    ----------
    address
        ``auto`` for the cluster that this machine belongs to, or ``HOST:PORT``.
    size
        Number of actors; None: as many as the cluster has processors.

    Raises
    ------
    InputError
        Ray is not installed.
    EngineError
        There is no cluster at this address, or it has no processors.
    """

    def __init__(self, address: str, make: MakeScorer, *, size: int | None = None) -> None:
        self._make = make
        self._joined = _join(address)
        self.size = size or _processors()
        self._actors: dict[int, ActorHandle[Any]] = {}
        self._promised: dict[ObjectRef[Any], int] = {}
        self._numbers = count()
        self._seen_node_s = time.monotonic()
        if not self.size:
            self.close()
            raise EngineError(f"the Ray cluster at {address} has no processors: add a node with `ray start`")

    def hire(self) -> int:
        """Start one more actor."""
        import ray

        worker = next(self._numbers)
        self._actors[worker] = ray.remote(num_cpus=1, max_restarts=0)(Actor).remote(self._make)  # type: ignore[assignment]
        self._promised[self._actors[worker].load.remote()] = worker
        return worker

    def give(self, worker: int, job: Job) -> None:
        """Hand a job to an actor; that it died in between is told by the next news."""
        self._promised[self._actors[worker].score.remote(job)] = worker

    def news(self, timeout_s: float) -> Iterator[News]:
        """What has happened.

        Raises
        ------
        QinheError
            An actor could not load what it needs, or the cluster has lost all its nodes.
        """
        import ray

        done, _ = ray.wait(list(self._promised), timeout=timeout_s, num_returns=1) if self._promised else ([], [])
        if not done:
            self._check_nodes()
        for promise in done:
            yield self._heard(promise)

    def _heard(self, promise: "ObjectRef[Any]") -> News:
        import ray

        worker = self._promised.pop(promise)
        try:
            said: Result | None = ray.get(promise)
        except ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, QinheError):
                raise error.cause from error
            raise
        except ray.exceptions.RayError:
            ray.kill(self._actors.pop(worker))
            return Died(worker)
        return Ready(worker) if said is None else Done(worker, said)

    def _check_nodes(self) -> None:
        now_s = time.monotonic()
        if _processors():
            self._seen_node_s = now_s
        elif now_s - self._seen_node_s > _NO_NODE_S:
            raise EngineError("the Ray cluster has lost all its nodes; what was scored is kept: run again to go on")

    def close(self) -> None:
        """Let all actors go, and leave the cluster."""
        import ray

        for actor in self._actors.values():
            ray.kill(actor)
        self._actors.clear()
        if self._joined:
            ray.shutdown()


class Actor:
    """What lives on a node: loads once, then scores job after job."""

    def __init__(self, make: MakeScorer) -> None:
        self._make = make
        self._scorer: SupportsScore | None = None

    def load(self) -> None:
        """Load lists and recogniser; errors of ours travel to the driver."""
        self._scorer = self._make()

    def score(self, job: Job) -> Result:
        """Score one job."""
        if self._scorer is None:
            raise RuntimeError("an actor must load before it scores")
        return attempt(self._scorer, job)


def _join(address: str) -> bool:
    """Join the cluster; False when this process belongs to it already."""
    try:
        import ray
    except ImportError as error:
        raise InputError("--ray needs the Python package ray: pip install 'qinhe[cluster]'") from error
    if ray.is_initialized():
        return False
    handler = signal.getsignal(signal.SIGTERM)
    try:
        _knock(address)
        ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
    except (OSError, ValueError, RuntimeError) as error:  # its ConnectionError is an OSError
        said = " ".join(str(error).split())[:200]
        raise EngineError(f"no Ray cluster at {address} ({said}): {_START}") from error
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, handler)  # Ray puts its own in place, which would end a watch at once
    return True


def _knock(address: str) -> None:
    """Fail at once where nobody listens; Ray itself would try for minutes."""
    host, separator, port = address.rpartition(":")
    if separator and port.isdecimal():
        socket.create_connection((host, int(port)), _KNOCK_S).close()


def _processors() -> int:
    import ray

    return int(ray.cluster_resources().get("CPU", 0))  # type: ignore[no-untyped-call]
