"""Phrase lists as data: loading ``labels.yaml`` and the phrase files beside it."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.lexicon.entry_reader import read_entry, read_label
from pipeline.lexicon.marked_yaml import Marked, read_marked
from pipeline.lexicon.phrases import Entry, Example, Label, Lexicon

__all__ = ["Entry", "Example", "Label", "Lexicon", "load_labels", "load_lexicon", "phrase_files", "read_all"]

_LABELS_FILE = "labels.yaml"
_OTHER_FILES = {
    _LABELS_FILE,
    "rubric.yaml",
    "invented.yaml",
    "flows.yaml",
    "rules.yaml",
    "coaching.yaml",
    "cues.yaml",
    "wishes.yaml",
    "satisfaction.yaml",
}


def load_lexicon(folder: Path) -> Lexicon:
    """The labels and all phrases of a folder of lists; examples are not tried here, see ``lexicon.trials``.

    Raises
    ------
    LexiconError
        The first thing that is wrong, with file, line and remedy; says how many more there are.
    """
    lexicon, problems = read_all(folder)
    if problems:
        more = f" (and {len(problems) - 1} more, see `qinhe lexicon check`)" if len(problems) > 1 else ""
        raise LexiconError(f"{problems[0]}{more}")
    return lexicon


def load_labels(folder: Path) -> Mapping[str, Label]:
    """The labels of a folder of lists alone, by name: quick, where the phrases are not needed.

    Raises
    ------
    LexiconError
        ``labels.yaml`` cannot be used.
    """
    return _read_labels(folder / _LABELS_FILE)[0]


def phrase_files(folder: Path) -> tuple[Path, ...]:
    """The phrase files of a folder, by name."""
    return tuple(sorted(path for path in folder.glob("*.yaml") if path.name not in _OTHER_FILES))


def read_all(folder: Path) -> tuple[Lexicon, tuple[str, ...]]:
    """All that can be used of a folder of lists, and the text of every problem with the rest.

    Raises
    ------
    LexiconError
        There is no usable ``labels.yaml``: without labels no phrase can be judged.
    """
    labels_path = folder / _LABELS_FILE
    if not labels_path.is_file():
        raise LexiconError(f"{labels_path}: not found; name a folder that holds labels.yaml and the phrase lists")
    labels, named_version = _read_labels(labels_path)
    entries: list[Entry] = []
    problems: list[str] = []
    for path in phrase_files(folder):
        for entry in _read_entries(path, labels):
            (problems if isinstance(entry, str) else entries).append(entry)  # type: ignore[arg-type]
    unique, doubles = _without_doubles(entries)
    return Lexicon(labels, unique, _version(named_version, [labels_path, *phrase_files(folder)])), (*problems, *doubles)


def _read_labels(path: Path) -> tuple[Mapping[str, Label], str]:
    content = read_marked(path).value
    labels = content.get("labels") if isinstance(content, dict) else None
    if not isinstance(content, dict) or labels is None or not isinstance(labels.value, dict):
        raise LexiconError(f"{path}:1: has no labels; write `labels:` and under it one line for each")
    version = content.get("version", Marked("", 1)).value
    return {name: read_label(name, marked, path) for name, marked in labels.value.items()}, str(version)


def _read_entries(path: Path, labels: Mapping[str, Label]) -> Iterator[Entry | str]:
    """The entries of one file; where one cannot be used, the complaint in its place."""
    try:
        content = read_marked(path)
    except LexiconError as error:
        yield str(error)
        return
    if not isinstance(content.value, list):
        yield f"{path}:{content.line}: is not a list of entries; begin each entry with `- id: …`"
        return
    for marked in content.value:
        try:
            yield read_entry(marked, path, labels)
        except LexiconError as error:
            yield str(error)


def _without_doubles(entries: Iterable[Entry]) -> tuple[tuple[Entry, ...], list[str]]:
    first: dict[str, Entry] = {}
    problems = []
    for entry in entries:
        known = first.setdefault(entry.id, entry)
        if known is not entry:
            problems.append(
                f"{entry.file}:{entry.line}: id {entry.id!r} is taken by {known.file.name}:{known.line}; choose another"
            )
    return tuple(first.values()), problems


def _version(named: str, files: Iterable[Path]) -> str:
    digest = sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"{named}+{digest.hexdigest()[:12]}" if named else digest.hexdigest()[:12]
