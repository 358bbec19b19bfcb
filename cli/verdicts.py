"""What ``agreement`` tells of inspectors' verdicts: how often each rule is right, and what the machine missed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from rich.table import Table

from cli.console import out
from pipeline.agents.estimate import Rate
from pipeline.agents.verdicts import by_rule
from pipeline.lexicon.phrases import Label
from pipeline.people import Decision, Verdict

_CAPTION = "精确率：质检员确认的占裁定过的；方括号内为 95 % 区间（Wilson）。更正、驳回都算机器标错。"


def show_verdicts(verdicts: Iterable[Verdict], labels: Mapping[str, Label]) -> None:
    """Print how often the machine's findings held, by rule and label, and what inspectors had to add."""
    given = list(verdicts)
    on_machine = [verdict for verdict in given if verdict.machine_label]
    if on_machine:
        out.print(rules_table(on_machine, labels))
        out.print(_CAPTION)
    for line in _missed(given, labels):
        out.print(line, markup=False)


def rules_table(verdicts: Iterable[Verdict], labels: Mapping[str, Label]) -> Table:
    """One row a rule and label, the most often judged first."""
    table = Table("规则", "标签", "裁定", "确认", "更正", "驳回", "精确率", title="机器标注与质检员裁定")
    for (rule, label), held in sorted(by_rule(verdicts).items(), key=lambda item: (-item[1].precision.of, item[0])):
        counts = (held.precision.of, held.precision.done, held.corrected, held.rejected)
        table.add_row(rule or "—", _zh(label, labels), *map(str, counts), _shown(held.precision))
    return table


def _missed(verdicts: Iterable[Verdict], labels: Mapping[str, Label]) -> Iterator[str]:
    counts = Counter(verdict.label for verdict in verdicts if verdict.decision is Decision.ADDED)
    if counts:
        named = "、".join(f"{_zh(label, labels)} {count}" for label, count in counts.most_common())
        yield f"机器漏标、由质检员补充：{named}"


def _zh(label: str, labels: Mapping[str, Label]) -> str:
    return labels[label].zh if label in labels else label


def _shown(rate: Rate) -> str:
    return "—" if rate.ratio is None else f"{rate.ratio:.0%} [{rate.low or 0.0:.0%}, {rate.high or 0.0:.0%}]"
