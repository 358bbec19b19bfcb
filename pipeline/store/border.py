"""The border to the database: engines, what is particular to SQLite, and foreign errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from pipeline.errors import StoreError

_EXAMPLE = "give one such as sqlite:///qinhe.sqlite"
_BUSY_MS = 30_000
_WAL_PAGES = 10_000
"""40 MB are written before they are moved into the database: ten times as many as usual, for every move waits for the disk."""
# Any number that no other program is likely to lock by.
_UPGRADE_KEY = 81_104_237
_UPGRADE = Lock()
_POSTGRESQL = "postgresql+psycopg"
_MEMORY = ("", ":memory:")

# What the database says (a part of it, in small letters) → what the user can do.
_REMEDIES = {
    "unable to open": "check that the folder exists and may be written to",
    "readonly database": "it may not be written to: check the rights of the file and its folder",
    "disk is full": "the disk is full: free some space, then run again; what was done is kept",
    "no space left": "the disk is full: free some space, then run again; what was done is kept",
    "not a database": "the file is not a database: give another name, or move the file away",
    "disk image is malformed": "the file is damaged: restore a copy, or move it away and score again",
    "is locked": "another program keeps it locked: close that program, then run again",
    "disk i/o error": "the disk cannot be read or written: check it, then run again",
    "already exists": "it holds tables of another program: give another name",
    "could not translate host": "the server cannot be found: check its name in the URL",
    "failed to resolve host": "the server cannot be found: check its name in the URL",
    "connection refused": "the server does not answer: check that it runs, and its name and port in the URL",
    "password authentication failed": "check the user name and password in the URL",
}


def open_engine(url: str) -> Engine:
    """Make the engine for a database URL; an SQLite file's folder is created.

    Raises
    ------
    StoreError
        The URL is no database URL, its driver is missing, or the folder cannot be made.
    """
    parsed = _parsed(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(parsed)
        return create_engine(parsed)
    except NoSuchModuleError as error:
        raise StoreError(f"unknown kind of database {parsed.drivername!r}: {_EXAMPLE}") from error
    except ModuleNotFoundError as error:
        raise StoreError(f"the store {shown(parsed)} needs the Python package {error.name!r}: install it") from error
    except OSError as error:
        raise StoreError(f"cannot create the folder of the store {shown(parsed)}: {error.strerror}") from error


def sqlite_path(url: str) -> Path | None:
    """Where an SQLite store lies; None for other databases and for stores without a file of their own.

    Raises
    ------
    StoreError
        The URL is no database URL.
    """
    parsed = _parsed(url)
    name = parsed.database or ""
    if parsed.get_backend_name() != "sqlite" or name in _MEMORY or name.startswith("file:"):
        return None
    return Path(name)


def shown(url: URL) -> str:
    """Write the URL as it may stand in a message: without its password."""
    return url.render_as_string(hide_password=True)


@contextmanager
def foreign_errors(engine: Engine) -> Iterator[None]:
    """Turn whatever the database raises inside into one line that a user can act on.

    Raises
    ------
    StoreError
        Instead of any error of SQLAlchemy or its driver.
    """
    try:
        yield
    except SQLAlchemyError as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        said = " ".join(str(cause).split())
        known = (what for part, what in _REMEDIES.items() if part in said.lower())
        remedy = next(known, "check the database, then run again")
        raise StoreError(f"the store {shown(engine.url)} failed ({said[:200]}): {remedy}") from error


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that only reads."""
    with foreign_errors(engine), engine.begin() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Yield a connection in a transaction that writes: everything in it is kept, or nothing."""
    with foreign_errors(engine), engine.execution_options(writes=True).begin() as connection:
        yield connection


def wait_turn(connection: Connection, subject: str) -> None:
    """Wait until no other transaction writes on this subject; on SQLite there is only ever one writer."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:subject, 0))"), {"subject": subject})


@contextmanager
def upgrading(engine: Engine) -> Iterator[Connection]:
    """Yield a writing connection while nobody else upgrades: alembic is not made for threads, nor tables for two makers."""
    with _UPGRADE, writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADE_KEY})
        yield connection


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"{url!r} is no database URL: {_EXAMPLE}") from error
    # Without a driver's name, take the one that the project installs.
    return parsed.set(drivername=_POSTGRESQL) if parsed.drivername in ("postgresql", "postgres") else parsed


def _sqlite_engine(url: URL) -> Engine:
    if url.database and url.database not in _MEMORY and not url.database.startswith("file:"):
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    """Let readers and one writer work side by side, wait for each other, and keep references whole."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA wal_autocheckpoint={_WAL_PAGES}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Begin ourselves: the driver would begin too late, and a reader that turns writer cannot wait for its turn."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
