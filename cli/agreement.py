"""``qinhe agreement``: how far inspectors agree with each other and with the machine, and what to look at."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import StoreOption, load_settings, out
from cli.inspected import take_in
from cli.verdicts import show_verdicts
from pipeline.errors import InspectionError, MissingError
from pipeline.lexicon.entries import load_labels
from pipeline.people import Verdict
from pipeline.schema import Inspection, Scorecard
from pipeline.scoring.agreement import CALIBRATED_SHARE, MIN_CALLS, WITHIN, Agreement, Figure
from pipeline.scoring.comparison import Comparison, biased, compare, lowest
from pipeline.scoring.pairs import names, pair_up
from pipeline.scoring.rubric import load_rubric
from pipeline.store.desk import Desk
from pipeline.store.repository import Store

_CAPTION = (
    "κ：二次加权 kappa（10 分一档）；α：Krippendorff α（定距）；1 为完全一致，0 相当于碰巧。"
    "方括号内为 95 % 区间（按通话自助抽样）。"
)


def agreement(
    scores: Annotated[
        Path | None, typer.Argument(metavar="[SCORES.csv]", help="Inspectors' scores to take in first.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Report how far inspectors agree with each other and with the machine, from scores and verdicts in the store."""
    settings = load_settings(store_url=store)
    folder = settings.lexicons_dir
    rubric = load_rubric(folder / "rubric.yaml", labels=folder / "labels.yaml")
    with Store(settings.store_url) as kept:
        if scores:
            take_in(scores, kept, rubric)
        inspections = kept.inspections()
        cards = list(kept.scorecards(inspected=True))
    with Desk(settings.store_url) as desk:
        verdicts = tuple(desk.all_verdicts())
    if not inspections and not verdicts:
        raise InspectionError(
            "the store holds no inspectors' scores and no verdicts; give scores: qinhe agreement SCORES.csv, "
            "or decide on findings: qinhe review"
        )
    with Store(settings.store_url) as kept:
        show_verdicts(verdicts, load_labels(folder), _judged(verdicts, kept))
    if inspections:
        _compared(inspections, cards, names(rubric))


def _judged(verdicts: Iterable[Verdict], kept: Store) -> Iterator[Scorecard]:
    """The scorecards of calls with verdicts, one by one; calls that were removed since have none."""
    for recording_id in dict.fromkeys(verdict.recording_id for verdict in verdicts):
        with suppress(MissingError):
            yield kept.scorecard(recording_id)


def _compared(inspections: Sequence[Inspection], cards: Sequence[Scorecard], zh: Mapping[str, str]) -> None:
    found = compare(inspections, pair_up(inspections, cards), criteria=zh)
    _show(found, zh)
    for line in (*what_to_look_at(found, zh), *_scale(cards)):
        out.print(line, markup=False)


def _show(found: Comparison, zh: Mapping[str, str]) -> None:
    own_names = {each.name: each.name for each in found.by_inspector}
    out.print(agreement_table("质检员之间", "准则", found.between, zh))
    out.print(agreement_table("质检员与机器", "准则", found.machine, zh, bias="质检员减机器"))
    out.print(agreement_table("每位质检员与同事", "质检员", found.colleagues, own_names, bias="减同事均值"))
    out.print(agreement_table("每位质检员与机器", "质检员", found.by_inspector, own_names, bias="减机器"))
    out.print(_CAPTION)


def agreement_table(
    title: str, first: str, rows: Sequence[Agreement], zh: Mapping[str, str], *, bias: str | None = None
) -> Table:
    """One row a criterion or inspector; too few calls are said, not counted."""
    table = Table(first, "通话", "对数", "κ", "α", f"±{WITHIN:g} 分以内", *([bias] if bias else []), title=title)
    for row in rows:
        figures = [_two_digits(row.kappa), _two_digits(row.alpha), _percent(row.within)]
        if row.calls < MIN_CALLS:
            figures[0] = f"不足 {MIN_CALLS} 通"
        table.add_row(zh[row.name], str(row.calls), str(row.pairs), *figures, *([_points(row.bias)] if bias else []))
    return table


def what_to_look_at(found: Comparison, zh: Mapping[str, str]) -> Iterator[str]:
    """The lowest agreements, the inspectors with a bias, and whether the team counts as calibrated."""
    yield "请先看："
    for who, rows in (("质检员之间", found.between), ("质检员与机器", found.machine)):
        listed = [f"{zh[each.name]}（α {_two_digits(each.alpha)}，{each.calls} 通）" for each in lowest(rows)]
        known = "、".join(listed)
        yield f"· {who}一致性最低：{known}" if listed else f"· {who}：共同评分不足 {MIN_CALLS} 通，不给数字。"
    for each in biased(found.colleagues):
        yield f"· {each.name} 与同事相比{_leaning(each)}，宜一起重听几通，对齐尺度。"
    if known_shares := [each for each in found.between if each.within]:
        yield f"· {_calibrated(known_shares, zh)}"


def _leaning(each: Agreement) -> str:
    side = "偏宽" if each.bias and each.bias.value > 0 else "偏严"
    return f"{side} {_points(each.bias)} 分（{each.calls} 通）"


def _calibrated(rows: Sequence[Agreement], zh: Mapping[str, str]) -> str:
    """Where fewer pairs lie within ten points than calibration practice asks for."""
    rule = f"校准要求（{CALIBRATED_SHARE:.0%} 的评分相差不超过 {WITHIN:g} 分）"
    missed = [zh[each.name] for each in rows if each.within and each.within.value < CALIBRATED_SHARE]
    return f"未达到{rule}：{'、'.join(missed)}" if missed else f"可比的各项都达到{rule}。"


def _scale(cards: Iterable[Scorecard]) -> Iterator[str]:
    """Which scale the machine's scores are on."""
    versions = {card.versions.calibration for card in cards}
    if None in versions:
        yield "机器分：按评分表自身的分值，未经校准。"
    for version in sorted(versions - {None}, key=str):
        yield f"机器分：经校准 {version}；若校准用的就是这些评分，与机器的一致性偏乐观。"


def _two_digits(figure: Figure | None) -> str:
    return "—" if figure is None else f"{figure.value:.2f} [{figure.low:.2f}, {figure.high:.2f}]"


def _percent(figure: Figure | None) -> str:
    return "—" if figure is None else f"{figure.value:.0%} [{figure.low:.0%}, {figure.high:.0%}]"


def _points(figure: Figure | None) -> str:
    return "—" if figure is None else f"{figure.value:+.1f} [{figure.low:+.1f}, {figure.high:+.1f}]"
