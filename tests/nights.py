"""Folders of cheap calls, what a store holds of them, and a scorer that is loaded once for many runs of a test."""

import json
import random
import sys
from pathlib import Path

from pipeline.batch import Summary, run
from pipeline.call import Scorer
from pipeline.intake import find_sources
from pipeline.settings import Settings
from pipeline.store.repository import Store

COMMAND = [sys.executable, "-c", "from cli.main import run; run()"]
"""``qinhe`` as a program of its own, from the folder of this project."""

LINES = ("查话费", "宽带断了两天了", "我要投诉你们", "怎么多扣了十块钱", "帮我停机", "你快点行不行")


def write_call(path: Path, number: int) -> Path:
    """A transcript of two turns and a few more, another one for every number."""
    turns = [("agent", "您好，请问有什么可以帮您"), ("customer", f"{LINES[number % len(LINES)]}，第{number}次")]
    turns += [("agent", "好的，请您稍等，我帮您查一下"), ("customer", "谢谢")] * (number % 3)
    told = [
        {"role": role, "start_s": 4.0 * i, "end_s": 4.0 * i + 3, "text": text} for i, (role, text) in enumerate(turns)
    ]
    path.write_text(json.dumps({"agent_id": f"80{number % 5}", "turns": told}, ensure_ascii=False), encoding="utf-8")
    return path


def write_night(folder: Path, calls: int, *, broken: int = 1) -> Path:
    """A folder with so many calls, and some files that are none."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(calls):
        write_call(folder / f"{number:04}.json", number)
    for number in range(broken):
        (folder / f"broken{number}.json").write_text("{" * (number + 1), encoding="utf-8")
    return folder


def score(folder: Path, store: Store, *, cluster: str | None = None, **changes: object) -> Summary:
    """Score a folder of transcripts into a store."""
    settings = Settings(**changes)
    sources = find_sources([folder], manifest=None, settings=settings, transcripts=True)
    return run(sources, store=store, settings=settings, transcripts=True, cluster=cluster)


def records(url: str) -> dict[str, object]:
    """Every recording's one record, whole; fails when one has two."""
    with Store(url) as store:
        cards = {card.recording.id: card for card in store.scorecards()}
        failures = {each.recording_id: each for each in store.failures()}
    assert not cards.keys() & failures.keys()
    return cards | failures


class ReadyScorer(Scorer):
    """Loaded once a process, however often it is made: so that a test can start hundreds of runs."""

    loaded: Scorer | None = None

    def __init__(self, settings: Settings, **more: object) -> None:
        if ReadyScorer.loaded is None:
            ReadyScorer.loaded = Scorer(settings, **more)
        self.__dict__.update(ReadyScorer.loaded.__dict__)


def cut(path: Path, chance: random.Random) -> None:
    """Take a random part of a file's end away, as a power cut does with what had not reached the disk."""
    if path.exists():
        with path.open("r+b") as file:
            file.truncate(chance.randint(0, path.stat().st_size))
