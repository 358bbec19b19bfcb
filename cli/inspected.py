"""What ``calibrate`` and ``agreement`` share: inspectors' sheets into the store."""

from pathlib import Path

from cli.console import out
from pipeline.inspections import read_inspections
from pipeline.scoring.pairs import names
from pipeline.scoring.rubric import Rubric
from pipeline.store.repository import Store

_ALIASES = {"亲和力": "affinity", "总分": "affinity"}


def take_in(sheet: Path, store: Store, rubric: Rubric) -> None:
    """Keep a sheet's scores in the store, beside the machine's; the same sheet a second time changes nothing.

    Raises
    ------
    InspectionError
        A row cannot be used; then nothing is kept.
    """
    known = names(rubric)
    ways = {key: key for key in known} | {zh: key for key, zh in known.items()} | _ALIASES
    found = read_inspections(sheet, recordings=store.paths(), criteria=ways)
    changed = store.save_inspections(found)
    out.print(f"{sheet}: {len(found)} scores, {changed} of them new or changed", markup=False)
