"""``qinhe sample``: which calls people should hear, and what their scores say of all calls."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from statistics import fmean
from typing import Annotated

import typer
from rich.table import Table

from cli.console import StoreOption, load_settings, out, stop
from pipeline.agents.sampling import Pick, Plan, SampleMean, draw, estimate_mean
from pipeline.reports.files import whole_file
from pipeline.reports.samples import REASONS, SampleFormat, write_sample
from pipeline.store.keeping import Keeper, SampledCall

_DAY = ["%Y-%m-%d"]


def sample(
    per_agent: Annotated[int, typer.Option(min=0, help="Random calls of every agent.")] = 2,
    worst: Annotated[int, typer.Option(min=0, help="Calls with the lowest totals.")] = 10,
    doubtful: Annotated[int, typer.Option(min=0, help="Calls whose totals are least sure.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed draws the same calls.")] = 0,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, metavar="DATE", help="First day of calls.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, metavar="DATE", help="Last day of calls.")] = None,
    day: Annotated[
        datetime | None, typer.Option(formats=_DAY, metavar="DATE", help="Day of hearing; today unless given.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Draw anew for a day that was drawn already.")] = False,
    results: Annotated[
        bool, typer.Option("--results", help="Draw nothing: say what the scores of that day say.")
    ] = False,
    out_file: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="List to write; sample-DAY unless given.")
    ] = None,
    file_format: Annotated[SampleFormat, typer.Option("--format", help="How to write the list.")] = SampleFormat.CSV,
    store: StoreOption = None,
) -> None:
    """Draw calls for inspectors: the worst, the least sure, and random ones of every agent with known probability."""
    heard_on = day.date() if day else date.today()
    with Keeper(load_settings(store_url=store).store_url) as kept:
        if results:
            _show_results(kept, heard_on)
            return
        plan = Plan(per_agent, worst, doubtful, seed)
        picks = draw(kept.candidates(_date(since), _date(until)), plan)
        if not picks:
            raise stop("no call can be drawn: score some first, or give other days", status=2)
        kept.save_sample(heard_on, picks, again=again)
        calls = kept.sample(heard_on)
    target = out_file or Path(f"sample-{heard_on}.{file_format}")
    with whole_file(target) as part:
        write_sample(calls, file_format, part)
    counts = Counter(call.pick.reason for call in calls)
    told = "，".join(f"{zh} {counts[reason]}" for reason, zh in REASONS.items())
    out.print(f"{len(calls)} calls to hear ({told}): {target}")


def _date(at: datetime | None) -> date | None:
    return at.date() if at else None


def _show_results(kept: Keeper, day: date) -> None:
    calls = kept.sample(day)
    if not calls:
        raise stop(f"no calls were drawn for {day}; give --day DATE", status=2)
    picks = tuple(call.pick for call in calls)
    scores, gaps = _scores(kept, calls)
    if not scores:
        raise stop(
            f"no inspector has scored the calls drawn for {day}; give their scores to `qinhe agreement SCORES.csv`",
            status=2,
        )
    out.print(results_table(picks, scores, gaps))


def _scores(kept: Keeper, calls: Sequence[SampledCall]) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """Inspectors' mean total of every heard call, and the machine's total minus that."""
    wanted = {call.pick.recording_id: call.affinity for call in calls}
    given: defaultdict[str, list[float]] = defaultdict(list)
    for inspection in kept.inspections():
        if inspection.criterion == "affinity" and inspection.recording_id in wanted:
            given[inspection.recording_id].append(inspection.score)
    scores = {key: fmean(marks) for key, marks in given.items()}
    machine = {key: wanted[key] for key in scores}
    return scores, {key: total - scores[key] for key, total in machine.items() if total is not None}


def results_table(picks: Sequence[Pick], scores: Mapping[str, float], gaps: Mapping[str, float]) -> Table:
    """The team's and every agent's mean as inspectors' scores estimate it, and by how much the machine is off."""
    table = Table("坐席", "代表通话", "已听 / 应听", "质检均分（推算全部通话）", "机器偏差", title="抽样推算")
    for agent_id in (None, *sorted({pick.agent_id for pick in picks})):
        mean, gap = estimate_mean(picks, scores, agent_id=agent_id), estimate_mean(picks, gaps, agent_id=agent_id)
        name = "全队" if agent_id is None else agent_id
        if mean is None:
            table.add_row(name, "—", "0", "—", "—")
        else:
            table.add_row(name, str(mean.calls), f"{mean.heard} / {mean.drawn}", _level(mean), _level(gap, sign="+"))
    return table


def _level(mean: SampleMean | None, *, sign: str = "") -> str:
    return "—" if mean is None else f"{mean.mean:{sign}.1f} [{mean.low:{sign}.1f}–{mean.high:{sign}.1f}]"
