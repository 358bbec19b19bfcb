"""``qinhe failures``: what could not be scored, why, and what to do."""

import csv
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import StoreOption, load_settings, out, stop
from pipeline.store.repository import Store
from pipeline.store.work import FailedRecording

app = typer.Typer(help="Recordings that could not be scored: list them, or let them be tried again.")

COLUMNS = ("recording_id", "path", "agent_id", "stage", "reason", "remedy", "attempts", "when", "state")
NARROW = ("recording_id", "file", "stage", "reason", "remedy", "attempts", "when", "state")
SHOWN_ID = 12

_REMEDIES = {
    "read": "make sure that the file can be read",
    "decode": "play it by hand; copy or export it again",
    "recognise": "listen to it by hand; report it with the file if it is sound",
    "score": "report it with the file",
    "crash": "listen to it by hand",
}


class Form(StrEnum):
    """How the list is written."""

    TABLE = "table"
    CSV = "csv"


@app.callback(invoke_without_command=True)
def failures(
    context: typer.Context,
    store: StoreOption = None,
    form: Annotated[
        Form, typer.Option("--format", help="A table to read, or CSV on the standard output.")
    ] = Form.TABLE,
) -> None:
    """List what could not be scored, with stage, reason, remedy, number of attempts and when it was tried last."""
    if context.invoked_subcommand:
        context.obj = store
        return
    settings = load_settings(store_url=store)
    with Store(settings.store_url) as kept:
        rows = [describe(each, settings.max_attempts) for each in kept.work.failed()]
    if form is Form.CSV:
        _write_csv(rows)
    elif rows:
        out.print(_table(rows))
    else:
        out.print("no failures")


@app.command()
def retry(
    context: typer.Context,
    ids: Annotated[
        list[str] | None, typer.Argument(metavar="ID...", help="recording_id as listed, or its beginning.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All failures.")] = False,
    store: StoreOption = None,
) -> None:
    """Let failures be tried again: the next `qinhe score` of the same paths does it.

    Not at once, because what is known of a recording (its manifest, engine, workers) is given to `qinhe score`. Until then
    they stay in the list, as "to be tried".
    """
    if bool(ids) == every:
        raise stop("name the failures to try again, or --all (and not both)", status=2)
    settings = load_settings(store_url=store or context.obj)
    with Store(settings.store_url) as kept:
        number = kept.work.retry(ids or ())
    out.print(f"{number} to be tried again by the next `qinhe score`")


def describe(failed: FailedRecording, max_attempts: int) -> dict[str, str]:
    """One failure in words, a text a column."""
    failure = failed.failure
    reason, remedy = split_error(failure.error.replace(f"{failure.path}:", "").strip(), failure.stage)
    return {
        "recording_id": failure.recording_id,
        "path": failure.path,
        "agent_id": failure.agent_id,
        "stage": failure.stage,
        "reason": reason,
        "remedy": remedy,
        "attempts": str(failed.attempts),
        "when": f"{failed.at.astimezone():%Y-%m-%d %H:%M}" if failed.at else "",
        "state": state(failed, max_attempts),
    }


def split_error(error: str, stage: str) -> tuple[str, str]:
    """What is wrong, and what to do: our messages end with the remedy after a semicolon; else the stage's own."""
    reason, _, remedy = error.rpartition("; ")
    return (reason, remedy) if reason else (error, _REMEDIES.get(stage, ""))


def state(failed: FailedRecording, max_attempts: int) -> str:
    """Whether the next run tries it; what could not even be read is always tried."""
    if failed.attempts == 0:
        return "to be tried"
    set_aside = failed.attempts >= max_attempts and not failed.unread
    return "set aside" if set_aside else "tried again next run"


def _write_csv(rows: Iterable[dict[str, str]]) -> None:
    writer = csv.DictWriter(sys.stdout, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)


def _table(rows: Iterable[dict[str, str]]) -> Table:
    table = Table(title="qinhe failures", caption="--format csv writes whole ids and paths")
    for name in NARROW:
        table.add_column(
            name, no_wrap=name in ("recording_id", "stage"), justify="right" if name == "attempts" else "left"
        )
    for row in rows:
        cells = {**row, "recording_id": row["recording_id"][:SHOWN_ID], "file": Path(row["path"]).name}
        table.add_row(*(cells[name] for name in NARROW))
    return table
