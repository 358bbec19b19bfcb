"""``qinhe report``: pages that open without a network."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import StoreOption, load_settings, out
from cli.output import chinese_words
from pipeline.reports.html import ReportKind, write_report
from pipeline.store.repository import Store


def report(
    kind: Annotated[ReportKind, typer.Argument(help="What the pages are about.")],
    out_dir: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write the pages to.")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Agents or recordings; none: all.")] = None,
    store: StoreOption = None,
) -> None:
    """Write report pages on agents, the team or calls, with the recordings' moments to play."""
    settings = load_settings(store_url=store)
    with Store(settings.store_url) as kept:
        pages = write_report(kind, ids or (), kept, out_dir, words=chinese_words(settings))
    for page in pages:
        out.print(f"report: {page.resolve()}")
