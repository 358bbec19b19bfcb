"""``qinhe import``: what people filled in, back into the store."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.console import StoreOption, err, load_settings, out, stop
from pipeline.errors import StoreError
from pipeline.reports.verdict_sheet import Known, read_verdicts
from pipeline.reports.wording import chinese_words
from pipeline.reports.words import Words
from pipeline.schema import Scorecard
from pipeline.store.desk import Desk
from pipeline.store.repository import Store

SHOWN_PROBLEMS = 50

app = typer.Typer(no_args_is_help=True, help="Read back what people filled in.")


@app.callback()
def imports() -> None:
    """Read back what people filled in."""


@app.command("verdicts")
def verdicts(
    sheet: Annotated[
        Path, typer.Argument(metavar="FILE.xlsx", help="The workbook of `qinhe export scorecards --format xlsx`.")
    ],
    inspector: Annotated[str | None, typer.Option(help="Who decided, where a row does not say.")] = None,
    store: StoreOption = None,
) -> None:
    """Keep the verdicts of a workbook: all of them, or none where a row is wrong; a second time changes nothing."""
    settings = load_settings(store_url=store)
    words = chinese_words(settings)
    with Store(settings.store_url) as kept, Desk(settings.store_url) as desk:
        standing = {(each.verdict.recording_id, each.verdict.finding): each for each in desk.all_standing()}
        known = Known(
            card=lambda recording_id: _card(kept, recording_id),
            labels=label_names(words),
            standing={key: (each.verdict, each.version) for key, each in standing.items()},
            inspector=inspector,
            at=datetime.now(UTC),
        )
        read = read_verdicts(sheet, known)
        if read.problems:
            for problem in read.problems[:SHOWN_PROBLEMS]:
                err.print(f"{sheet}: {problem}", markup=False)
            raise stop(f"{sheet}: {len(read.problems)} rows cannot be used; nothing was kept", status=2)
        desk.decide_all([(each.verdict, each.version) for each in read.decided])
    out.print(f"{sheet}: {len(read.decided)} verdicts kept, {read.unchanged} stood already", markup=False)


def label_names(words: Words) -> dict[str, str]:
    """Ways to call a label: its id and its Chinese name."""
    return {label: label for label in words.labels} | {words.of(label): label for label in words.labels}


def _card(store: Store, recording_id: str) -> Scorecard | None:
    try:
        return store.scorecard(recording_id)
    except StoreError:
        return None
