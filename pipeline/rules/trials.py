"""Trying rules on their own dialogues."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.language.segment import Segmenter
from pipeline.lexicon.finder import Finder
from pipeline.rules.dialogues import as_call
from pipeline.rules.engine import Verdict, judge_rule
from pipeline.rules.model import Rule, RuleBook, Trial
from pipeline.rules.outcome import Level
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class FailedTrial:
    """A dialogue that did not come out as its author says; ``came_out`` is one of the words for ``Trial.expected``."""

    rule: Rule
    trial: Trial
    came_out: str


def failed_trials(book: RuleBook, finder: Finder, segmenter: Segmenter, settings: Settings) -> tuple[FailedTrial, ...]:
    """The dialogues of all rules that do not come out as they should."""
    return tuple(_failed(book, finder, segmenter, settings))


def _failed(book: RuleBook, finder: Finder, segmenter: Segmenter, settings: Settings) -> Iterator[FailedTrial]:
    for rule in book.rules:
        for trial in rule.trials:
            call = as_call(trial.lines, finder, segmenter, settings, book.keywords)
            came_out = outcome_word(judge_rule(rule, call))
            if came_out != trial.expected:
                yield FailedTrial(rule, trial, came_out)


def outcome_word(verdict: Verdict) -> str:
    """``hit``, ``doubtful``, ``miss`` or ``abstain``."""
    if verdict.abstained:
        return "abstain"
    level = max((held.level for held in verdict.held), default=Level.NO)
    return {Level.YES: "hit", Level.MAYBE: "doubtful", Level.NO: "miss"}[level]
