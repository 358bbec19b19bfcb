"""Folders that recordings come into: taken when they have stopped growing, ended by a signal."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from threading import Event

import pytest
from nights import COMMAND, write_call

from pipeline.errors import InputError
from pipeline.intake import SourceReader
from pipeline.intake.watching import Stamp, look_again, settled, watch_sources
from pipeline.settings import Settings
from pipeline.store.repository import Store

ROOT = Path(__file__).parent.parent
FILE = Path("a.wav")


@pytest.mark.parametrize(
    ("looks", "expected"),
    [
        ([(0, 10), (5, 10)], (FILE,)),  # (seconds, size)
        ([(0, 10), (4, 10)], ()),
        ([(0, 10), (3, 20), (6, 20)], ()),
        ([(0, 10), (3, 20), (8, 20)], (FILE,)),
        ([(0, 10), (3, None), (8, 10)], ()),
    ],
)
def test_a_file_is_complete_when_it_has_looked_the_same_for_a_while(looks, expected):
    seen = {}
    for now_s, size in looks:
        seen = look_again(seen, {} if size is None else {FILE: Stamp(size, 0)}, now_s)
    assert settled(seen, looks[-1][0], 5) == expected


def watch_for(folder: Path, seconds: float, *, meanwhile) -> list[tuple[str, float]]:
    """Names and times of what is yielded while a generator does things to the folder, a step a look."""
    stop, began_s, steps = Event(), time.monotonic(), meanwhile()
    found = []
    for source in watch_sources([folder], SourceReader(None, Settings()), stop=stop, settle_s=1.0, transcripts=True):
        now_s = time.monotonic() - began_s
        if source is not None:
            found.append((Path(source.path).name, now_s))
        next(steps, None)
        if now_s > seconds:
            stop.set()
    return found


def test_a_growing_file_is_waited_for_and_others_are_not_held_up(tmp_path):
    write_call(tmp_path / "there.json", 1)

    def grow():
        write_call(tmp_path / "quick.json", 2)
        for _ in range(6):
            with (tmp_path / "slow.json").open("a", encoding="utf-8") as file:
                file.write(" ")
            yield
        (tmp_path / "note.txt").touch()

    found = watch_for(tmp_path, 8, meanwhile=grow)
    assert sorted(name for name, _ in found) == ["quick.json", "slow.json", "there.json"]
    assert found[-1][0] == "slow.json"


def test_a_file_that_is_written_anew_is_taken_again(tmp_path):
    write_call(tmp_path / "a.json", 1)

    def rewrite():
        for _ in range(6):
            yield
        write_call(tmp_path / "a.json", 2)

    assert [name for name, _ in watch_for(tmp_path, 8, meanwhile=rewrite)] == ["a.json", "a.json"]


def test_only_folders_can_be_watched(tmp_path):
    with pytest.raises(InputError, match="only folders"):
        next(watch_sources([tmp_path / "a.wav"], SourceReader(None, Settings()), stop=Event(), settle_s=1))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_watches_until_a_signal(tmp_path, number):
    folder, url = tmp_path / "calls", f"sqlite:///{tmp_path}/q.sqlite"
    folder.mkdir()
    write_call(folder / "a.json", 1)
    command = [*COMMAND, "score", folder, "--transcripts", "--watch", "--store", url, "--out", tmp_path / "out"]
    environment = os.environ | {"QINHE_WATCH_SETTLE_S": "0.5"}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        try:
            wait_until(url, 1)
            shutil.copy(write_call(tmp_path / "b.json", 2), folder)
            wait_until(url, 2)
            program.send_signal(number)
            printed, complaints = program.communicate(timeout=60)
        finally:
            program.kill()
    assert program.returncode == 0, complaints
    assert "scored 2" in printed
    assert (tmp_path / "out" / "report" / "index.html").is_file()


def wait_until(url: str, cards: int) -> None:
    ends_s = time.monotonic() + 120
    while time.monotonic() < ends_s:
        with Store(url) as store:
            if store.count() == cards:
                return
        time.sleep(0.3)
    raise TimeoutError(f"not {cards} scorecards after two minutes")
