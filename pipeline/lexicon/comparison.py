"""What differs between two folders of lists: entries, rules, labels, steps, cues, one after the other, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, takewhile
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import LexiconError
from pipeline.lexicon.entries import phrase_files
from pipeline.safe_yaml import check_yaml

_PHRASES = "phrases"
_NAMES = ("id", "name", "text", "zh")
"""What an item of a list may be known by, the surest first."""
_TELLING = ("text", "pattern", "zh")
_SHOWN = 60
_CONTEXT = 6


class Kind(StrEnum):
    """What became of something."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry, rule, label or the like that is not as it was.

    Parameters
    ----------
    file
        The file that holds it now, or held it.
    item
        Its id, or its place in the file such as ``labels.blame``.
    what
        Its wording where it is new or gone; what changed otherwise.
    """

    kind: Kind
    file: str
    item: str
    what: str


@dataclass(frozen=True, slots=True)
class _Item:
    file: str
    value: Any


def compare(old: Path, new: Path) -> tuple[Difference, ...]:
    """All differences, by file and item; an entry that moved to another list is one that changed.

    Raises
    ------
    LexiconError
        A folder or a file in it cannot be read.
    """
    before, after = _items(old), _items(new)
    found = (_difference(key[1], before.get(key), after.get(key)) for key in before.keys() | after.keys())
    return tuple(sorted(filter(None, found), key=lambda each: (each.file, each.item)))


def _difference(name: str, old: _Item | None, new: _Item | None) -> Difference | None:
    if old is None:
        return Difference(Kind.ADDED, new.file, name, _told(new.value)) if new else None
    if new is None:
        return Difference(Kind.REMOVED, old.file, name, _told(old.value))
    moved = [f"from {old.file} to {new.file}"] if old.file != new.file else []
    changes = "; ".join((*moved, *_changes("", old.value, new.value)))
    return Difference(Kind.CHANGED, new.file, name, changes) if changes else None


def _items(folder: Path) -> dict[tuple[str, str], _Item]:
    """Everything with a name in a folder, by list and name; phrases by their id alone, whichever list holds them."""
    if not folder.is_dir():
        raise LexiconError(f"{folder}: not found; name a folder of lists or the first day of a published version")
    lists = {path.name for path in phrase_files(folder)}
    return {
        (_PHRASES if path.name in lists else path.name, name): _Item(path.name, value)
        for path in sorted(folder.glob("*.yaml"))
        for name, value in _named(_read(path))
    }


def _read(path: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    try:
        text = path.read_text(encoding="utf-8")
        check_yaml(text)
        return yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise LexiconError(f"{path}: cannot be read ({' '.join(str(error).split())}); correct or restore it") from error


def _named(content: object) -> Iterator[tuple[str, Any]]:
    """The items of a list by id, those of a mapping by place: two levels deep, as people think of labels and cues."""
    if not isinstance(content, Mapping):
        yield from _by_name(content).items()
        return
    for name, value in content.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{inner}", each) for inner, each in value.items())
        else:
            yield str(name), value


def _by_name(content: object) -> dict[str, Any]:
    """The items of a list by what they are known by; two of one name are told apart by number."""
    named: dict[str, Any] = {}
    for value in content if isinstance(content, list) else ():
        name = _name(value)
        again = sum(1 for other in named if other == name or other.startswith(f"{name} #"))
        named[f"{name} #{again + 1}" if again else name] = value
    return named


def _name(value: object) -> str:
    if isinstance(value, Mapping):
        return str(next((value[key] for key in _NAMES if key in value), value))
    return str(value)


def _changes(place: str, old: object, new: object) -> Iterator[str]:
    """What differs within an item, each part with its place."""
    if old == new:
        return
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        keys = list(dict.fromkeys(chain(old, new)))
        yield from chain.from_iterable(_changes(_under(place, key), old.get(key), new.get(key)) for key in keys)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _list_changes(place, _by_name(old), _by_name(new))
    else:
        yield f"{place} {_from_to(old, new)}".strip()


def _list_changes(place: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{place} −「{_told(old[name])}」".strip() for name in old if name not in new)
    yield from (f"{place} +「{_told(new[name])}」".strip() for name in new if name not in old)
    for name in old:
        if name in new:
            yield from _changes(_under(place, name), old[name], new[name])
    if list(old) != list(new) and old.keys() == new.keys():
        yield f"{place} in another order".strip()


def _from_to(old: object, new: object) -> str:
    """Both, of long ones the stretch that differs with a little before it."""
    if not (isinstance(old, str) and isinstance(new, str)) or max(len(old), len(new)) <= _SHOWN:
        return f"{_short(old)} → {_short(new)}"
    same = _alike(old, new)
    tail = _alike(old[same:][::-1], new[same:][::-1])
    start = max(0, same - _CONTEXT)
    lead = "…" if start else ""
    return " → ".join(lead + _short(text[start : len(text) - tail + _CONTEXT]) for text in (old, new))


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _under(place: str, key: object) -> str:
    return f"{place}.{key}" if place else str(key)


def _told(value: object) -> str:
    """Its wording where it has one."""
    if isinstance(value, Mapping):
        return _short(next((value[key] for key in _TELLING if key in value), value))
    return _short(value)


def _short(value: object) -> str:
    if value is None:
        return "—"
    text = " ".join(str(value).split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"
