"""``qinhe score``: recordings in, scorecards in the store, and with ``--out`` exports and pages beside it."""

import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from cli.board import board, say
from cli.console import StoreOption, load_settings, out, stop
from cli.output import agents_table, write_everything
from cli.since import parse_since
from pipeline.agents.facts import facts_of
from pipeline.agents.team import build_reports
from pipeline.batch import Summary, run
from pipeline.batch.journal import logging_to, tell
from pipeline.errors import InputError
from pipeline.intake import SourceReader, find_sources
from pipeline.intake.watching import watch_sources
from pipeline.schema import Source
from pipeline.settings import Settings
from pipeline.store.repository import Store


def score(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH...", help="Recordings or folders of them; also addresses such as s3://…"),
    ] = None,
    manifest: Annotated[
        str | None, typer.Option(help="CSV with path, agent_id, and if known started_at, agent_channel, queue …")
    ] = None,
    store: StoreOption = None,
    out_dir: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for a store, its exports and report pages.")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="Recogniser: faster-whisper, openai-whisper or sherpa-onnx.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Model name or folder; base comes with the installation.")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes (with --ray: actors) that score at the same time.")
    ] = None,
    ray: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Score on a Ray cluster: auto, or HOST:PORT. An actor a processor."),
    ] = None,
    transcripts: Annotated[
        bool, typer.Option("--transcripts", help="The paths are transcripts already made: .json, .srt, .vtt.")
    ] = False,
    since: Annotated[
        str | None,
        typer.Option(metavar="DATE|2h", help="Only files changed since: 2026-03-01, 2026-03-01T22:00, 30m, 2h, 1d."),
    ] = None,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch",
            help="Go on with what comes into the folders, once it has stopped growing, until SIGTERM or Ctrl-C; pages of "
            "--out are written then.",
        ),
    ] = False,
    log: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Append events as JSON lines: ids, stages, durations, reasons, no words."),
    ] = None,
) -> None:
    """Score recordings: one scorecard each, kept in the store; what was scored before is left as it is.

    A recording that fails is kept with its reason and tried again by the next run, up to the setting max_attempts; see
    `qinhe failures`. Run again after any interruption: it goes on where it stopped.
    """
    if watch and since:
        raise stop("--watch takes whatever comes; leave out --since", status=2)
    store_url = store or (f"sqlite:///{out_dir / 'qinhe.sqlite'}" if out_dir else None)
    settings = load_settings(store_url=store_url, engine=engine, model=model, workers=workers)
    after = parse_since(since, datetime.now().astimezone()) if since else None
    with _sources(paths or [], manifest, settings, transcripts=transcripts, since=after, watch=watch) as sources:
        if out_dir:
            _check_folder(out_dir)
        with logging_to(log), Store(settings.store_url) as kept:
            summary = _run(sources, kept, settings, transcripts=transcripts, cluster=ray)
            out.print(agents_table(build_reports(map(facts_of, kept.scorecards()))))
            page = write_everything(kept, out_dir, settings) if out_dir and kept.count() else None
    say(summary, page)
    if summary.failures or summary.set_aside:
        raise typer.Exit(1)


@contextmanager
def _sources(
    paths: list[str],
    manifest: str | None,
    settings: Settings,
    *,
    transcripts: bool,
    since: datetime | None,
    watch: bool,
) -> Iterator[Iterable[Source | None]]:
    """What is to be scored: a list, or a stream that ends by a signal."""
    if not watch:
        yield find_sources(paths, manifest=manifest, settings=settings, transcripts=transcripts, since=since)
        return
    reader = SourceReader(manifest, settings)
    with _stopped_by_signals() as ended:
        folders = [Path(path) for path in paths or ["."]]
        yield watch_sources(folders, reader, stop=ended, settle_s=settings.watch_settle_s, transcripts=transcripts)


@contextmanager
def _stopped_by_signals() -> Iterator[Event]:
    """Yield an event that SIGTERM or SIGINT sets; a second one stops at once."""
    ended = Event()

    def end(_number: int, _frame: object) -> None:
        if ended.is_set():
            raise KeyboardInterrupt
        ended.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield ended
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(
    sources: Iterable[Source | None], kept: Store, settings: Settings, *, transcripts: bool, cluster: str | None
) -> Summary:
    total = len(sources) if isinstance(sources, tuple) else None
    tell(
        "began",
        sources=total,
        engine=settings.engine,
        model=settings.model,
        workers=settings.workers,
        ray=bool(cluster),
    )
    with board(total) as shown:
        return run(
            sources,
            store=kept,
            settings=settings,
            transcripts=transcripts,
            cluster=cluster,
            lasting=total is None,
            on_progress=shown.advance,
        )


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
