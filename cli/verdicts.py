"""What ``agreement`` tells of inspectors' verdicts: how often each rule is right, and what the machine missed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rich.table import Table

from cli.console import out
from pipeline.agents.estimate import Rate
from pipeline.agents.verdicts import ALL_RULES, Held, by_rule, decided_whole, held, recall
from pipeline.lexicon.phrases import Label
from pipeline.people import Decision, Verdict
from pipeline.schema import Scorecard

_CAPTION = (
    "精确率：质检员确认的占裁定过的；更正、驳回都算机器标错。召回率：确认的占该标签实际应有的（确认、补充、更正为它），"
    "只算全部标注都裁定过的通话，共 {calls} 通。方括号内为 95 % 区间（Wilson），圆括号内为个数。"
)


def show_verdicts(verdicts: Iterable[Verdict], labels: Mapping[str, Label], cards: Iterable[Scorecard] = ()) -> None:
    """Print how often the machine's findings held, how much it found, by rule and label, and what inspectors had to add.

    Parameters
    ----------
    cards
        Of the calls with verdicts: what was found tells whether all of it was decided.
    """
    given = list(verdicts)
    whole = decided_whole(cards, given)
    if any(verdict.machine_label for verdict in given) or whole:
        out.print(rules_table(given, labels, recall(given, whole)))
        out.print(_CAPTION.format(calls=len(whole)))
    for line in _missed(given, labels):
        out.print(line, markup=False)


def rules_table(
    verdicts: Iterable[Verdict], labels: Mapping[str, Label], found: Mapping[tuple[str, str], Rate]
) -> Table:
    """One row a rule and label, the most often judged first; then all rules together, where several found a label or none did."""
    table = Table("规则", "标签", "裁定", "确认", "更正", "驳回", "精确率", "召回率", title="机器标注与质检员裁定")
    judged = [verdict for verdict in verdicts if verdict.machine_label]
    rows = by_rule(judged)
    for (rule, label), own in sorted(rows.items(), key=lambda item: (-item[1].precision.of, item[0])):
        table.add_row(rule or "—", _zh(label, labels), *_figures(own, found.get((rule, label))))
    for label in sorted(label for rule, label in found if rule == ALL_RULES):
        if sum(name == label for _, name in rows) != 1:
            own = held(verdict for verdict in judged if verdict.machine_label == label)
            table.add_row("各规则合计", _zh(label, labels), *_figures(own, found[ALL_RULES, label]))
    return table


def _figures(own: Held, found: Rate | None) -> Iterator[str]:
    yield from map(str, (own.precision.of, own.precision.done, own.corrected, own.rejected))
    yield _shown(own.precision)
    yield f"{_shown(found)} ({found.done}/{found.of})" if found and found.of else "—"


def _missed(verdicts: Iterable[Verdict], labels: Mapping[str, Label]) -> Iterator[str]:
    counts = Counter(verdict.label for verdict in verdicts if verdict.decision is Decision.ADDED)
    if counts:
        named = "、".join(f"{_zh(label, labels)} {count}" for label, count in counts.most_common())
        yield f"机器漏标、由质检员补充：{named}"


def _zh(label: str, labels: Mapping[str, Label]) -> str:
    return labels[label].zh if label in labels else label


def _shown(rate: Rate) -> str:
    return "—" if rate.ratio is None else f"{rate.ratio:.0%} [{rate.low or 0.0:.0%}, {rate.high or 0.0:.0%}]"
