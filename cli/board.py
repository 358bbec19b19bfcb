"""What ``qinhe score`` shows while it works, and what it says at its end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from cli.console import err, out
from pipeline.batch import Summary
from pipeline.call import Outcome, Scored

SHOWN_FAILURES = 20
SHOWN_REASONS = 5


class Board:
    """A progress bar with the pace, the time left and the number of failures."""

    def __init__(self, bar: Progress, total: int | None) -> None:
        self._bar = bar
        self._task = bar.add_task("scoring", total=total, pace="", failed=0)
        self._began_s = time.monotonic()
        self._audio_s = 0.0
        self._failed = 0

    def advance(self, outcome: Outcome | None) -> None:
        """One recording is dealt with; None: there was nothing to do for it."""
        if isinstance(outcome, Scored):
            self._audio_s += outcome.card.recording.duration_s
        elif outcome is not None:
            self._failed += 1
        pace = self._audio_s / max(1e-9, time.monotonic() - self._began_s)
        self._bar.update(self._task, advance=1, pace=f"{pace:.1f} h/h", failed=self._failed)


@contextmanager
def board(total: int | None) -> Iterator[Board]:
    """Yield a board; where there is no terminal, nothing moves.

    Parameters
    ----------
    total
        How many recordings there are; None when more keep coming.
    """
    pace = TextColumn("{task.fields[pace]}  failed {task.fields[failed]}")
    left = (TextColumn("left"), TimeRemainingColumn()) if total is not None else ()
    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), pace, TimeElapsedColumn(), *left)
    with Progress(*columns, console=err, transient=False) as bar:
        yield Board(bar, total)


def say(summary: Summary, page: Path | None) -> None:
    """The last lines: what was done, how fast, what was left open, what failed and why, what to open."""
    out.print(f"scored {summary.scored}, already there {summary.kept}, failed {len(summary.failures)}")
    if summary.scored:
        _say_scored(summary)
    if page:
        out.print(f"report: {page.resolve()}")
    for failed in summary.failures[:SHOWN_FAILURES]:
        err.print(f"failed ({failed.stage}): {failed.error}", markup=False)
    if len(summary.failures) > SHOWN_FAILURES:
        err.print(f"and {len(summary.failures) - SHOWN_FAILURES} more; `qinhe failures` lists them. By reason:")
        for reason, number in list(summary.reasons.items())[:SHOWN_REASONS]:
            err.print(f"{number:6} {reason}", markup=False)
    if summary.set_aside:
        err.print(f"{summary.set_aside} set aside after failing too often; see `qinhe failures`", markup=False)


def _say_scored(summary: Summary) -> None:
    out.print(f"{summary.audio_s / 3600:.2f} h of recordings, {summary.pace:.1f} hours an hour")
    criteria = sum((summary.abstained or {}).values())
    out.print(f"abstained: roles withheld in {summary.withheld} of {summary.scored} calls, {criteria} criteria in all")
