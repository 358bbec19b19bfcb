"""Many recordings: in process or in processes the records are the same, and a worker that dies costs one recording."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import batch
from pipeline.batch import Job, run, score_jobs
from pipeline.call import Scored
from pipeline.errors import StoreError
from pipeline.intake import find_sources
from pipeline.schema import Failure, Source
from pipeline.settings import Settings
from pipeline.store.repository import Store

TRANSCRIPT = """{"agent_id": "%s", "turns": [
    {"role": "agent", "start_s": 0, "end_s": 3, "text": "您好，请问有什么可以帮您"},
    {"role": "customer", "start_s": 3.5, "end_s": 5, "text": "查话费，%s"}]}"""


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "calls"
    folder.mkdir()
    for number in range(4):
        (folder / f"{number}.json").write_text(TRANSCRIPT % (number, number), encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    return folder


def score(folder: Path, store: Store, **changes: object):
    settings = Settings(**changes)
    sources = find_sources([folder], manifest=None, settings=settings, transcripts=True)
    return run(sources, store=store, settings=settings, transcripts=True)


def test_serial_and_processes_make_the_same_records(folder, tmp_path):
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as serial, Store(f"sqlite:///{tmp_path / 'b.sqlite'}") as parallel:
        assert score(folder, serial).scored == score(folder, parallel, workers=2).scored == 4
        assert list(serial.scorecards()) == list(parallel.scorecards())
        assert serial.failures() == parallel.failures()


def test_a_second_run_keeps_what_is_there_and_tries_failures_again(folder, tmp_path):
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        score(folder, store)
        before = list(store.scorecards())
        (folder / "broken.json").write_text(TRANSCRIPT % (9, 9), encoding="utf-8")
        shutil.copy(folder / "0.json", folder / "copy.json")
        summary = score(folder, store)
        assert (summary.scored, summary.kept, summary.failures) == (1, 5, ())
        assert [card for card in store.scorecards() if card.recording.agent_id != "9"] == before


def test_an_interrupted_run_goes_on_where_it_stopped(folder, tmp_path):
    stopped = KeyboardInterrupt()

    def stop_after_two(outcome):
        if isinstance(outcome, Scored) and outcome.card.recording.agent_id == "1":
            raise stopped

    settings = Settings()
    sources = find_sources([folder], manifest=None, settings=settings, transcripts=True)
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        with pytest.raises(KeyboardInterrupt):
            run(sources, store=store, settings=settings, transcripts=True, on_progress=stop_after_two)
        assert len(list(store.scorecards())) == 2
        summary = score(folder, store)
        assert (summary.scored, summary.kept, len(summary.failures)) == (2, 2, 1)


def test_another_engine_scores_again(folder, tmp_path):
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        score(folder, store)
        card = next(iter(store.scorecards()))
        assert store.has(card.recording.id, engine=("given", "transcript"))
        assert not store.has(card.recording.id, engine=("faster-whisper", "base"))


def test_a_failure_never_takes_the_place_of_a_scorecard(folder, tmp_path):
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        score(folder, store)
        card = next(iter(store.scorecards()))
        store.save_failure(Failure(card.recording.id, card.recording.path, "decode", "gone"))
        assert store.has(card.recording.id)


class _Deadly:
    """A scorer that takes its process down on one recording: what a crash in a decoder does."""

    def __init__(self, settings: Settings, *, transcripts: bool) -> None:
        del settings, transcripts

    def score(self, source: Source, recording_id: str) -> Failure:
        if source.path == "deadly":
            os._exit(1)
        return Failure(recording_id, source.path, "decode", "no call")


def _start_deadly(settings: Settings, transcripts: bool) -> None:
    batch._worker = _Deadly(settings, transcripts=transcripts)


def test_a_worker_that_dies_costs_one_recording(monkeypatch):
    monkeypatch.setattr(batch, "_start_worker", _start_deadly)
    jobs = [Job(Source(path), path) for path in ("a", "b", "deadly", "c", "d", "e")]
    outcomes = list(score_jobs(jobs, settings=Settings(workers=2)))
    assert sorted(outcome.path for outcome in outcomes) == sorted(job.source.path for job in jobs)
    dead = next(outcome for outcome in outcomes if outcome.path == "deadly")
    assert "took its process down" in dead.error


def test_a_full_store_stops_the_run_and_keeps_what_was_kept(folder, tmp_path):
    class FullAfterTwo(Store):
        def save_scorecard(self, card, acoustics):
            if len(list(self.scorecards())) == 2:
                raise StoreError("the disk is full")
            super().save_scorecard(card, acoustics)

    with FullAfterTwo(f"sqlite:///{tmp_path / 'a.sqlite'}") as store, pytest.raises(StoreError, match="full"):
        score(folder, store)
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        assert len(list(store.scorecards())) == 2
        assert replace(score(folder, store), audio_s=0).scored == 2
