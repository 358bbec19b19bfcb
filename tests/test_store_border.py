"""Whatever is wrong with a database is said in one line that names it and the remedy."""

import sqlite3

import pytest
from scorecards import acoustics, scorecard
from sqlalchemy import event

from pipeline.errors import StoreError
from pipeline.store.border import foreign_errors, open_engine
from pipeline.store.repository import Store
from pipeline.store.tables import METADATA


def _said(url: str) -> str:
    with pytest.raises(StoreError) as raised:
        Store(url).close()
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("qinhe.sqlite", "no database URL"),
        ("oracel://x/y", "unknown kind of database 'oracel'"),
        ("postgresql+pg8000://u:secret@host/db", "needs the Python package 'pg8000'"),
        ("sqlite:////dev/null/x.sqlite", "cannot create the folder"),
    ],
)
def test_useless_urls_are_refused(url, said):
    assert said in _said(url)


def test_passwords_are_never_shown():
    assert "secret" not in _said("postgresql+pg8000://u:secret@host/db")


def test_file_that_is_no_database(tmp_path):
    (tmp_path / "calls.csv").write_text("path,agent_id\n" * 100)
    assert "is not a database: give another name" in _said(f"sqlite:///{tmp_path}/calls.csv")


def test_folder_in_place_of_a_file(tmp_path):
    assert "may be written to" in _said(f"sqlite:///{tmp_path}")


def test_database_of_another_program(tmp_path):
    with sqlite3.connect(tmp_path / "other.sqlite") as other:
        other.execute("CREATE TABLE recordings (a)")
    other.close()
    assert "tables of another program" in _said(f"sqlite:///{tmp_path}/other.sqlite")


def test_newer_store_is_refused(tmp_path):
    url = f"sqlite:///{tmp_path}/q.sqlite"
    Store(url).close()
    with sqlite3.connect(tmp_path / "q.sqlite") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    assert "written by a newer qinhe (tables 9999): update qinhe" in _said(url)


def test_store_that_may_only_be_read(tmp_path):
    Store(f"sqlite:///{tmp_path}/q.sqlite").close()
    with (
        Store(f"sqlite:///file:{tmp_path}/q.sqlite?mode=ro&uri=true") as store,
        pytest.raises(StoreError, match="check the rights"),
    ):
        store.save_scorecard(scorecard(), acoustics())


def test_full_disk_keeps_what_was_done(tmp_path):
    with Store(f"sqlite:///{tmp_path}/q.sqlite") as store:
        event.listen(store._engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=60"))
        saved = _save_until_full(store)
        assert [card.recording.call_id for card in store.scorecards()] == [str(number) for number in range(saved)]


def _save_until_full(store: Store) -> int:
    for number in range(200):
        try:
            store.save_scorecard(scorecard(str(number), day=number + 1), acoustics())
        except StoreError as error:
            assert "the disk is full: free some space" in str(error)
            return number
    pytest.fail("the disk never filled")


def test_other_errors_pass_untouched(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path}/q.sqlite")
    with pytest.raises(KeyError), foreign_errors(engine):
        raise KeyError("ours")


def test_migrations_make_the_tables_that_the_code_names(tmp_path):
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with Store(f"sqlite:///{tmp_path}/q.sqlite") as store, store._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
