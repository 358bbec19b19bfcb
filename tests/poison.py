"""Scorers for tests of crews: they take their process down on what is called poison, or cannot be made."""

import os
import signal
import time
from pathlib import Path

from pipeline.call import Outcome, Scorer
from pipeline.errors import ModelError
from pipeline.schema import Failure, Source


class Deadly:
    """Finds no call in anything, but a file with ``poison`` kills the process as the system does when memory runs out.

    One with ``once`` does so the first time only; a mark beside the file tells of each death.
    """

    def score(self, source: Source, recording_id: str) -> Outcome:
        name, mark = Path(source.path).name, Path(source.path + ".mark")
        if "poison" in name or ("once" in name and not mark.exists()):
            with mark.open("a", encoding="utf-8") as file:
                file.write("died\n")
            os.kill(os.getpid(), signal.SIGKILL)
        return Failure(recording_id, source.path, "decode", "no call")


GREED_BYTES = 8_000_000_000


class Greedy:
    """Finds no call in anything, but a file with ``poison`` makes it take so much memory as to be stopped."""

    def score(self, source: Source, recording_id: str) -> Outcome:
        taken = []
        while "poison" in Path(source.path).name and len(taken) < 20:
            taken.append(bytearray(os.urandom(1)) * (GREED_BYTES // 20))
            time.sleep(0.1)
        time.sleep(10 * bool(taken))
        return Failure(recording_id, source.path, "decode", "no call")


class DeadlyScorer(Scorer):
    """Scores transcripts, and dies as above."""

    def score(self, source: Source, recording_id: str) -> Outcome:
        Deadly().score(source, recording_id)
        return super().score(source, recording_id)


def without_weights():
    raise ModelError("weights are missing")


def dies_at_start():
    os.kill(os.getpid(), signal.SIGKILL)
