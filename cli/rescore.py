"""``qinhe rescore``: stored calls judged again, and the back-test that says what would change."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer
from rich.table import Table

from cli.console import LexiconsOption, StoreOption, load_settings, out, progress
from pipeline.errors import InputError
from pipeline.reports.flat import Row
from pipeline.reports.tables import write_csv
from pipeline.rescore import Change, Plan, rescore_all
from pipeline.store.repository import Store

SHOWN_CALLS = 20
MANY_CALLS = 300


def rescore(
    rubric: Annotated[Path | None, typer.Option(metavar="FILE", help="Rubric instead of the shipped one.")] = None,
    lexicons: LexiconsOption = None,
    calibration: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Calibration made by qinhe calibrate instead of the one in use.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who and what would change.")] = False,
    same_findings: Annotated[
        bool,
        typer.Option(
            "--same-findings",
            help="Take over what was found under the same lists: quicker, for a changed rubric or calibration.",
        ),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that judge at the same time; all cores for many calls.")
    ] = None,
    list_to: Annotated[
        Path | None, typer.Option("--list", metavar="FILE", help="Write every call that changes to this .csv.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Judge stored transcripts again under the present (or the given) lists and rubric."""
    settings = load_settings(store_url=store, lexicons_dir=lexicons, calibration=calibration)
    with Store(settings.store_url) as kept:
        calls = kept.count()
    settings = settings.model_copy(update={"workers": workers or _workers(calls)})
    plan = Plan(settings, rubric, keep=not dry_run, same_findings=same_findings)
    changed: list[Change] = []
    with progress(calls, "rescoring") as bar:
        for call in rescore_all(plan):
            if call.changed:
                changed.append(call)
            bar.update(bar.task_ids[0], advance=1)
    if changed:
        out.print(agents_table(changed))
        out.print(bands_table(changed))
        out.print(calls_table(changed))
    if list_to:
        write_list(changed, list_to)
    out.print(f"{len(changed)} calls {'would change; nothing was kept' if dry_run else 'changed'}")


def _workers(calls: int) -> int:
    """One process for few calls: loading the lists costs as much as judging a hundred."""
    return (os.cpu_count() or 1) if calls >= MANY_CALLS else 1


def agents_table(changed: Iterable[Change]) -> Table:
    """Whose calls change, and by how much on average."""
    by_agent: defaultdict[str, list[Change]] = defaultdict(list)
    for call in changed:
        by_agent[call.agent_id].append(call)
    table = Table("坐席", "变动通话", "亲和力平均变化", "等级变动", title="按坐席")
    for agent, calls in sorted(by_agent.items()):
        changes = [call.affinity_change for call in calls if call.affinity_change is not None]
        bands = sum(call.before.band != call.after.band for call in calls)
        table.add_row(agent, str(len(calls)), f"{fmean(changes):+.1f}" if changes else "—", str(bands))
    return table


def bands_table(changed: Iterable[Change]) -> Table:
    """From which band to which, and how many calls."""
    moved = Counter((call.before.band, call.after.band) for call in changed if call.before.band != call.after.band)
    table = Table("原等级", "新等级", "通话", title="等级变动")
    for (before, after), count in moved.most_common():
        table.add_row(before, after, str(count))
    return table


def write_list(changed: Iterable[Change], path: Path) -> None:
    """Every call that changes, those that change most first, for a spreadsheet."""
    try:
        write_csv((_row(call) for call in sorted(changed, key=_size)), path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}); name another file") from error


def _row(call: Change) -> Row:
    return {
        "录音编号": call.recording_id,
        "坐席": call.agent_id,
        "原分": call.before.score,
        "新分": call.after.score,
        "变化": call.affinity_change,
        "原等级": call.before.band,
        "新等级": call.after.band,
    }


def _size(call: Change) -> float:
    return -abs(call.affinity_change or 0.0)


def calls_table(changed: Iterable[Change]) -> Table:
    """The calls that change most."""
    table = Table("录音", "坐席", "原分", "新分", "原等级", "新等级", title=f"变化最大的 {SHOWN_CALLS} 通")
    for call in sorted(changed, key=_size)[:SHOWN_CALLS]:
        before, after = call.before, call.after
        scores = (_shown(before.score), _shown(after.score))
        table.add_row(call.recording_id[:12], call.agent_id, *scores, before.band, after.band)
    return table


def _shown(score: float | None) -> str:
    return "—" if score is None else f"{score:.1f}"
