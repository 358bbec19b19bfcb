"""The nouns of phrase lists: labels, entries, the lexicon."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from pipeline.lexicon.pattern import Form
from pipeline.schema import Polarity, Role

_WORD_LENGTHS = (3, 4)
_ALTERNATIVES = re.compile(r"\[([^\[\]|]*)(?:\|[^\[\]]*)?\]")
_OPTIONAL = re.compile(r"\([^()]*\)")
_SLOT = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Label:
    """What a phrase says of an agent's words.

    Parameters
    ----------
    zh
        Its name on pages.
    criterion
        Where its evidence is listed.
    severity
        ``light``, ``medium`` or ``heavy`` for forbidden labels, else None.
    red_line
        Whether one certain finding makes the call fail.
    gives_way
        Labels that this one is a part of where both are found in one place.
    """

    name: str
    zh: str
    polarity: Polarity
    criterion: str
    severity: str | None = None
    red_line: bool = False
    gives_way: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that tests an entry, and the line it stands on."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase.

    Parameters
    ----------
    text
        The phrase or pattern as it was written.
    forms
        What it stands for, in comparable characters.
    severity
        The entry's own, else its label's.
    position
        ``opening`` (the speaker's first two turns), ``closing`` (the last three) or ``anywhere``.
    not_before, not_after
        Comparable characters that veto a hit when they stand directly before it, directly after it.
    """

    id: str
    label: str
    text: str
    forms: tuple[Form, ...]
    severity: str | None
    hit: tuple[Example, ...]
    miss: tuple[Example, ...]
    source: str
    file: Path
    line: int
    role: Role = Role.AGENT
    position: str = "anywhere"
    not_before: tuple[str, ...] = ()
    not_after: tuple[str, ...] = ()
    exact_only: bool = False

    @property
    def wording(self) -> str:
        """One wording of it to show to people: the first of alternatives, what is optional left out, … for slots."""
        return _wording(self.text)

    @property
    def literal(self) -> bool:
        """Whether it is written out: one wording, no slots, nothing optional."""
        return len(self.forms) == 1 and len(self.forms[0]) == 1


@lru_cache(maxsize=4096)
def _wording(pattern: str) -> str:
    shown, before = pattern, ""
    while shown != before:
        before, shown = shown, _ALTERNATIVES.sub(r"\1", _OPTIONAL.sub("", shown))
    return _SLOT.sub("…", shown)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All labels and phrases.

    Parameters
    ----------
    version
        Hash of the content of its files, after the version that ``labels.yaml`` may name.
    """

    labels: Mapping[str, Label]
    entries: tuple[Entry, ...]
    version: str
    by_id: Mapping[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {entry.id: entry for entry in self.entries})

    @property
    def words(self) -> tuple[str, ...]:
        """Short literal phrases for the segmenter to keep whole; those of two characters are left to its dictionary."""
        literals = (str(form[0]) for entry in self.entries for form in entry.forms if len(form) == 1)
        return tuple(sorted({literal for literal in literals if len(literal) in _WORD_LENGTHS}))
