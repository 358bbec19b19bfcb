"""``qinhe calibrate`` and ``qinhe agreement``: inspectors' scores against the machine's."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import stop


def calibrate(scores: Annotated[Path, typer.Argument(metavar="SCORES.csv", help="Inspectors' scores.")]) -> None:
    """Fit the scores to inspectors' judgements (not there yet)."""
    raise stop("calibration is not there yet; scores follow the rubric's own weights (lexicons/rubric.yaml)", status=2)


def agreement() -> None:
    """Report how far inspectors and the machine agree (not there yet)."""
    raise stop("the agreement report is not there yet", status=2)
