"""``qinhe lexicon``: the phrase lists checked, tried, and carried to a sheet and back."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli import editions, rules
from cli.console import LexiconsOption, err, load_settings, out, stop
from pipeline.lexicon import sheet, trials
from pipeline.rules.model import Trial

app = typer.Typer(no_args_is_help=True, help="The phrase lists and rules.")
app.command("explain")(rules.explain)
app.command("try")(rules.try_rules)
app.command("publish")(editions.publish)
app.command("versions")(editions.versions)
app.command("diff")(editions.diff)
app.command("hits")(editions.hits)
app.command("import-rules")(rules.import_rules)

SHOWN_PHRASES = 30


@app.command()
def check(lexicons: LexiconsOption = None) -> None:
    """Read all lists and name every problem with file, line and remedy."""
    folder = load_settings(lexicons_dir=lexicons).lexicons_dir
    report = trials.check_lexicon(folder)
    count, problems = rules.check_rules(folder) if not report.problems else (0, ())
    for problem in (*report.problems, *problems):
        err.print(problem, markup=False)
    if report.problems or problems:
        raise stop(f"{len(report.problems) + len(problems)} problems in the lists and rules", status=2)
    out.print(
        f"{report.entries} phrases for {len(report.by_label)} labels, version {report.version}, {count} rules: all well"
    )


@app.command()
def test(
    lexicons: LexiconsOption = None,
    corpus: Annotated[
        Path | None, typer.Option(help="Everyday utterances, one a line: how often each phrase hits falsely.")
    ] = None,
) -> None:
    """Try every phrase on its own examples; with --corpus, count false hits on everyday utterances."""
    settings = load_settings(lexicons_dir=lexicons)
    report = trials.test_lexicon(settings.lexicons_dir, corpus)
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
    dialogues, failed_dialogues = rules.try_dialogues(settings) if not report.check.problems else (0, ())
    for each in failed_dialogues:
        where = f"{each.rule.file}:{each.trial.line}: {each.rule.id}"
        err.print(
            f"{where}: expected {each.trial.expected}, came out {each.came_out}: {_spoken(each.trial)}", markup=False
        )
    if not report.passed or failed_dialogues:
        problems = len(report.check.problems) + len(report.failed) + len(failed_dialogues)
        raise stop(f"{problems} problems and failing examples; see also qinhe lexicon check", status=2)
    out.print(
        f"all examples of {report.check.entries} phrases hit and miss as they should; {len(report.clashes)} clashes; "
        f"{dialogues} dialogues of rules come out as they should"
    )


def _spoken(trial: Trial) -> str:
    return " / ".join(line.text for line in trial.lines)


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
