"""Stores to test on: an SQLite file, and a database on a PostgreSQL server that is really started."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from itertools import count
from pathlib import Path

import pytest

_ACCOUNT = "postgres"
_NUMBER = count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request, tmp_path):
    """URL of an empty store, on either kind of database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new folder/qinhe.sqlite"
    return postgresql_url()


def postgresql_url():
    """URL of a new database on the test server; skips the test where no server can be started."""
    why, folder = _server()
    if folder is None:
        pytest.skip(why)
    name = f"test_{next(_NUMBER)}"
    _run("createdb", "-h", folder, "-U", _ACCOUNT, name)
    return f"postgresql://{_ACCOUNT}@/{name}?host={folder}"


@cache
def _server():
    """Why there is no server, or the folder of its socket; it listens on no port and stops with the tests."""
    if _program("initdb") is None:
        return (
            "PostgreSQL's server programs are not installed (initdb is neither in /usr/lib/postgresql nor on PATH)",
            None,
        )
    if os.name != "posix" or (os.getuid() == 0 and (shutil.which("runuser") is None or not _account_exists())):
        return f"a PostgreSQL server does not run as root, and there is no account {_ACCOUNT!r} to run it as", None
    folder = tempfile.mkdtemp(prefix="qinhe-pg-")
    if os.getuid() == 0:
        shutil.chown(folder, _ACCOUNT)
    data = f"{folder}/data"
    _run("initdb", "-D", data, "-U", _ACCOUNT, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    _run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
    atexit.register(_stop, folder)
    return "", folder


def _stop(folder):
    _run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


def _account_exists():
    import pwd

    return any(account.pw_name == _ACCOUNT for account in pwd.getpwall())


def _program(name):
    installed = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: path.parts[-3].zfill(3))
    return str(installed[-1]) if installed else shutil.which(name)


def _run(name, *arguments):
    command = [_program(name), *arguments]
    if os.getuid() == 0:
        command = ["runuser", "-u", _ACCOUNT, "--", *command]
    # Its output goes nowhere: a server that was started keeps the pipe open.
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", check=False)
    if done.returncode:
        pytest.fail(f"{' '.join(command)} failed with status {done.returncode} on {sys.platform}")
