"""``qinhe calibrate``: the machine's scores brought to the inspectors' scale."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

import pipeline
from cli.console import StoreOption, load_settings, out, progress
from cli.inspected import take_in
from pipeline.errors import InspectionError
from pipeline.kit import Kit, load_kit
from pipeline.reports.files import write_text
from pipeline.rescore import rescore
from pipeline.scoring.curves import MIN_CALLS_LINEAR, Method
from pipeline.scoring.fitting import CriterionFit, Fit, fit
from pipeline.scoring.model_card import document
from pipeline.scoring.pairs import Pair, names, pair_up
from pipeline.settings import Settings
from pipeline.store.repository import Store

_METHODS = {Method.IDENTITY: "—", Method.LINEAR: "收缩直线", Method.ISOTONIC: "保序回归"}


def calibrate(
    scores: Annotated[
        Path, typer.Argument(metavar="SCORES.csv", help="recording_id or path, inspector, criterion, score")
    ],
    out_file: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Calibration file; else calibration.json among the models."),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Fit the machine's scores to inspectors' scores, all that the store holds and those of the sheet."""
    settings = load_settings(store_url=store)
    # The machine's side is judged anew without calibration: a calibrated score must not be calibrated a second time.
    kit = load_kit(settings.model_copy(update={"calibration": None}))
    target = out_file or settings.models_dir / "calibration.json"
    with Store(settings.store_url) as kept:
        take_in(scores, kept, kit.rubric)
        pairs = _pairs(kept, kit)
    fitted = fit(pairs, criteria=[rule.id for rule in kit.rubric.criteria], rubric=kit.rubric.version)
    made_by = {"code": pipeline.__version__, "lexicon": kit.lexicon_version}
    write_text(target, document(fitted, pairs, fitted_on=date.today().isoformat(), made_by=made_by))
    out.print(inspectors_table(fitted, pairs))
    out.print(criteria_table(fitted.criteria, names(kit.rubric)))
    _say(fitted, target, settings)


def _pairs(store: Store, kit: Kit) -> tuple[Pair, ...]:
    inspections = store.inspections()
    with progress(len({each.recording_id for each in inspections}), "judging") as bar:
        cards = []
        for call in rescore(store, kit, inspected=True):
            cards.append(call.after.card)
            bar.update(bar.task_ids[0], advance=1)
    pairs = pair_up(inspections, cards)
    if not pairs:
        raise InspectionError(
            "the machine abstained from all that inspectors scored; have other calls or criteria scored"
        )
    return pairs


def inspectors_table(fitted: Fit, pairs: Sequence[Pair]) -> Table:
    """How much each inspector scored and how far the scores lie from the panel's."""
    counts = Counter(pair.inspector for pair in pairs)
    table = Table(
        "质检员", "评分数", "偏差（分）", title="质检员的尺度", caption="正数偏宽，负数偏严；评分少的已向零收缩"
    )
    for name, bias in sorted(fitted.biases.items()):
        table.add_row(name, str(counts[name]), f"{bias:+.1f}")
    return table


def criteria_table(fits: Sequence[CriterionFit], zh: Mapping[str, str]) -> Table:
    """What was fitted for each criterion, and whether it helps."""
    table = Table("准则", "通话", "评分数", "方法", "校准前误差", "校准后误差", "结论", title="校准")
    table.caption = "误差为留出通话上的平均绝对误差（分），五折交叉验证"
    for each in fits:
        errors = (_shown(each.error_before), _shown(each.error_after))
        counts = (str(each.calls), str(each.scores))
        table.add_row(zh[each.criterion], *counts, _METHODS[each.method], *errors, _verdict(each))
    return table


def _verdict(each: CriterionFit) -> str:
    if each.method is Method.IDENTITY:
        return f"不足 {MIN_CALLS_LINEAR} 通，保持原分"
    return "采用" if each.helps else "没有确实改善，保持原分"


def _shown(error: float | None) -> str:
    return "—" if error is None else f"{error:.1f}"


def _say(fitted: Fit, target: Path, settings: Settings) -> None:
    """Where the calibration lies, and which scores are used now."""
    calibration = fitted.calibration
    out.print(f"calibration {calibration.version}: {target.resolve()}", markup=False)
    if not calibration.curves:
        out.print("没有一项准则因校准而确实改善：各项保持评分表自身的分值，不必启用这份校准。")
    elif settings.calibration and settings.calibration.resolve() == target.resolve():
        out.print(f"{len(calibration.curves)} 项准则已校准；运行 qinhe rescore 使已存通话按新校准计分。")
    else:
        now = f"校准 {settings.calibration}" if settings.calibration else "评分表自身的分值，未经校准"
        out.print(f"{len(calibration.curves)} 项准则可校准。目前评分使用：{now}。", markup=False)
        out.print(
            f'启用：在 qinhe.toml 写入 calibration = "{target.resolve()}"，再运行 qinhe rescore --dry-run 查看影响。',
            markup=False,
        )
