"""``qinhe export``: scorecards, agents or turns for other programs."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from cli.console import StoreOption, load_settings, out, stop
from cli.output import chinese_words
from pipeline.reports.export import Format, Kind
from pipeline.reports.export import export as write_export
from pipeline.store.repository import Store


def export(
    kind: Annotated[Kind, typer.Argument(help="What to write.")],
    out_file: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")],
    file_format: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.JSONL,
    store: StoreOption = None,
    unmasked: Annotated[
        bool, typer.Option("--unmasked", help="Write numbers, names and addresses as recognised; needs --reason.")
    ] = False,
    reason: Annotated[
        str | None, typer.Option(help="Why the words are needed unmasked; kept in the access log.")
    ] = None,
) -> None:
    """Write what the store holds; customers' numbers, names and addresses are masked unless a reason is given."""
    if unmasked and not (reason or "").strip():
        raise stop("--unmasked needs --reason TEXT; it is kept in the access log", status=2)
    settings = load_settings(store_url=store)
    with Store(settings.store_url) as kept:
        if unmasked and reason:
            kept.log_access(getpass.getuser(), f"export {kind} to {out_file}", reason)
        cards = kept.scorecards()
        rows = write_export(kind, file_format, out_file, cards, masked=not unmasked, words=chinese_words(settings))
    out.print(f"{rows} {kind} written to {out_file}")
