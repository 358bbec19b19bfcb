"""``qinhe store``: copies of a store, what it holds, and old calls forgotten."""

import getpass
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.console import StoreOption, load_settings, out, stop
from pipeline.reports.files import whole_file
from pipeline.reports.tables import write_csv
from pipeline.store import copies
from pipeline.store.keeping import Keeper
from pipeline.store.retention import Doomed, MonthSum

app = typer.Typer(no_args_is_help=True, help="Copy a store, put a copy back, forget old calls, see what it holds.")


@app.command("info")
def info(store: StoreOption = None) -> None:
    """Say what the store holds."""
    with Keeper(load_settings(store_url=store).store_url) as kept:
        held = kept.info()
    out.print(f"calls: {held.calls}, of {held.agents} agents; scored by inspectors too: {held.inspected}")
    if held.first_at:
        out.print(f"from {held.first_at} to {held.last_at}")
    out.print(f"failures: {held.failures}")
    out.print(f"forgotten calls, of which only sums by month are kept: {held.forgotten}")


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it must not be there yet.")], store: StoreOption = None
) -> None:
    """Copy the store into one file, while others go on writing; it holds the calls' words: keep it as safe as the store."""
    if file.exists():
        raise stop(f"{file} is there already; give another name, such as one with the date", status=2)
    with whole_file(file) as part:
        calls = copies.back_up(load_settings(store_url=store).store_url, part)
    out.print(f"{calls} calls copied to {file}")


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(help="File that `qinhe store backup` wrote.")], store: StoreOption = None
) -> None:
    """Put a backup into an empty store; one that holds anything is left as it is."""
    url = load_settings(store_url=store).store_url
    calls = copies.restore(file, url)
    out.print(f"{calls} calls restored from {file}")


@app.command("purge")
def purge(
    before: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="Forget calls from before this day."),
    ] = None,
    customer: Annotated[
        str | None, typer.Option(metavar="ID", help="Forget calls of this customer, as the manifest named them.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how many calls would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; needed where there is no terminal.")] = False,
    store: StoreOption = None,
) -> None:
    """Forget calls for good: transcripts, quotes, paths and scores; only sums by agent and month stay.

    Backups, exports, report pages and the recordings themselves are files of yours and stay: delete them too.
    """
    if before is None and customer is None:
        raise stop("nothing says which calls to forget: give --before DATE, --customer ID or both", status=2)
    doomed = Doomed(before.date() if before else None, customer)
    with Keeper(load_settings(store_url=store).store_url) as kept:
        found = kept.doomed(doomed)
        if dry_run:
            out.print(f"{found.calls} calls and {found.failures} failures would be forgotten; nothing was changed")
            return
        if not yes:
            _ask(found.calls)
        found = kept.purge(doomed, who=getpass.getuser())
    out.print(f"{found.calls} calls and {found.failures} failures forgotten; their sums by month are kept")


@app.command("months")
def months(
    file: Annotated[Path, typer.Argument(help="CSV file to write.")],
    agent: Annotated[str | None, typer.Option(metavar="ID", help="Only this agent.")] = None,
    store: StoreOption = None,
) -> None:
    """Write what is kept of forgotten calls: how many there were by agent, month and scale, and how they scored."""
    with Keeper(load_settings(store_url=store).store_url) as kept:
        sums = kept.month_sums(agent)
    if not sums:
        raise stop("no calls were forgotten; `qinhe store purge` forgets some", status=2)
    with whole_file(file) as part:
        write_csv((_month_row(each) for each in sums), part)
    out.print(f"{len(sums)} sums written to {file}")


def _month_row(sums: MonthSum) -> dict[str, str | float | None]:
    deviation = sums.deviation
    return {
        "agent_id": sums.agent_id,
        "month": sums.month,
        "scale": sums.scale,
        "calls": sums.calls,
        "abstained": sums.abstained,
        "mean": round(sums.mean, 2) if sums.calls else None,
        "standard_deviation": None if deviation is None else round(deviation, 2),
    }


def _ask(calls: int) -> None:
    if not sys.stdin.isatty():
        raise stop(f"{calls} calls would be forgotten for good: give --yes to do it", status=2)
    typer.confirm(f"Forget {calls} calls for good?", abort=True)
