"""Backups: taken while others write, put back into either kind of database, equal to what they were taken from."""

import sqlite3
import stat
import threading
from pathlib import Path

import pytest
from scorecards import acoustics, recording, scorecard
from sqlalchemy import insert, select

from pipeline.errors import StoreError
from pipeline.schema import Failure, Inspection
from pipeline.store.border import open_engine, reading, writing
from pipeline.store.copies import back_up, restore
from pipeline.store.desk_tables import METADATA, USERS
from pipeline.store.repository import Store


def fill(url):
    with Store(url) as store:
        for number in range(5):
            store.save_scorecard(scorecard(str(number), day=number + 1), acoustics())
        store.save_failure(Failure("broken", "x.wav", "decode", "cannot be read"))
        store.save_inspections([Inspection(recording("0").id, "王", "affinity", 71.0)])
        for number in range(3):
            store.log_access("root", f"export {number}", "测量")


def everything(url):
    """All rows of all tables."""
    engine = open_engine(url)
    with reading(engine) as connection:
        rows = {table.name: sorted(map(repr, connection.execute(select(table)))) for table in METADATA.sorted_tables}
    engine.dispose()
    return rows


@pytest.fixture
def new_url(request, tmp_path):
    return f"sqlite:///{tmp_path}/restored/qinhe.sqlite"


def test_what_is_restored_is_what_was_there(store_url, new_url, tmp_path):
    fill(store_url)
    assert back_up(store_url, tmp_path / "copy.sqlite") == 5
    assert restore(tmp_path / "copy.sqlite", new_url) == 5
    assert everything(new_url) == everything(store_url)


def test_backup_of_one_kind_is_restored_into_another(store_url, tmp_path):
    source = f"sqlite:///{tmp_path}/source.sqlite"
    fill(source)
    back_up(source, tmp_path / "copy.sqlite")
    restore(tmp_path / "copy.sqlite", store_url)
    assert everything(store_url) == everything(source)
    with Store(store_url) as store:  # numbering goes on after what was copied
        store.log_access("root", "export 3", "测量")
        assert [access.what for access in store.access_log()] == [f"export {number}" for number in range(4)]


def test_backup_taken_while_a_writer_writes_is_whole(store_url, new_url, tmp_path):
    fill(store_url)
    stop, began = threading.Event(), threading.Event()

    def write():
        with Store(store_url) as store:
            for number in range(10_000):
                if stop.is_set():
                    return
                store.save_scorecard(scorecard(f"later-{number}"), acoustics())
                began.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert began.wait(30)
        copies = [tmp_path / f"{number}.sqlite" for number in range(3)]
        held = [back_up(store_url, copy) for copy in copies]
    finally:
        stop.set()
        writer.join()
    assert 5 < held[0] <= held[1] <= held[2]
    for copy, calls in zip(copies, held, strict=True):
        assert _is_sound(copy)
        with Store(f"sqlite:///{copy}") as store:
            cards = list(store.scorecards())
        assert len(cards) == calls
        # What belongs to a call is there as a whole: the first calls, then the later ones without a gap.
        names = {card.recording.call_id for card in cards}
        assert names == {*"01234", *(f"later-{number}" for number in range(calls - 5))}
        assert all(card.findings == scorecard(card.recording.call_id).findings for card in cards)
    restore(copies[-1], new_url)
    with Store(new_url) as store:
        assert store.count() == held[-1]


def _is_sound(path):
    with sqlite3.connect(path) as connection:
        sound = connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        sound = sound and connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()
    return sound


def test_only_its_owner_may_read_a_backup_and_it_is_one_file(store_url, tmp_path):
    fill(store_url)
    (tmp_path / "folder").mkdir()
    copy = tmp_path / "folder" / "copy.sqlite"
    back_up(store_url, copy)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert list(copy.parent.iterdir()) == [copy]


def test_a_store_that_holds_anything_is_left_as_it_is(store_url, tmp_path):
    fill(store_url)
    back_up(store_url, tmp_path / "copy.sqlite")
    before = everything(store_url)
    with pytest.raises(StoreError, match=r"is not empty \(.*\): restore into a new one"):
        restore(tmp_path / "copy.sqlite", store_url)
    assert everything(store_url) == before


def test_accounts_alone_make_a_store_not_empty(new_url, tmp_path, store_url):
    fill(store_url)
    back_up(store_url, tmp_path / "copy.sqlite")
    Store(new_url).close()
    engine = open_engine(new_url)
    with writing(engine) as connection:
        user = {"name": "王", "duty": "admin", "agent_id": None, "active": True, "password": "x"}
        connection.execute(insert(USERS), user)
    engine.dispose()
    with pytest.raises(StoreError, match="users"):
        restore(tmp_path / "copy.sqlite", new_url)


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "no such backup"), (b"path,agent\n" * 99, "not a database"), (b"", "is no store and no backup")],
)
def test_files_that_are_no_backup_are_refused(tmp_path, new_url, content, said):
    path = tmp_path / "copy.sqlite"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoreError, match=said):
        restore(path, new_url)
    assert content is None or path.read_bytes() == content


def test_a_store_that_is_not_there_is_not_created_by_its_backup(tmp_path):
    with pytest.raises(StoreError, match="there is no store"):
        back_up(f"sqlite:///{tmp_path}/gone.sqlite", tmp_path / "copy.sqlite")
    assert not list(Path(tmp_path).iterdir())
