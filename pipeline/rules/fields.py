"""The keys of one mapping of a rules file, read with their kinds checked; every complaint names file, line and remedy."""

from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path
from typing import NoReturn

from pipeline.errors import LexiconError
from pipeline.lexicon.marked_yaml import Marked

_NOTHING = Marked("", 0)


class Fields:
    """One mapping.

    Parameters
    ----------
    name
        What it is, for complaints: rule 'x'.

    Raises
    ------
    LexiconError
        It is no mapping.
    """

    def __init__(self, marked: Marked, file: Path, name: str) -> None:
        self.file, self.line, self.name, self.marked = file, marked.line, name, marked
        if not isinstance(marked.value, dict):
            self.refuse("is not a list of keys and values; write `key: value` lines")
        self.values: Mapping[str, Marked] = marked.value

    def __contains__(self, key: str) -> bool:
        return key in self.values

    def refuse(self, complaint: str, line: int | None = None) -> NoReturn:
        """Stop with the place and the remedy."""
        raise LexiconError(f"{self.file}:{line or self.line}: {self.name} {complaint}")

    def only(self, known: Collection[str]) -> None:
        """Refuse keys that are not known."""
        for key, value in self.values.items():
            if key not in known:
                self.refuse(f"has an unknown key {key!r}; known are {', '.join(sorted(known))}", value.line)

    def text(self, key: str, default: str | None = None) -> str:
        """A text that is not empty."""
        value = self.values.get(key, _NOTHING)
        if isinstance(value.value, str) and value.value.strip():
            return value.value.strip()
        if default is None or value is not _NOTHING:
            self.refuse(f"needs text for {key!r}; write `{key}: …`", value.line)
        return default

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """One of some texts."""
        chosen = self.text(key, default)
        if chosen not in choices:
            line = self.values[key].line if key in self.values else None
            self.refuse(f"has {key}: {chosen!r}; choose one of {', '.join(sorted(choices))}", line)
        return chosen

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.values.get(key, _NOTHING)
        if value is _NOTHING:
            return default
        if not isinstance(value.value, bool):
            self.refuse(f"needs true or false for {key!r}", value.line)
        return value.value

    def number(self, key: str, low: float, high: float, default: float | None = None) -> float:
        """A number within limits, both included."""
        value = self.values.get(key, _NOTHING)
        if value is _NOTHING and default is not None:
            return default
        try:
            number = float(str(value.value))
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            self.refuse(f"needs a number from {low:g} to {high:g} for {key!r}; it has {value.value!r}", value.line)
        return number

    def perhaps(self, key: str, low: float, high: float) -> float | None:
        """A number within limits, None where it is not given."""
        return self.number(key, low, high) if key in self.values else None

    def whole(self, key: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number within limits, both included."""
        number = self.number(key, low, high, default)
        if number != int(number):
            self.refuse(f"needs a whole number for {key!r}; it has {number:g}", self.values[key].line)
        return int(number)

    def perhaps_whole(self, key: str, low: int, high: int) -> int | None:
        """A whole number within limits, None where it is not given."""
        return self.whole(key, low, high) if key in self.values else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, or a single one; not empty."""
        return tuple(str(item.value) for item in self.items(key))

    def items(self, key: str) -> tuple[Marked, ...]:
        """The texts of a list with their lines."""
        marked = self.values.get(key, _NOTHING)
        items = marked.value if isinstance(marked.value, list) else [marked]
        if not items or any(not isinstance(item.value, str) or not item.value.strip() for item in items):
            self.refuse(f'needs a list of texts for {key!r}; write `{key}: ["…", "…"]`', marked.line)
        return tuple(items)

    def inner(self, key: str) -> "Fields":
        """A mapping within."""
        return Fields(self.values.get(key, Marked("", self.line)), self.file, f"{self.name}: {key}")

    def day(self, key: str) -> date | None:
        """A date, None where it is not given."""
        if key not in self.values:
            return None
        try:
            return date.fromisoformat(self.text(key))
        except ValueError:
            self.refuse(
                f"has {key}: {self.values[key].value!r}, which is no day; write a date like 2026-03-01",
                self.values[key].line,
            )
