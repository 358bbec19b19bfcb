"""A store as one portable file and back: taken while others write, put back into any kind of database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, Integer, Table, func, insert, select, text

from pipeline.errors import StoreError
from pipeline.store.border import open_engine, reading, shown, sqlite_path, writing
from pipeline.store.desk_tables import USERS
from pipeline.store.migrate import upgrade
from pipeline.store.tables import SCORECARDS

_ROWS = 500
_WAIT_S = 30.0
_TABLES = USERS.metadata.sorted_tables


def back_up(url: str, out: Path) -> int:
    """Copy a store, as it is at one moment, into an SQLite file that only its owner may read; how many calls it holds.

    Others may go on writing: what they write after that moment is not in the copy.

    Raises
    ------
    StoreError
        There is no store at this URL, or it cannot be read, or the file cannot be written.
    """
    path = sqlite_path(url)
    if path is not None and not path.is_file():
        raise StoreError(f"there is no store {path}: check the name, or name it with --store")
    out.touch(mode=0o600)
    if path is not None:
        _copy_file(path, out)
    else:
        with closing_engine(url) as engine, closing_engine(f"sqlite:///{out}") as copy:
            upgrade(engine)
            upgrade(copy)
            _copy_rows(engine, copy)
    with closing(sqlite3.connect(out)) as copied:
        # One file and no log beside it, so that it can be carried away alone.
        copied.execute("PRAGMA journal_mode=DELETE")
        return int(copied.execute("SELECT count(*) FROM scorecards").fetchone()[0])


def restore(source: Path, url: str) -> int:
    """Put a backup, of this or an earlier version, into an empty store; how many calls it holds.

    Raises
    ------
    StoreError
        The file is no backup, the store is not empty, or it cannot be written; then nothing is changed.
    """
    if not source.is_file():
        raise StoreError(f"{source}: no such backup; check the spelling")
    with closing_engine(url) as engine, _newest(source) as copy:
        upgrade(engine)
        _check_is_empty(engine)
        _copy_rows(copy, engine)
        with reading(engine) as connection:
            return connection.scalar(select(func.count()).select_from(SCORECARDS)) or 0


@contextmanager
def closing_engine(url: str) -> Iterator[Engine]:
    """Yield an engine and let go of the database afterwards."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _newest(source: Path) -> Iterator[Engine]:
    """Yield a copy of the backup with the newest tables; the backup itself stays as it is."""
    with TemporaryDirectory(prefix="qinhe-restore-") as folder:
        _copy_file(source, Path(folder) / "copy.sqlite")
        with closing_engine(f"sqlite:///{folder}/copy.sqlite") as copy:
            upgrade(copy)
            yield copy


def _copy_file(path: Path, out: Path) -> None:
    """Copy an SQLite file page by page, in one step: in several, every writer would make it begin again."""
    try:
        with (
            closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=_WAIT_S)) as source,
            closing(sqlite3.connect(out)) as target,
        ):
            found = source.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('alembic_version', 'scorecards')")
            if found.fetchone()[0] != 2:
                raise StoreError(f"{path}: is no store and no backup of one; check the name")
            source.backup(target)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be copied ({error}); check the file, its rights and the disk") from error


def _copy_rows(source: Engine, target: Engine) -> None:
    """Copy every table in one transaction on either side."""
    level = "REPEATABLE READ" if source.dialect.name == "postgresql" else "SERIALIZABLE"
    steady = source.execution_options(isolation_level=level) if source.dialect.name == "postgresql" else source
    with reading(steady) as old, writing(target) as new:
        for table in _TABLES:
            for page in old.execution_options(yield_per=_ROWS).execute(select(table)).mappings().partitions():
                new.execute(insert(table), [dict(row) for row in page])
            _count_on(new, table)


def _count_on(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were copied."""
    key = next(iter(table.primary_key))
    if connection.dialect.name == "postgresql" and key.autoincrement is True and isinstance(key.type, Integer):
        last = connection.scalar(select(func.max(key)))
        if last is not None:
            sequence = {"table": table.name, "column": key.name, "last": last}
            connection.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"), sequence)


def _check_is_empty(engine: Engine) -> None:
    with reading(engine) as connection:
        for table in _TABLES:
            if connection.execute(select(table).limit(1)).first() is not None:
                raise StoreError(
                    f"the store {shown(engine.url)} is not empty ({table.name}): "
                    "restore into a new one, then give that with --store"
                )
