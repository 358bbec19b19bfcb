"""``qinhe rescore``: stored calls judged again, and the back-test that says what would change."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer
from rich.table import Table

from cli.console import LexiconsOption, StoreOption, load_settings, out, progress
from pipeline.call import load_kit
from pipeline.rescore import Rescored
from pipeline.rescore import rescore as rescored_calls
from pipeline.store.repository import Store

SHOWN_CALLS = 20


def rescore(
    rubric: Annotated[Path | None, typer.Option(metavar="FILE", help="Rubric instead of the shipped one.")] = None,
    lexicons: LexiconsOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say who and what would change.")] = False,
    store: StoreOption = None,
) -> None:
    """Judge stored transcripts again under the present (or the given) lists and rubric."""
    settings = load_settings(store_url=store, lexicons_dir=lexicons)
    kit = load_kit(settings, rubric=rubric)
    changed: list[Rescored] = []
    with Store(settings.store_url) as kept, progress(kept.count(), "rescoring") as bar:
        for call in rescored_calls(kept, kit):
            if call.changed:
                changed.append(call)
            if not dry_run:
                kept.save_scorecard(call.after.card, call.after.acoustics)
            bar.update(bar.task_ids[0], advance=1)
    if changed:
        out.print(agents_table(changed))
        out.print(calls_table(changed))
    out.print(f"{len(changed)} calls {'would change; nothing was kept' if dry_run else 'changed'}")


def agents_table(changed: Iterable[Rescored]) -> Table:
    """Whose calls change, and by how much on average."""
    by_agent: defaultdict[str, list[Rescored]] = defaultdict(list)
    for call in changed:
        by_agent[call.before.recording.agent_id].append(call)
    table = Table("坐席", "变动通话", "亲和力平均变化", "等级变动", title="按坐席")
    for agent, calls in sorted(by_agent.items()):
        changes = [call.affinity_change for call in calls if call.affinity_change is not None]
        bands = sum(call.before.affinity.band != call.after.card.affinity.band for call in calls)
        table.add_row(agent, str(len(calls)), f"{fmean(changes):+.1f}" if changes else "—", str(bands))
    return table


def calls_table(changed: Iterable[Rescored]) -> Table:
    """The calls that change most."""
    table = Table("录音", "坐席", "原分", "新分", "原等级", "新等级", title=f"变化最大的 {SHOWN_CALLS} 通")
    for call in sorted(changed, key=lambda call: -abs(call.affinity_change or 0.0))[:SHOWN_CALLS]:
        before, after = call.before.affinity, call.after.card.affinity
        recording = call.before.recording
        table.add_row(
            recording.id[:12], recording.agent_id, _shown(before.score), _shown(after.score), before.band, after.band
        )
    return table


def _shown(score: float | None) -> str:
    return "—" if score is None else f"{score:.1f}"
