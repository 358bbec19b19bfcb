"""``rules.yaml`` → a book of rules; every problem with its file, line and remedy."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.lexicon.marked_yaml import Marked, read_marked
from pipeline.lexicon.phrases import Label
from pipeline.rules.condition_reader import read_node
from pipeline.rules.dialogues import read_trials
from pipeline.rules.engine import leaves
from pipeline.rules.fields import Fields
from pipeline.rules.keywords import Keyword, KeywordSearch
from pipeline.rules.model import Condition, Named, Node, Order, Rule, RuleBook
from pipeline.schema import Polarity

RULES_FILE = "rules.yaml"
_KEYS = {
    "id", "zh", "criterion", "polarity", "severity", "label", "points", "once", "red_line", "each", "show", "from", "to",
    "conditions", "when", "tests", "source",
}  # fmt: skip
_SEVERITIES = {"轻": "light", "中": "medium", "重": "heavy", "light": "light", "medium": "medium", "heavy": "heavy"}


@dataclass(frozen=True, slots=True)
class Known:
    """What rules may name.

    Parameters
    ----------
    labels
        Those of ``labels.yaml``.
    criteria
        Ids of the rubric's criteria.
    """

    labels: Mapping[str, Label] = field(default_factory=dict)
    criteria: Collection[str] = ()


def load_rules(path: Path, known: Known) -> RuleBook:
    """The rules of a file; a file that is not there holds none.

    Raises
    ------
    LexiconError
        The first thing that is wrong, with file, line and remedy; says how many more there are.
    """
    book, problems = read_rules(path, known)
    if problems:
        more = f" (and {len(problems) - 1} more, see `qinhe lexicon check`)" if len(problems) > 1 else ""
        raise LexiconError(f"{problems[0]}{more}")
    return book


def read_rules(path: Path, known: Known) -> tuple[RuleBook, tuple[str, ...]]:
    """All rules of a file that can be used, and the text of every problem with the rest."""
    if not path.is_file():
        return RuleBook(), ()
    try:
        content = read_marked(path)
    except LexiconError as error:
        return RuleBook(), (str(error),)
    if not isinstance(content.value, list):
        return RuleBook(), (f"{path}:{content.line}: is not a list of rules; begin each rule with `- id: …`",)
    rules: list[Rule] = []
    problems: list[str] = []
    for marked in content.value:
        try:
            rules.append(_unlike(_rule(marked, path, known), rules))
        except LexiconError as error:
            problems.append(str(error))
    version = sha256(path.read_bytes()).hexdigest()[:12]
    return RuleBook(tuple(rules), version, KeywordSearch(_keywords(rules))), tuple(problems)


def _unlike(rule: Rule, others: Iterable[Rule]) -> Rule:
    """The rule, refused when its id is taken."""
    taken = next((other for other in others if other.id == rule.id), None)
    if taken:
        raise LexiconError(
            f"{rule.file}:{rule.line}: rule id {rule.id!r} is taken by line {taken.line}; choose another"
        )
    return rule


def _rule(marked: Marked, file: Path, known: Known) -> Rule:
    fields = Fields(marked, file, "a rule")
    fields.name = f"rule {fields.text('id')!r}"
    fields.only(_KEYS)
    if "when" not in fields:
        fields.refuse("has no `when`; write under it the condition in which it holds")
    conditions = fields.inner("conditions").values if "conditions" in fields else {}
    rule = Rule(
        id=fields.text("id"),
        zh=fields.text("zh"),
        criterion=_criterion(fields, known),
        polarity=Polarity(fields.choice("polarity", tuple(Polarity), "forbidden")),
        severity=_SEVERITIES[fields.choice("severity", _SEVERITIES, "中")],
        conditions={name: read_node(each, fields) for name, each in conditions.items()},
        when=read_node(fields.values["when"], fields),
        trials=read_trials(fields),
        file=file,
        line=fields.line,
        source=fields.text("source", ""),
        label=_label(fields, known),
        points=fields.number("points", -100.0, 100.0, 0.0),
        once=fields.flag("once", default=True),
        red_line=fields.flag("red_line"),
        each=fields.text("each") if "each" in fields else None,
        show=fields.text("show") if "show" in fields else None,
        valid_from=fields.day("from"),
        valid_to=fields.day("to"),
    )
    _check_worth(rule, fields)
    _check_names(rule, fields, known)
    return rule


def _criterion(fields: Fields, known: Known) -> str:
    named = fields.text("criterion")
    if named not in known.criteria:
        listed = ", ".join(known.criteria)
        fields.refuse(f"has an unknown criterion {named!r}; known are {listed}", fields.values["criterion"].line)
    return named


def _label(fields: Fields, known: Known) -> str | None:
    if "label" not in fields:
        return None
    return fields.choice("label", known.labels)


def _check_worth(rule: Rule, fields: Fields) -> None:
    """Points, red line and dates say nothing against each other."""
    signs = {
        Polarity.FORBIDDEN: rule.points <= 0,
        Polarity.STANDARD: rule.points >= 0,
        Polarity.NEUTRAL: not rule.points,
    }
    if not signs[rule.polarity]:
        fields.refuse(
            f"is {rule.polarity} with {rule.points:g} points; forbidden deducts, standard adds, neutral has none",
            fields.values["points"].line,
        )
    if rule.label and (rule.points or rule.red_line):
        fields.refuse(
            f"counts as label {rule.label!r} and has points or a red line of its own; drop one, or it counts twice",
            fields.values["label"].line,
        )
    if rule.red_line and rule.polarity is not Polarity.FORBIDDEN:
        fields.refuse("is a red line but not forbidden; write `polarity: forbidden`", fields.values["red_line"].line)
    if rule.valid_from and rule.valid_to and rule.valid_to < rule.valid_from:
        fields.refuse(
            f"ends ({rule.valid_to}) before it begins ({rule.valid_from}); mend the dates", fields.values["to"].line
        )


def _check_names(rule: Rule, fields: Fields, known: Known) -> None:
    """Every name and label that is used is known, and no condition hangs on itself."""
    used = [name for key in ("each", "show") if (name := getattr(rule, key))]
    used += [name for node in (rule.when, *rule.conditions.values()) for name in _uses(node)]
    unknown = next((name for name in used if name not in rule.conditions), None)
    if unknown:
        listed = ", ".join(rule.conditions) or "none yet: add `conditions:`"
        fields.refuse(f"names a condition {unknown!r} that is not there; its conditions are {listed}")
    for name in rule.conditions:
        circle = _circle(rule, name, (name,))
        if circle:
            fields.refuse(f"has conditions that hang on each other in a circle: {' → '.join(circle)}; cut one tie")
    for condition in _conditions(rule):
        if condition.operator == "label" and isinstance(condition.spec, tuple):
            label = next((label for label in condition.spec if label not in known.labels), None)
            if label:
                fields.refuse(f"asks for an unknown label {label!r}; use one of labels.yaml or add it there")


def _circle(rule: Rule, name: str, path: tuple[str, ...]) -> tuple[str, ...]:
    """A way from a condition back to where the path began; empty where there is none."""
    for used in _uses(rule.conditions[name]):
        if used == path[0]:
            return (*path, used)
        if used not in path and (circle := _circle(rule, used, (*path, used))):
            return circle
    return ()


def _uses(node: Node) -> Iterator[str]:
    """Names of conditions that a node hangs on."""
    for leaf, _ in leaves(node):
        match leaf:
            case Named(name):
                yield name
            case Order(names):
                yield from names
            case Condition(anchor=anchor) if anchor:
                yield anchor.of


def _conditions(rule: Rule) -> Iterator[Condition]:
    for node in (rule.when, *rule.conditions.values()):
        yield from (leaf for leaf, _ in leaves(node) if isinstance(leaf, Condition))


def _keywords(rules: Iterable[Rule]) -> Iterator[Keyword]:
    for rule in rules:
        for condition in _conditions(rule):
            yield from getattr(condition.spec, "keywords", ())
