"""``qinhe export``: scorecards, agents or turns for other programs."""

import getpass
import os
from pathlib import Path
from typing import Annotated

import typer

from cli.console import StoreOption, load_settings, out, stop
from cli.output import standing_desk
from pipeline.reports.export import Format, Kind
from pipeline.reports.export import export as write_export
from pipeline.reports.wording import chinese_words
from pipeline.store.desk import Desk
from pipeline.store.repository import Store


def export(
    kind: Annotated[Kind, typer.Argument(help="What to write.")],
    out_file: Annotated[Path, typer.Option("--out", metavar="FILE", help="File to write.")],
    file_format: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.JSONL,
    pages: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder of report pages: the workbook's findings lead to them.")
    ] = None,
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
    with Store(settings.store_url) as kept, Desk(settings.store_url) as people:
        if unmasked and reason:
            kept.log_access(getpass.getuser(), f"export {kind} to {out_file}", reason)
        cards = kept.scorecards()
        desk = standing_desk(people, _relative(pages, out_file))
        words = chinese_words(settings)
        rows = write_export(kind, file_format, out_file, cards, masked=not unmasked, words=words, desk=desk)
    out.print(f"{rows} {kind} written to {out_file}")


def _relative(pages: Path | None, out_file: Path) -> str | None:
    """The pages as seen from the workbook: both can be moved together."""
    if pages is None:
        return None
    return Path(os.path.relpath(pages.resolve(), out_file.resolve().parent)).as_posix()
