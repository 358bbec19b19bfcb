"""Rules asked of written dialogues, in a few lines for tests."""

from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path

import yaml
from calls import LEXICONS

from pipeline.language.segment import Segmenter
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.finder import Finder
from pipeline.lexicon.marked_yaml import Marked
from pipeline.lexicon.meaning import load_model
from pipeline.rules.dialogues import as_call, read_trials
from pipeline.rules.engine import judge_rule
from pipeline.rules.fields import Fields
from pipeline.rules.reader import Known, read_rules
from pipeline.rules.trials import outcome_word
from pipeline.scoring.rubric import load_rubric
from pipeline.settings import Settings

SETTINGS = Settings()
TESTS = {"hit": ["坐席：甲"], "miss": ["坐席：乙"]}


@cache
def known():
    """What the shipped rules may name."""
    rubric = load_rubric(LEXICONS / "rubric.yaml")
    return Known(load_lexicon(LEXICONS).labels, tuple(rule.id for rule in rubric.criteria))


@cache
def reading():
    """Finder and segmenter of the shipped lists."""
    lexicon = load_lexicon(LEXICONS)
    return Finder(lexicon, load_model(SETTINGS.models_dir / "meaning.npz")), Segmenter(lexicon.words)


def rule(**given):
    """The entry of a rule that is valid but for what is given; None leaves a key out."""
    entry = {
        "id": "r",
        "zh": "规则",
        "criterion": "politeness.wording",
        "when": {"keywords": ["甲"]},
        "tests": deepcopy(TESTS),
    }
    return {key: value for key, value in (entry | given).items() if value is not None}


def book(folder: Path, *entries):
    """The book of these entries, and the problems with them."""
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump(list(entries), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return read_rules(path, known())


def spoken(text, keywords):
    """A written dialogue as a call."""
    marked = Marked({"tests": Marked({kind: Marked([Marked(text, 1)], 1) for kind in ("hit", "miss")}, 1)}, 1)
    return as_call(read_trials(Fields(marked, Path("t"), "t"))[0].lines, *reading(), SETTINGS, keywords)


def verdict(folder: Path, entry, text, *, change=None):
    """What one rule says of a dialogue; ``change`` makes another call of it first."""
    rules, problems = book(folder, entry)
    assert not problems, problems
    call = spoken(text, rules.keywords)
    if change:
        call = change(call)
        call = replace(call, keywords=rules.keywords.find(call.texts))
    return judge_rule(rules.rules[0], call)


def came_out(folder: Path, entry, text, *, change=None):
    """``hit``, ``doubtful``, ``miss`` or ``abstain``."""
    return outcome_word(verdict(folder, entry, text, change=change))
