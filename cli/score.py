"""``qinhe score``: recordings in, scorecards in the store, and with ``--out`` exports and pages beside it."""

import os
from pathlib import Path
from typing import Annotated

import typer

from cli.console import StoreOption, err, load_settings, out, progress, stop
from cli.output import agents_table, write_everything
from pipeline.agents.report import build_reports
from pipeline.batch import Summary, run
from pipeline.call import Outcome
from pipeline.errors import InputError
from pipeline.intake import find_sources
from pipeline.schema import Failure
from pipeline.store.repository import Store

SHOWN_FAILURES = 20


def score(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH...", help="Recordings or folders of them.")
    ] = None,
    manifest: Annotated[
        Path | None, typer.Option(help="CSV with path, agent_id, and if known started_at, agent_channel, queue …")
    ] = None,
    store: StoreOption = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for a store, its exports and report pages.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="Recogniser: faster-whisper or openai-whisper.")] = None,
    model: Annotated[str | None, typer.Option(help="Model name or folder; base comes with the installation.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that score at the same time.")] = None,
    ray: Annotated[str | None, typer.Option(metavar="ADDRESS", help="Ray cluster (not there yet).")] = None,
    transcripts: Annotated[
        bool, typer.Option("--transcripts", help="The paths are transcripts already made: .json, .srt, .vtt.")
    ] = False,
) -> None:
    """Score recordings: one scorecard each, kept in the store; what was scored before is left as it is."""
    if ray is not None:
        raise stop("--ray is not there yet; use --workers N on this machine", status=2)
    store_url = store or (f"sqlite:///{out_dir / 'qinhe.sqlite'}" if out_dir else None)
    settings = load_settings(store_url=store_url, engine=engine, model=model, workers=workers)
    sources = find_sources(paths or [], manifest=manifest, settings=settings, transcripts=transcripts)
    if out_dir:
        _check_folder(out_dir)
    with Store(settings.store_url) as kept:
        with progress(len(sources), "scoring") as bar:

            def advance(outcome: Outcome | None) -> None:
                bar.update(bar.task_ids[0], advance=1, note=outcome.path if isinstance(outcome, Failure) else "")

            summary = run(sources, store=kept, settings=settings, transcripts=transcripts, on_progress=advance)
        out.print(agents_table(build_reports(kept.scorecards())))
        page = write_everything(kept, out_dir, settings) if out_dir else None
    _say(summary, page)


def _check_folder(folder: Path) -> None:
    """Find out before the work, not after it, that results cannot be written.

    Raises
    ------
    InputError
        The folder cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be made ({error.strerror}); give another --out") from error
    if not os.access(folder, os.W_OK):
        raise InputError(f"{folder}: cannot be written to; give another --out")


def _say(summary: Summary, page: Path | None) -> None:
    """The last lines: what was done, what failed and why, what to open.

    Raises
    ------
    typer.Exit
        With status 1 when a recording failed.
    """
    out.print(f"scored {summary.scored}, already there {summary.kept}, failed {len(summary.failures)}")
    if page:
        out.print(f"report: {page.resolve()}")
    for failed in summary.failures[:SHOWN_FAILURES]:
        err.print(f"failed ({failed.stage}): {failed.error}", markup=False)
    if len(summary.failures) > SHOWN_FAILURES:
        err.print(f"and {len(summary.failures) - SHOWN_FAILURES} more; all are kept in the store")
    if summary.failures:
        raise typer.Exit(1)
