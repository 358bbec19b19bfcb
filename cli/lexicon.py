"""``qinhe lexicon``: the phrase lists checked, tried, and carried to a sheet and back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import LexiconsOption, err, load_settings, out, stop
from pipeline.lexicon import sheet, trials

app = typer.Typer(no_args_is_help=True, help="The phrase lists.")

SHOWN_PHRASES = 30


@app.command()
def check(lexicons: LexiconsOption = None) -> None:
    """Read all lists and name every problem with file, line and remedy."""
    report = trials.check_lexicon(load_settings(lexicons_dir=lexicons).lexicons_dir)
    for problem in report.problems:
        err.print(problem, markup=False)
    if report.problems:
        raise stop(f"{len(report.problems)} problems in the lists", status=2)
    out.print(f"{report.entries} phrases for {len(report.by_label)} labels, version {report.version}: all well")


@app.command()
def test(
    lexicons: LexiconsOption = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Everyday utterances, one a line: how often each phrase hits falsely.")
    ] = None,
) -> None:
    """Try every phrase on its own examples; with --corpus, count false hits on everyday utterances."""
    report = trials.test_lexicon(load_settings(lexicons_dir=lexicons).lexicons_dir, corpus)
    for failed in report.failed:
        found = f", found 「{failed.found}」" if failed.found else ""
        err.print(
            f"{failed.file}:{failed.line}: {failed.entry}: expected {failed.expected}: {failed.sentence}{found}",
            markup=False,
        )
    for clash in report.clashes:
        err.print(
            f"{clash.file}:{clash.line}: {clash.entry}: {clash.other} says the opposite: {clash.sentence}", markup=False
        )
    if report.false_hits:
        out.print(_false_hits_table(report.false_hits))
    if not report.passed:
        problems = len(report.check.problems) + len(report.failed)
        raise stop(f"{problems} problems and failing examples; see also qinhe lexicon check", status=2)
    out.print(
        f"all examples of {report.check.entries} phrases hit and miss as they should; {len(report.clashes)} clashes"
    )


def _false_hits_table(hits: tuple[trials.FalseHits, ...]) -> Table:
    table = Table("phrase", "hits", "per 10,000 utterances", "example", title="hits on everyday utterances")
    for each in hits[:SHOWN_PHRASES]:
        table.add_row(each.entry, str(each.hits), f"{10_000 * each.rate:.1f}", each.sentence)
    return table


@app.command("export")
def export_sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Workbook to write.")],
    lexicons: LexiconsOption = None,
) -> None:
    """Write the phrase lists to a workbook, one sheet a list, for editing without YAML."""
    rows = sheet.export_lexicon(load_settings(lexicons_dir=lexicons).lexicons_dir, file)
    out.print(f"{rows} phrases written to {file}")


@app.command("import")
def import_sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Workbook to read.")],
    out_dir: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the lists; the shipped ones stay.")],
    lexicons: LexiconsOption = None,
) -> None:
    """Read phrase lists from a workbook into a new lexicons folder, checked before anything is written."""
    rows = sheet.import_lexicon(file, base=load_settings(lexicons_dir=lexicons).lexicons_dir, out=out_dir)
    out.print(f"{rows} phrases written to {out_dir}; try them with qinhe lexicon test --lexicons {out_dir}")
