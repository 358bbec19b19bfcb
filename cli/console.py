"""What all commands share: the terminal, progress, and how errors end the program."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from pipeline.errors import InputError
from pipeline.settings import Settings

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

StoreOption = Annotated[
    str | None, typer.Option("--store", help="Where results are kept: sqlite:///FILE or postgresql://…", metavar="URL")
]
LexiconsOption = Annotated[
    Path | None, typer.Option("--lexicons", help="Folder with phrase lists instead of the shipped one.", metavar="DIR")
]


def load_settings(**given: object) -> Settings:
    """Settings with the options given on the command line; options not given keep their value.

    Raises
    ------
    InputError
        A value in the environment, in ``qinhe.toml`` or on the command line is not valid.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"setting {where} = {first.get('input')!r}: {first['msg']}") from error


@contextmanager
def progress(total: int, what: str) -> Iterator[Progress]:
    """A progress bar with the time left on the terminal; where there is no terminal, nothing moves and nothing is asked."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("left"))
    bar = Progress(*columns, TimeRemainingColumn(), TextColumn("{task.fields[note]}"), console=err, transient=False)
    with bar:
        bar.add_task(what, total=total, note="")
        yield bar


def stop(message: str, *, status: int) -> typer.Exit:
    """An exit with one line on the error stream; raise what is returned."""
    err.print(f"qinhe: {message}", style="red" if sys.stderr.isatty() else None, markup=False)
    return typer.Exit(status)
