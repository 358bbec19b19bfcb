"""Bookkeeping of a run: what is still to be done, what came of it, and every result kept exactly once."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from pipeline.batch.jobs import Job, Result
from pipeline.batch.journal import safe_reason, tell
from pipeline.call import Outcome, Scored, failure
from pipeline.errors import QinheError, StoreError
from pipeline.intake.places import content_id
from pipeline.schema import Failure, Scorecard, Source
from pipeline.store.repository import Store


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run did.

    Parameters
    ----------
    kept
        Recordings whose scorecard was already in the store and was left as it is.
    set_aside
        Recordings left alone because they failed too often in earlier runs.
    audio_s, elapsed_s
        Seconds of recordings scored in this run, and seconds it took.
    withheld
        Calls in which it was not sure who the agent is.
    abstained
        Criterion to number of calls in which it abstained, the most frequent first.
    """

    scored: int
    kept: int
    failures: tuple[Failure, ...]
    audio_s: float
    set_aside: int = 0
    elapsed_s: float = 0.0
    withheld: int = 0
    abstained: Mapping[str, int] | None = None

    @property
    def pace(self) -> float:
        """Hours of recordings scored in an hour."""
        return self.audio_s / self.elapsed_s if self.elapsed_s else 0.0

    @property
    def reasons(self) -> Mapping[str, int]:
        """Stage and reason to number of failures, without the names of files; the most frequent first."""
        found = Counter(f"{each.stage}: {safe_reason(each.error, each.path)}" for each in self.failures)
        return dict(found.most_common())


class Ledger:
    """Keeps outcomes and counts them.

    Parameters
    ----------
    engine
        Name and model of the recogniser that must have heard a recording for it to be done; None takes any.
    on_progress
        Called once a source: with its outcome, or None when nothing was to be done.
    """

    def __init__(
        self,
        store: Store,
        *,
        engine: tuple[str, str] | None,
        max_attempts: int,
        on_progress: Callable[[Outcome | None], None],
    ) -> None:
        self._store, self._engine, self._max_attempts = store, engine, max_attempts
        self._on_progress = on_progress
        self._run = uuid4().hex
        self._began_s = time.monotonic()
        self._seen: set[bytes] = set()
        self._suspects: list[Job] = []
        self._failures: list[Failure] = []
        self._counts: Counter[str] = Counter()
        self._abstained: Counter[str] = Counter()
        self._audio_s = 0.0

    def open_jobs(self, sources: Iterable[Source | None]) -> Iterator[Job | None]:
        """Yield what is still to be scored, hashing one file ahead of the work and no more.

        What another run has under way, or died over, is left for ``open_suspects``; a None among the sources (nothing to
        do just now) is the time for these.
        """
        for source in sources:
            if source is None:
                yield from self.open_suspects()
                yield None
            elif (job := self._identified(source)) and self._is_open(job):
                if self._store.work.claim(job.recording_id, self._run):
                    yield job
                else:
                    self._suspects.append(job)

    def open_suspects(self) -> Iterator[Job]:
        """Yield what another run had under way and has no result yet: perhaps it died over it, so score it apart."""
        while self._suspects:
            job = self._suspects.pop()
            if self._has_card(job):
                self._count("kept", job)
            else:
                self._store.work.claim(job.recording_id, self._run, take_over=True)
                yield job

    def _identified(self, source: Source) -> Job | None:
        try:
            return Job(source, content_id(source.path))
        except QinheError as error:
            unread = failure(source, None, "read", error)
            self.keep(Result(Job(source, unread.recording_id), unread, 0.0))
            return None

    def _is_open(self, job: Job) -> bool:
        """Whether there is something to do; if not, it is counted as dealt with."""
        key = bytes.fromhex(job.recording_id)  # half the memory of its text
        if key in self._seen or self._has_card(job):
            self._count("kept", job)
        elif self._store.work.attempts(job.recording_id) >= self._max_attempts:
            self._count("set_aside", job)
        else:
            self._seen.add(key)
            return True
        return False

    def _has_card(self, job: Job) -> bool:
        return self._store.has(job.recording_id, engine=self._engine)

    def _count(self, what: str, job: Job) -> None:
        self._counts[what] += 1
        tell(what, recording_id=job.recording_id)
        self._on_progress(None)

    def keep(self, result: Result) -> None:
        """Keep a result as soon as it is there.

        Raises
        ------
        StoreError
            It cannot be kept.
        """
        outcome = result.outcome
        if isinstance(outcome, Scored):
            self._store.save_scorecard(outcome.card, outcome.acoustics)
            self._note_card(outcome.card, result.seconds)
        else:
            self._store.save_failure(outcome, attempts=result.attempts)
            self._note_failure(outcome, result)
        self._on_progress(outcome)

    def _note_card(self, card: Scorecard, seconds: float) -> None:
        abstained = [each.criterion for each in card.criteria if each.abstained]
        withheld = card.transcript.roles.withheld
        self._counts["scored"] += 1
        self._counts["withheld"] += withheld
        self._abstained.update(abstained)
        self._audio_s += card.recording.duration_s
        tell(
            "scored",
            recording_id=card.recording.id,
            seconds=round(seconds, 3),
            audio_s=round(card.recording.duration_s, 2),
            withheld=withheld,
            abstained=len(abstained),
        )

    def _note_failure(self, failed: Failure, result: Result) -> None:
        self._failures.append(failed)
        tell(
            "failed",
            recording_id=failed.recording_id,
            stage=failed.stage,
            reason=safe_reason(failed.error, failed.path),
            attempts=result.attempts,
            seconds=round(result.seconds, 3),
        )

    def summary(self) -> Summary:
        """What was done."""
        return Summary(
            scored=self._counts["scored"],
            kept=self._counts["kept"],
            failures=tuple(self._failures),
            audio_s=self._audio_s,
            set_aside=self._counts["set_aside"],
            elapsed_s=time.monotonic() - self._began_s,
            withheld=self._counts["withheld"],
            abstained=dict(self._abstained.most_common()),
        )

    def release(self) -> None:
        """Give back what is under way: the run ends, in good order or by an error."""
        with suppress(StoreError):  # the error that ended the run is the one to tell
            self._store.work.release(self._run)
