"""Whatever interrupts a night, afterwards every recording has exactly one record, the same as of an undisturbed night."""

import os
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from nights import COMMAND, records, score, write_night
from postgresql import store_url

from pipeline.errors import StoreError
from pipeline.store import border
from pipeline.store.repository import Store

__all__ = ["store_url"]
TESTS = Path(__file__).parent
FEW, MANY = 5, 50
CALLS = 30


@pytest.fixture(scope="module")
def night(tmp_path_factory) -> Path:
    return write_night(tmp_path_factory.mktemp("night") / "calls", CALLS, broken=2)


@pytest.fixture(scope="module")
def undisturbed(night, tmp_path_factory) -> dict[str, object]:
    url = f"sqlite:///{tmp_path_factory.mktemp('calm') / 'q.sqlite'}"
    with Store(url) as store:
        assert score(night, store).scored == CALLS
    return records(url)


def storm(night: Path, file: Path, times: int, how: str) -> int:
    """Disturbed runs; how many of them did not come to their end."""
    command = [sys.executable, TESTS / "stormy.py", night, file, str(times), how]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (TESTS, TESTS.parent))), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


TIMES = [pytest.param(FEW, id="few"), pytest.param(MANY, id="many", marks=pytest.mark.slow)]


@pytest.mark.parametrize("times", TIMES)
@pytest.mark.parametrize("how", ["kill", "cut", "full"])
def test_after_any_storm_each_recording_has_one_record(night, undisturbed, tmp_path, how, times):
    file = tmp_path / "q.sqlite"
    assert storm(night, file, times, how) > 0
    with Store(f"sqlite:///{file}") as store:
        score(night, store)
    assert records(f"sqlite:///{file}") == undisturbed
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM underway").fetchone() == (0,)


def test_two_runs_at_once_lose_and_double_nothing(night, undisturbed, store_url):
    command = [*COMMAND, "score", night, "--transcripts", "--store", store_url]
    with ThreadPoolExecutor() as threads:
        runs = [
            threads.submit(subprocess.run, command, cwd=TESTS.parent, capture_output=True, timeout=300) for _ in "12"
        ]
    for each in runs:
        assert each.result().returncode == 1, each.result().stderr.decode()  # the broken files
    assert records(store_url) == undisturbed


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(border, "_BUSY_MS", 300)


def test_a_store_that_is_locked_for_long_stops_the_run_and_the_next_goes_on(night, undisturbed, tmp_path, impatient):
    file = tmp_path / "q.sqlite"
    with Store(f"sqlite:///{file}") as store:
        with closing(lock(file)), pytest.raises(StoreError, match="locked"):
            score(night, store)
        score(night, store)
    assert records(f"sqlite:///{file}") == undisturbed


def test_a_store_that_is_locked_shortly_is_waited_for(night, undisturbed, tmp_path):
    file = tmp_path / "q.sqlite"
    with Store(f"sqlite:///{file}") as store, closing(lock(file)) as locker:
        timer = threading.Timer(1.0, locker.rollback)
        timer.start()
        score(night, store)
        timer.join()
    assert records(f"sqlite:///{file}") == undisturbed


def lock(file: Path) -> sqlite3.Connection:
    """Another program that is writing."""
    locker = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    locker.execute("BEGIN IMMEDIATE")
    return locker
