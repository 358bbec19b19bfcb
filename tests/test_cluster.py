"""On a Ray cluster the records are the same as in one process, and what dies there costs no other recording."""

import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from calls import LEXICONS
from nights import COMMAND, records, score, write_call, write_night
from poison import GREED_BYTES, Deadly, Greedy, without_weights

from pipeline.batch import run
from pipeline.batch.dispatch import dispatch
from pipeline.batch.jobs import Job
from pipeline.errors import EngineError, ModelError
from pipeline.intake import find_sources
from pipeline.intake.places import content_id
from pipeline.lexicon.editions import publish
from pipeline.schema import Source
from pipeline.settings import Settings
from pipeline.store.repository import Store

ray = pytest.importorskip("ray", reason="Ray is not installed")

# Ray leaves the sockets and log files of the processes that it started to the collector.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

TESTS = Path(__file__).parent
CALLS = TESTS / "data" / "calls"
STORE_BYTES = 80_000_000


@contextmanager
def nodes(workers, **config):
    """A head without processors and workers with one each: all processes of their own."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join((str(TESTS), str(TESTS.parent))))
        patch.setenv("RAY_worker_niceness", "0")
        for name, value in config.items():
            patch.setenv(f"RAY_{name}", str(value))
        small = {"object_store_memory": STORE_BYTES, "include_dashboard": False}
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, **small})
        try:
            for _ in range(workers):
                cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES, wait=False)
            cluster.wait_for_nodes()
            yield cluster
        finally:
            ray.shutdown()
            cluster.shutdown()


@pytest.fixture(scope="module")
def address():
    with nodes(2) as cluster:
        yield cluster.address


def test_the_records_are_those_of_one_process(address, tmp_path):
    night = write_night(tmp_path / "calls", 12, broken=2)
    here, there = (f"sqlite:///{tmp_path / name}.sqlite" for name in ("here", "there"))
    with Store(here) as serial, Store(there) as scattered:
        score(night, serial)
        summary = score(night, scattered, cluster=address)
        assert (summary.scored, len(summary.failures)) == (12, 2)
        assert score(night, scattered, cluster=address).kept == 12
    assert not ray.is_initialized()
    assert records(here) == records(there)


def crew(address: str, make):
    from pipeline.batch.cluster import Cluster

    return Cluster(address, make)


def jobs_of(folder: Path) -> list[Job]:
    return [Job(Source(str(path)), content_id(str(path))) for path in sorted(folder.glob("*.json"))]


def test_poison_and_killed_actors_cost_no_other_recording(address, tmp_path):
    night = write_night(tmp_path / "calls", 6, broken=0)
    write_call(night / "poison.json", 10)
    write_call(night / "once.json", 11)
    results = {
        Path(r.job.source.path).name: r for r in dispatch(iter(jobs_of(night)), crew(address, Deadly), max_attempts=2)
    }
    assert len(results) == 8
    dead = results.pop("poison.json")
    assert (dead.outcome.stage, dead.attempts) == ("crash", 2)
    assert results["once.json"].attempts == 2
    assert all(each.outcome.stage == "decode" for each in results.values())


def test_an_actor_without_weights_ends_the_run_with_its_own_error(address, tmp_path):
    jobs = jobs_of(write_night(tmp_path / "calls", 2, broken=0))
    with pytest.raises(ModelError, match="weights are missing"):
        list(dispatch(iter(jobs), crew(address, without_weights), max_attempts=2))


def test_nodes_with_other_lists_are_refused(address, tmp_path):
    from pipeline.batch.cluster import MakeThere, make_there

    there = make_there(Settings(), transcripts=True)
    assert "lexicons_dir" not in there.values
    jobs = jobs_of(write_night(tmp_path / "calls", 1, broken=0))
    other = MakeThere(there.values, there.transcripts, ("0.0.0", there.versions[1]))
    with pytest.raises(EngineError, match="install the same on all nodes"):
        list(dispatch(iter(jobs), crew(address, other), max_attempts=2))


def test_lists_published_on_this_machine_alone_are_noticed(tmp_path):
    from pipeline.batch.cluster import make_there, versions_here

    here, there = (shutil.copytree(LEXICONS, tmp_path / name / "lexicons") for name in ("here", "there"))
    made = make_there(Settings(lexicons_dir=here), transcripts=True)
    assert versions_here(Settings(lexicons_dir=there)) == made.versions
    publish(there, there, date(2026, 3, 1), lambda _folder: None)
    elsewhere = replace(made, values={**made.values, "lexicons_dir": there})
    with pytest.raises(EngineError, match="install the same on all nodes"):
        elsewhere()


def test_the_command_scores_on_a_cluster(address, tmp_path):
    night = write_night(tmp_path / "calls", 3, broken=0)
    command = [*COMMAND, "score", f"file://{night}", "--transcripts"]
    options = ["--store", f"sqlite:///{tmp_path}/q.sqlite", "--ray", address]
    done = subprocess.run(command + options, cwd=TESTS.parent, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert "scored 3" in done.stdout


def test_no_cluster_is_one_clear_line(tmp_path):
    night = write_night(tmp_path / "calls", 1, broken=0)
    with Store("sqlite://") as store, pytest.raises(EngineError, match=r"no Ray cluster at 127\.0\.0\.1:1 "):
        score(night, store, cluster="127.0.0.1:1")


@pytest.mark.slow
def test_real_recordings_make_the_same_records(address, tmp_path):
    for name in ("d14.wav", "d16.wav", "d01.wav"):
        shutil.copy(CALLS / name, tmp_path)
    settings = Settings()
    sources = find_sources([tmp_path], manifest=None, settings=settings)
    urls = [f"sqlite:///{tmp_path}/{name}.sqlite" for name in ("here", "there")]
    for url, cluster in zip(urls, (None, address), strict=True):
        with Store(url) as store:
            assert run(sources, store=store, settings=settings, cluster=cluster).scored == len(sources)
    assert records(urls[0]) == records(urls[1])


@pytest.mark.slow
def test_a_node_lost_over_real_recordings_costs_none(tmp_path):
    for path in CALLS.glob("*.wav"):
        shutil.copy(path, tmp_path)
    settings = Settings()
    sources = find_sources([tmp_path], manifest=None, settings=settings)
    with nodes(2) as cluster, Store(f"sqlite:///{tmp_path}/q.sqlite") as store:
        lost = list(cluster.worker_nodes)[:1]

        def lose(_):
            while lost:
                cluster.remove_node(lost.pop(), allow_graceful=False)

        summary = run(sources, store=store, settings=settings, cluster=cluster.address, on_progress=lose)
        assert len(cluster.worker_nodes) == 1
    assert (summary.scored, summary.failures) == (len(sources), ())
    kept = records(f"sqlite:///{tmp_path}/q.sqlite").values()
    assert sorted(card.recording.path for card in kept) == sorted(source.path for source in sources)


@pytest.mark.slow
def test_a_recording_that_takes_all_memory_is_tried_again_and_given_up(tmp_path):
    """Ray ends an actor before the machine has no memory left."""
    from ray._private.utils import get_system_memory, get_used_memory

    used, whole = get_used_memory(), get_system_memory()
    if whole - used < 1.5 * GREED_BYTES:
        pytest.skip("memory is short here anyway")
    night = write_night(tmp_path / "calls", 3, broken=0)
    write_call(night / "poison.json", 10)
    limit = (used + GREED_BYTES / 2) / whole  # leaves room for what else runs here
    with nodes(1, memory_usage_threshold=limit) as cluster:
        results = list(dispatch(iter(jobs_of(night)), crew(cluster.address, Greedy), max_attempts=2))
    told = {Path(each.job.source.path).name: (each.outcome.stage, each.attempts) for each in results}
    assert len(results) == 4
    assert told.pop("poison.json") == ("crash", 2)
    assert set(told.values()) == {("decode", 1)}
