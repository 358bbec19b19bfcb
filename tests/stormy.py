"""Run by tests as a program: score a folder again and again, each time disturbed, then say how often that succeeded.

usage: python stormy.py FOLDER STORE_FILE TIMES kill|cut|full
"""

import importlib
import os
import random
import resource
import signal
import sys
import time
from pathlib import Path

from nights import ReadyScorer, cut, score

from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.store.repository import Store

ROOM_BYTES = 60_000
FULL = 3


def start(folder: Path, file: Path, how: str) -> int:
    """One run in a child process; its id."""
    child = os.fork()
    if child:
        return child
    if how == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        sizes = [each.stat().st_size for each in file.parent.glob(f"{file.name}*")]
        resource.setrlimit(resource.RLIMIT_FSIZE, (max([0, *sizes]) + ROOM_BYTES, resource.RLIM_INFINITY))
    try:
        with Store(f"sqlite:///{file}") as store:
            score(folder, store)
    except StoreError as error:
        print(error, file=sys.stderr)
        os._exit(FULL)
    os._exit(0)


def disturb(child: int, how: str, chance: random.Random, file: Path) -> bool:
    """Let the run be interrupted; whether it was."""
    if how != "full":
        time.sleep(chance.uniform(0.0, 0.4))
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    if how == "cut":
        cut(Path(f"{file}-wal"), chance)
    return status != 0


def main() -> None:
    folder, file, times, how = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    importlib.import_module("pipeline.batch.night").Scorer = ReadyScorer
    ReadyScorer(Settings(), transcripts=True)
    chance = random.Random(how)
    disturbed = sum(disturb(start(folder, file, how), how, chance, file) for _ in range(times))
    print(disturbed)


if __name__ == "__main__":
    main()
