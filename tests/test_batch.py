"""Many recordings: in process or in processes the records are the same, and a worker that dies costs one recording."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from nights import score, write_call, write_night
from poison import Deadly, DeadlyScorer, dies_at_start, without_weights

from pipeline.batch import run
from pipeline.batch.dispatch import dispatch
from pipeline.batch.jobs import Job, Result
from pipeline.batch.processes import Processes
from pipeline.call import Scored
from pipeline.errors import EngineError, ModelError, StoreError
from pipeline.intake import find_sources
from pipeline.intake.places import content_id
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


def jobs_of(folder: Path) -> list[Job]:
    return [Job(Source(str(path)), content_id(str(path))) for path in sorted(folder.glob("*.json"))]


def crash(folder: Path, make, *, max_attempts: int = 2) -> dict[str, Result]:
    """What a crew of two makes of a folder, by file name."""
    results = dispatch(iter(jobs_of(folder)), Processes(2, make), max_attempts=max_attempts)
    return {Path(each.job.source.path).name: each for each in results}


@pytest.mark.parametrize("max_attempts", [1, 2])
def test_a_recording_that_takes_its_process_down_is_set_aside_and_the_others_go_on(tmp_path, max_attempts):
    folder = write_night(tmp_path / "calls", 4, broken=0)
    write_call(folder / "poison.json", 10)
    write_call(folder / "once.json", 11)
    results = crash(folder, Deadly, max_attempts=max_attempts)
    assert len(results) == 6
    dead = results.pop("poison.json")
    assert (dead.outcome.stage, dead.attempts) == ("crash", max_attempts)
    assert "took its process down" in dead.outcome.error
    assert len((folder / "poison.json.mark").read_text(encoding="utf-8").splitlines()) == max_attempts
    once = results.pop("once.json")
    assert once.outcome.stage == ("decode" if max_attempts == 2 else "crash")
    assert once.attempts == max_attempts
    assert all(each.outcome.stage == "decode" and each.attempts == 1 for each in results.values())


def test_weights_that_are_missing_end_the_run_with_their_own_error(tmp_path):
    with pytest.raises(ModelError, match="weights are missing"):
        crash(write_night(tmp_path / "calls", 2), without_weights)


def test_workers_that_never_start_end_the_run(tmp_path):
    with pytest.raises(EngineError, match="died before they could work"):
        crash(write_night(tmp_path / "calls", 2), dies_at_start)


def test_poison_is_tried_a_bounded_number_of_times_over_runs(tmp_path, monkeypatch):
    monkeypatch.setattr("pipeline.batch.night.Scorer", DeadlyScorer)
    folder = write_night(tmp_path / "calls", 2, broken=0)
    poison = write_call(folder / "poison.json", 10)
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        assert [each.stage for each in score(folder, store, workers=2).failures] == ["crash"]
        again = score(folder, store, workers=2)
        assert (again.kept, again.set_aside, again.failures) == (2, 1, ())
        (failed,) = store.work.failed()
        assert (failed.attempts, failed.failure.path) == (2, str(poison))
        assert store.work.retry([failed.failure.recording_id[:8]]) == 1
        assert len(score(folder, store, workers=2).failures) == 1
    assert len(Path(f"{poison}.mark").read_text(encoding="utf-8").splitlines()) == 4


def test_what_a_run_died_over_is_scored_apart_by_the_next(tmp_path, monkeypatch):
    """As after a night in this very process: the mark of the dead run is there, and a second death must cost no run."""
    monkeypatch.setattr("pipeline.batch.night.Scorer", DeadlyScorer)
    folder = write_night(tmp_path / "calls", 2, broken=0)
    poison = write_call(folder / "poison.json", 10)
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        for each in (poison, folder / "0001.json"):
            assert store.work.claim(content_id(str(each)), "a run that died")
        summary = score(folder, store)
        assert (summary.scored, [each.stage for each in summary.failures]) == (2, ["crash"])


def test_failures_are_tried_again_once_and_then_left_alone(folder, tmp_path):
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        assert [len(score(folder, store).failures) for _ in range(3)] == [1, 1, 0]
        assert score(folder, store).set_aside == 1
        assert store.work.failed()[0].attempts == 2
        with pytest.raises(StoreError, match="there is no failure"):
            store.work.retry(["abcdef"])
        assert store.work.retry() == 1
        assert len(score(folder, store).failures) == 1


def test_a_file_that_was_missing_leaves_no_failure_behind(folder, tmp_path):
    manifest = tmp_path / "m.csv"
    manifest.write_text("path,agent_id\ncalls/late.json,1\n", encoding="utf-8")
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as store:
        settings = Settings()
        for _ in range(3):  # more often than a failure is tried
            sources = find_sources([], manifest=manifest, settings=settings)
            summary = run(sources, store=store, settings=settings, transcripts=True)
            assert [each.stage for each in summary.failures] == ["read"]
        write_call(folder / "late.json", 1)
        assert run(sources, store=store, settings=settings, transcripts=True).scored == 1
        assert store.failures() == ()


def test_a_recording_behind_an_address_is_the_same_recording(folder, tmp_path):
    import fsspec

    far = fsspec.filesystem("memory")
    far.put(str(folder), "/far-calls", recursive=True)
    with Store(f"sqlite:///{tmp_path / 'a.sqlite'}") as near, Store(f"sqlite:///{tmp_path / 'b.sqlite'}") as fetched:
        score(folder, near)
        sources = find_sources(["memory://far-calls"], manifest=None, settings=Settings(), transcripts=True)
        assert run(sources, store=fetched, settings=Settings(), transcripts=True).scored == 4
        assert {card.recording.id: card.criteria for card in near.scorecards()} == {
            card.recording.id: card.criteria for card in fetched.scorecards()
        }
        assert {card.recording.path for card in fetched.scorecards()} == {
            f"memory:///far-calls/{n}.json" for n in range(4)
        }
        (failed,) = fetched.failures()
        assert failed.path in failed.error
    far.rm("/far-calls", recursive=True)


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
