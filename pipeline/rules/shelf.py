"""The rules of a folder of lists, ready to judge calls, with the names that people know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.lexicon.phrases import Label
from pipeline.rules.apply import Applied, apply_rules
from pipeline.rules.call import RuleCall
from pipeline.rules.model import Rule, RuleBook
from pipeline.rules.reader import RULES_FILE, Known, load_rules
from pipeline.rules.tell import Names
from pipeline.schema import Finding


@dataclass(frozen=True, slots=True)
class Shelf:
    """A book of rules with the labels and names it uses."""

    labels: Mapping[str, Label] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    book: RuleBook = field(default_factory=RuleBook)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, as the file has them."""
        return self.book.rules

    def apply(self, call: RuleCall) -> Applied:
        """Judge a call."""
        return apply_rules(self.book, call, self.labels, names=self.names)

    def parted(self, findings: Sequence[Finding]) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
        """Findings under rules' own ids, and those under labels of the lexicon."""
        own = tuple(finding for finding in findings if finding.label not in self.labels)
        return own, tuple(finding for finding in findings if finding.label in self.labels)


def load_shelf(folder: Path, *, labels: Mapping[str, Label], criteria: Mapping[str, str]) -> Shelf:
    """The rules of a folder of lists; none where it has no ``rules.yaml``.

    Parameters
    ----------
    criteria
        Ids of the rubric's criteria to their Chinese names.

    Raises
    ------
    LexiconError
        A rule cannot be used.
    """
    names = Names({name: label.zh for name, label in labels.items()} | dict(criteria))
    return Shelf(labels, names, load_rules(folder / RULES_FILE, Known(labels, tuple(criteria))))
