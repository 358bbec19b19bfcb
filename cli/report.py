"""``qinhe report``: pages that open without a network."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from cli.console import StoreOption, load_settings, out
from pipeline.errors import InputError
from pipeline.reports.consent import read_consent
from pipeline.reports.html import Depth, Options, ReportKind, write_report
from pipeline.reports.wording import chinese_words
from pipeline.store.call_facts import Period
from pipeline.store.desk import Desk
from pipeline.store.repository import Store

_DAY = {"formats": ["%Y-%m-%d"], "metavar": "YYYY-MM-DD"}


def report(
    kind: Annotated[ReportKind, typer.Argument(help="What the pages are about; coaching: plans to print.")],
    out_dir: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write the pages to.")],
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Agents or recordings; none: all.")] = None,
    since: Annotated[datetime | None, typer.Option(**_DAY, help="First day; none: from the beginning.")] = None,
    until: Annotated[datetime | None, typer.Option(**_DAY, help="Last day; none: to the end.")] = None,
    period: Annotated[
        int | None, typer.Option(min=1, metavar="DAYS", help="Only the last days, told against as many days before.")
    ] = None,
    depth: Annotated[
        Depth | None,
        typer.Option(help="team: without pages of all agents and calls; else they are made up to 1,000 calls."),
    ] = None,
    consent: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Agents whose calls may be played to colleagues, one id a line.")
    ] = None,
    follow_up: Annotated[
        datetime | None, typer.Option(**_DAY, help="When a coaching plan is looked at again; none: after 28 days.")
    ] = None,
    coached_on: Annotated[
        datetime | None, typer.Option(**_DAY, help="When the plan was made: shows before and after, goals as of then.")
    ] = None,
    audio: Annotated[bool, typer.Option("--audio/--no-audio", help="Playable copies of the recordings.")] = True,
    store: StoreOption = None,
) -> None:
    """Write report pages on agents, the team or calls, or coaching plans, with the recordings' moments to play."""
    settings = load_settings(store_url=store)
    with Desk(settings.store_url) as desk, Store(settings.store_url) as kept:
        options = Options(
            audio=audio,
            depth=depth,
            period=_period(kept, _day(since), _day(until), period),
            verdicts=tuple(desk.all_verdicts()),
            consent=read_consent(consent),
            follow_up=_day(follow_up),
            coached_on=_day(coached_on),
        )
        pages = write_report(kind, ids or (), kept, out_dir, words=chinese_words(settings), options=options)
    for page in pages:
        out.print(f"report: {page.resolve()}", markup=False)


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _period(store: Store, since: date | None, until: date | None, days: int | None) -> Period:
    """The days asked for; ``--period`` counts back from ``--until``, or from the last call's day."""
    if days is None:
        if since and until and since > until:
            raise InputError(f"--since {since} is after --until {until}: exchange them")
        return Period(since, until)
    if since is not None:
        raise InputError("--period counts back from --until: leave out --since or --period")
    last = until or store.last_day()
    if last is None:
        raise InputError("--period needs dates and no call in the store is dated: leave it out, or give a manifest")
    return Period(last - timedelta(days=days - 1), last)
