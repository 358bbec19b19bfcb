"""Judging stored calls again under other lists, another rubric or newer code: no recogniser, no recordings."""

import gc
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from pipeline.call import Scored, judge, judge_all
from pipeline.errors import EngineError
from pipeline.hearing import Heard
from pipeline.kit import Kit, load_kit
from pipeline.schema import Acoustics, Affinity, Scorecard
from pipeline.settings import Settings
from pipeline.store.bulk import BulkStore
from pipeline.store.repository import Store

BATCH = 80
"""Calls a transaction: few enough that others who write need not wait long."""

_GARBAGE = 100_000
"""Objects made before garbage is looked for: a batch of calls holds about as many, and none of them is garbage yet."""


@dataclass(frozen=True, slots=True)
class Rescored:
    """One call as it stood and as it would stand."""

    before: Scorecard
    after: Scored

    @property
    def affinity_change(self) -> float | None:
        """Points gained or lost; None when one of the two has no total."""
        return _change(self.before.affinity, self.after.card.affinity)

    @property
    def changed(self) -> bool:
        """Whether anything an agent would see differs: a score, a band, a red line, a finding."""
        return _visible(self.before) != _visible(self.after.card)


@dataclass(frozen=True, slots=True)
class Change:
    """How one call's total stood and stands, without its words: many fit into memory, and travel between processes.

    Parameters
    ----------
    changed
        Whether anything an agent would see differs.
    """

    recording_id: str
    agent_id: str
    before: Affinity
    after: Affinity
    changed: bool

    @property
    def affinity_change(self) -> float | None:
        """Points gained or lost; None when one of the two has no total."""
        return _change(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Plan:
    """How stored calls are to be judged again.

    Parameters
    ----------
    settings
        Their ``store_url`` names the store, their ``workers`` how many processes judge.
    rubric
        Another rubric than the one in the lexicons folder.
    keep
        Keep the new judgements; otherwise only say what would change.
    same_findings
        Take over what was found under the same lists: quick, and right as long as only rubric, calibration or settings
        changed; calls judged under other lists are read anew all the same.
    """

    settings: Settings
    rubric: Path | None = None
    keep: bool = False
    same_findings: bool = False


def rescore(store: Store, kit: Kit, *, inspected: bool = False) -> Iterator[Rescored]:
    """Judge every stored call again, or those that an inspector has scored too; nothing is kept: the caller decides."""
    for recording, transcript, acoustics in store.calls_for_rescoring(inspected=inspected):
        card = judge(Heard(recording, transcript, acoustics), kit)
        yield Rescored(store.scorecard(recording.id), Scored(card, acoustics))


def rescore_all(plan: Plan) -> Iterator[Change]:
    """Judge every stored call again, in processes when the settings ask for several workers; any order.

    Raises
    ------
    InputError
        Lexicon, rubric or calibration cannot be used.
    EngineError
        A process died; what was kept before stays, and running again does no harm.
    """
    with BulkStore(plan.settings.store_url) as store:
        batches = store.id_batches(BATCH)
        if plan.settings.workers == 1:
            work = _Rejudge(store, _kit(plan), plan)
            yield from (change for batch in batches for change in work(batch))
        else:
            yield from _in_processes(batches, plan)


def _kit(plan: Plan) -> Kit:
    """What judging needs; nothing is heard anew, so nothing is spelt."""
    return load_kit(plan.settings.model_copy(update={"write_by_sound": False}), rubric=plan.rubric)


def _in_processes(batches: Iterator[tuple[str, ...]], plan: Plan) -> Iterator[Change]:
    workers = plan.settings.workers
    running: deque[Future[tuple[Change, ...]]] = deque()
    with ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start_worker, initargs=(plan,)) as pool:
        try:
            while True:
                # A few batches ahead and no more, however many calls there are.
                for batch in islice(batches, 3 * workers - len(running)):
                    running.append(pool.submit(_work, batch))
                if not running:
                    return
                yield from running.popleft().result()
        except BrokenProcessPool as error:
            text = "a process died while rescoring, most likely for want of memory: run again with fewer --workers"
            raise EngineError(text) from error
        finally:
            # What stopped one batch would stop those that wait too.
            pool.shutdown(cancel_futures=True)


class _Rejudge:
    """Judges batches of stored calls with what was loaded once."""

    def __init__(self, store: BulkStore, kit: Kit, plan: Plan) -> None:
        self._store, self._kit, self._plan = store, kit, plan

    def __call__(self, ids: Iterable[str]) -> tuple[Change, ...]:
        """Judge these recordings again and keep, if so planned, the judgements that are not word for word the same."""
        pairs = self._again(self._store.judged(tuple(ids)))
        if self._plan.keep and any(before != after for before, after in pairs):
            self._store.save_judgements(after for before, after in pairs if before != after)
        return tuple(
            Change(
                before.recording.id,
                before.recording.agent_id,
                before.affinity,
                after.affinity,
                _visible(before) != _visible(after),
            )
            for before, after in pairs
        )

    def _again(self, stored: Iterable[tuple[Scorecard, Acoustics]]) -> list[tuple[Scorecard, Scorecard]]:
        """Each judgement as it stood and as it would stand."""
        calls = [(before, Heard(before.recording, before.transcript, acoustics)) for before, acoustics in stored]
        known = [(before, heard) for before, heard in calls if self._known(before)]
        unknown = [(before, heard) for before, heard in calls if not self._known(before)]
        anew = judge_all((heard for _, heard in unknown), self._kit)
        return [
            *((before, judge(heard, self._kit, findings=before.findings)) for before, heard in known),
            *((before, after) for (before, _), after in zip(unknown, anew, strict=True)),
        ]

    def _known(self, before: Scorecard) -> bool:
        """Whether what was found may be taken over."""
        return self._plan.same_findings and before.versions.lexicon == self._kit.lexicon_for(before.recording)


_plan: Plan | None = None


def _start_worker(plan: Plan) -> None:
    global _plan  # noqa: PLW0603  a process serves one plan
    _plan = plan


@cache
def _worker() -> _Rejudge:
    """Lists loaded and store opened once a process, with its first batch: so the caller is told what is wrong with them."""
    if _plan is None:
        raise RuntimeError("the worker was not started through its initialiser")
    # What is loaded stays as long as the process: to look for garbage in it, then or later, takes a tenth of the time.
    gc.disable()
    kit = _kit(_plan)
    gc.freeze()
    gc.set_threshold(_GARBAGE)
    gc.enable()
    return _Rejudge(BulkStore(_plan.settings.store_url), kit, _plan)


def _work(ids: tuple[str, ...]) -> tuple[Change, ...]:
    return _worker()(ids)


def _change(before: Affinity, after: Affinity) -> float | None:
    return None if before.score is None or after.score is None else round(after.score - before.score, 1)


def _visible(card: Scorecard) -> tuple[object, ...]:
    found = frozenset((finding.label, finding.evidence.turn, finding.status) for finding in card.findings)
    return card.affinity, card.dimensions, card.criteria, card.opening, card.closing, found
