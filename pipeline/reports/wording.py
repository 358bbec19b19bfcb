"""The Chinese words of this installation: labels from the lexicon, criteria and clauses from the rubric."""

from pathlib import Path

from pipeline.lexicon.editions import editions
from pipeline.lexicon.entries import load_labels
from pipeline.lexicon.phrases import Label
from pipeline.reports.guidance import load_guidance
from pipeline.reports.words import Words
from pipeline.rules.model import Rule
from pipeline.rules.shelf import load_shelf
from pipeline.scoring.rubric import Rubric, load_rubric
from pipeline.settings import Settings


def chinese_words(settings: Settings) -> Words:
    """The Chinese names and clauses that pages and sheets use, from the lexicon and the rubric."""
    folder = settings.lexicons_dir
    rubric = load_rubric(folder / "rubric.yaml", labels=folder / "labels.yaml")
    shares = {rule.id: rule.weight for rule in rubric.dimensions}
    labels, rules = _of_all_versions(folder, rubric)
    names = {name: label.zh for name, label in labels.items()} | {rule.id: rule.zh for rule in rubric.criteria}
    names |= {rule.id: rule.zh for rule in rules}
    return Words(
        names=names,
        clauses={rule.id: rule.source for rule in rubric.criteria},
        severities={name: label.severity for name, label in labels.items() if label.severity}
        | {rule.id: rule.severity for rule in rules},
        labels={name: label.polarity.value for name, label in labels.items()},
        weights={rule.id: rule.weight * shares[rule.dimension] for rule in rubric.criteria},
        guidance=load_guidance(folder / "coaching.yaml"),
    )


def _of_all_versions(folder: Path, rubric: Rubric) -> tuple[dict[str, Label], tuple[Rule, ...]]:
    """Labels and rules of the lists and of all that were published, as the newest has them: old calls are shown too."""
    labels: dict[str, Label] = {}
    rules: dict[str, Rule] = {}
    criteria = {rule.id: rule.zh for rule in rubric.criteria}
    for each in (folder, *(edition.folder for edition in editions(folder))):
        labels |= load_labels(each)
        rules |= {rule.id: rule for rule in load_shelf(each, labels=labels, criteria=criteria).rules}
    return labels, tuple(rules.values())
