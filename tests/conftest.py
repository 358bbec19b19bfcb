"""Fixtures that several test modules share, and what holds for all of them."""

import io
import sys

import pytest
from hypothesis import settings
from postgresql import store_url

from cli.main import run

__all__ = ["store_url"]

# How long an example takes says more of the machine than of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def qinhe(monkeypatch, capsys):
    """Run the command with something typed; gives its exit status, what it printed and what it complained of."""

    def call(*arguments: object, typed: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["qinhe", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(SystemExit) as stopped:
            run()
        printed = capsys.readouterr()
        return int(stopped.value.code or 0), printed.out, printed.err

    return call
