"""One entry of a YAML file → one ``Entry``; what is wrong with it is said with its line and the remedy."""

from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.lexicon.marked_yaml import Marked
from pipeline.lexicon.pattern import Form, PatternError, forms_of_pattern, forms_of_text
from pipeline.lexicon.phrases import Entry, Example, Label
from pipeline.schema import Polarity, Role

SEVERITIES = ("light", "medium", "heavy")
_POSITIONS = ("anywhere", "opening", "closing")
_ROLES = ("agent", "customer")
_TEXT_KEYS = {"id", "label", "text", "pattern", "source"}
_ENTRY_KEYS = _TEXT_KEYS | {"severity", "examples", "role", "position", "not_before", "not_after", "exact_only"}
_LABEL_KEYS = {"zh", "polarity", "criterion", "severity", "red_line", "gives_way"}
_NOTHING = Marked("", 0)


class _Fields:
    """The keys of one mapping, read with their kinds checked."""

    def __init__(self, marked: Marked, file: Path, name: str, known: set[str]) -> None:
        self.file, self.line, self.name = file, marked.line, name
        if not isinstance(marked.value, dict):
            self.refuse("is not a list of keys and values; write `key: value` lines", marked.line)
        self.values: dict[str, Marked] = marked.value
        for key, value in self.values.items():
            if key not in known:
                self.refuse(f"has an unknown key {key!r}; known are {', '.join(sorted(known))}", value.line)

    def refuse(self, complaint: str, line: int | None = None) -> NoReturn:
        raise LexiconError(f"{self.file}:{line or self.line}: {self.name} {complaint}")

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self.values.get(key, _NOTHING)
        if isinstance(value.value, str) and value.value.strip():
            return value.value.strip()
        if default is None or value is not _NOTHING:
            self.refuse(f"needs text for {key!r}; write `{key}: …`", value.line)
        return default

    def one_of(self, key: str, choices: tuple[str, ...], default: str) -> str:
        chosen = self.text(key, default=default)
        if chosen not in choices:
            self.refuse(f"has {key}: {chosen!r}; choose one of {', '.join(choices)}", self.values[key].line)
        return chosen

    def flag(self, key: str) -> bool:
        value = self.values.get(key, Marked(False, 0))
        if not isinstance(value.value, bool):
            self.refuse(f"needs true or false for {key!r}", value.line)
        return value.value

    def texts(self, key: str) -> tuple[Example, ...]:
        marked = self.values.get(key, Marked([], 0))
        if not isinstance(marked.value, list):
            self.refuse(f'needs a list for {key!r}; write `{key}: ["…", "…"]`', marked.line)
        for item in marked.value:
            if not isinstance(item.value, str) or not item.value.strip():
                self.refuse(f"has an item in {key!r} that is no text; put it in quotes", item.line)
        return tuple(Example(str(item.value), item.line) for item in marked.value)


def read_label(name: str, marked: Marked, file: Path) -> Label:
    """One label of ``labels.yaml``.

    Raises
    ------
    LexiconError
        A key is missing or unknown, or a value is not one of those allowed.
    """
    fields = _Fields(marked, file, f"label {name!r}", _LABEL_KEYS)
    polarity = Polarity(fields.one_of("polarity", tuple(Polarity), ""))
    severity = fields.one_of("severity", SEVERITIES, "medium") if polarity is Polarity.FORBIDDEN else None
    return Label(
        name,
        fields.text("zh"),
        polarity,
        fields.text("criterion"),
        severity,
        red_line=fields.flag("red_line"),
        gives_way=tuple(each.text for each in fields.texts("gives_way")),
    )


def read_entry(marked: Marked, file: Path, labels: Mapping[str, Label]) -> Entry:
    """One entry of a phrase file.

    Raises
    ------
    LexiconError
        Anything that keeps it from being used; names file, line and remedy.
    """
    fields = _Fields(marked, file, "an entry", _ENTRY_KEYS)
    fields.name = f"entry {fields.text('id')!r}"
    label = labels.get(fields.text("label"))
    if label is None:
        fields.refuse(
            f"has an unknown label {fields.text('label')!r}; use one of labels.yaml or add it there",
            fields.values["label"].line,
        )
    hit, miss = _examples(fields)
    return Entry(
        id=fields.text("id"),
        label=label.name,
        text=fields.text("pattern" if "pattern" in fields.values else "text"),
        forms=_forms(fields),
        severity=fields.one_of("severity", SEVERITIES, label.severity or "")
        if label.severity or "severity" in fields.values
        else None,
        hit=hit,
        miss=miss,
        source=fields.text("source", default=""),
        file=file,
        line=fields.line,
        role=Role(fields.one_of("role", _ROLES, "agent")),
        position=fields.one_of("position", _POSITIONS, "anywhere"),
        not_before=_vetoes(fields, "not_before"),
        not_after=_vetoes(fields, "not_after"),
        exact_only=fields.flag("exact_only"),
    )


def _forms(fields: _Fields) -> tuple[Form, ...]:
    if ("text" in fields.values) == ("pattern" in fields.values):
        fields.refuse("needs either `text: …` or `pattern: …`")
    key = "pattern" if "pattern" in fields.values else "text"
    try:
        return forms_of_pattern(fields.text(key)) if key == "pattern" else forms_of_text(fields.text(key))
    except PatternError as error:
        fields.refuse(f"has a {key} that cannot be used: {error}", fields.values[key].line)


def _examples(fields: _Fields) -> tuple[tuple[Example, ...], tuple[Example, ...]]:
    marked = fields.values.get("examples")
    if marked is None:
        fields.refuse('has no examples; write `examples: {hit: ["…"], miss: ["…"]}`')
    examples = _Fields(marked, fields.file, f"{fields.name}: examples", {"hit", "miss"})
    hit, miss = examples.texts("hit"), examples.texts("miss")
    if not hit or not miss:
        examples.refuse("need at least one sentence under `hit` and one under `miss`")
    return hit, miss


def _vetoes(fields: _Fields, key: str) -> tuple[str, ...]:
    comparable = [(item, normalise(item.text).text) for item in fields.texts(key)]
    for item, text in comparable:
        if not text:
            fields.refuse(f"has an item in {key!r} without characters to compare ({item.text!r}); remove it", item.line)
    return tuple(text for _, text in comparable)
