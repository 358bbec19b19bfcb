"""The command ``qinhe``: one file per sub-command, put together here."""

import sys
from typing import Annotated

import typer

import pipeline
from cli import (
    agreement,
    calibrate,
    doctor,
    export,
    failures,
    imports,
    lexicon,
    models,
    report,
    rescore,
    review,
    sample,
    score,
    store,
    voices,
)
from cli.console import err
from pipeline.errors import EngineError, InputError, ModelError, QinheError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="qinhe 亲和: scores the service affinity of telecom hotline agents from recordings, on this machine alone.",
)
app.command("score")(score.score)
app.add_typer(failures.app, name="failures")
app.command("export")(export.export)
app.command("report")(report.report)
app.command("rescore")(rescore.rescore)
app.add_typer(lexicon.app, name="lexicon")
app.add_typer(models.app, name="models")
app.command("doctor")(doctor.doctor)
app.command("calibrate")(calibrate.calibrate)
app.command("agreement")(agreement.agreement)
app.command("sample")(sample.sample)
app.add_typer(store.app, name="store")
app.add_typer(voices.app, name="voices")
app.add_typer(imports.app, name="import")
app.command("review")(review.review)
app.add_typer(review.users, name="users")

USAGE = 2
FAILED = 1


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"qinhe {pipeline.__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Score hotline recordings; see the sub-commands."""


def run() -> None:
    """Run the command; an error raised on purpose is one line on the error stream and an exit status."""
    try:
        app()
    except (InputError, ModelError, EngineError) as error:
        err.print(f"qinhe: {error}", markup=False)
        sys.exit(USAGE)
    except QinheError as error:
        err.print(f"qinhe: {error}", markup=False)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        err.print("qinhe: stopped; what was scored is kept, run the same command again to go on", markup=False)
        sys.exit(130)
