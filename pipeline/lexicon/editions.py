"""Published lists: a folder a version, named by its first day, beside a manifest that tells whether somebody changed one since."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import LexiconError
from pipeline.safe_yaml import check_yaml

PUBLISHED = "published"
"""Folder beside the lists with the versions and their manifest."""
_MANIFEST = "manifest.yaml"
_NOT_JUDGING = {"rubric.yaml", "coaching.yaml"}
"""One measure holds for all calls, whatever their day: the rubric; and what trainers print judges nobody."""


@dataclass(frozen=True, slots=True)
class Edition:
    """Lists that hold for calls from a day on.

    Parameters
    ----------
    published_at
        ISO time at which they were published, UTC.
    """

    begins: date
    folder: Path
    published_at: str


def list_files(folder: Path) -> tuple[Path, ...]:
    """The files of a folder that judge calls: phrases, labels, rules, flows, cues and the like; not the rubric."""
    return tuple(sorted(path for path in folder.glob("*.yaml") if path.name not in _NOT_JUDGING))


def editions(folder: Path) -> tuple[Edition, ...]:
    """The published versions of a folder of lists, the earliest first.

    Raises
    ------
    LexiconError
        The manifest cannot be read, or a version is not as it was published.
    """
    home = folder / PUBLISHED
    kept = _manifest(home)
    strangers = {path.name for path in home.glob("[!.]*") if path.is_dir()} - kept.keys()
    if strangers:
        raise LexiconError(
            f"{home / min(strangers)}: is not in {_MANIFEST}; move it away and publish it with qinhe lexicon publish"
        )
    return tuple(_edition(home / day, kept[day]) for day in sorted(kept))


def edition_at(published: Sequence[Edition], day: date | None) -> Edition | None:
    """The version that holds for calls of this day, for an unknown day the newest; None before the first."""
    begun = [each for each in published if day is None or each.begins <= day]
    return begun[-1] if begun else None


def folder_at(folder: Path, day: date | None = None) -> Path:
    """Where the lists lie that hold for calls of this day: a version's folder, or the folder itself before the first."""
    edition = edition_at(editions(folder), day)
    return edition.folder if edition else folder


def last_published(folder: Path) -> int:
    """When lists were last published into a folder, in nanoseconds of its clock; 0 for never. Quick: a program that runs for long may ask often."""
    try:
        return (folder / PUBLISHED / _MANIFEST).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def publish(source: Path, folder: Path, begins: date, check: Callable[[Path], None]) -> Edition:
    """Keep lists as the version that holds from a day on; calls of earlier days keep the earlier version.

    Parameters
    ----------
    source
        A whole folder of lists; without ``labels.yaml`` only the files that change: all else is as it holds on that day.
    check
        Raises LexiconError where a folder of lists cannot judge.

    Raises
    ------
    LexiconError
        The lists are not valid, or another version begins on that day; nothing is changed.
    """
    target = folder / PUBLISHED / begins.isoformat()
    if target.exists():
        raise LexiconError(f"{target}: a version begins on that day already; choose another day, versions are kept")
    if not list_files(source):
        raise LexiconError(f"{source}: not found, or holds no lists; name a folder with phrase lists or rules.yaml")
    staged = target.with_name(f".{target.name}")
    try:
        _stage(source, folder_at(folder, begins), staged)
        check(staged)
        staged.rename(target)
    except LexiconError as error:
        raise LexiconError(str(error).replace(str(staged), str(source))) from error
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return _enter(target)


def _stage(source: Path, base: Path, staged: Path) -> None:
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    whole = (source / "labels.yaml").is_file()
    for path in (*(() if whole else list_files(base)), *list_files(source)):
        (staged / path.name).write_bytes(path.read_bytes())


def _enter(target: Path) -> Edition:
    """Enter a version into the manifest, which appears whole or not at all."""
    kept = {**_manifest(target.parent), target.name: {"published": datetime.now(UTC).isoformat(timespec="seconds")}}
    kept[target.name] |= {"sha256": _digest(target)}
    part = target.parent / f".{_MANIFEST}"
    part.write_text(yaml.safe_dump(dict(sorted(kept.items())), allow_unicode=True), encoding="utf-8")
    part.replace(target.parent / _MANIFEST)
    return _edition(target, kept[target.name])


def _manifest(home: Path) -> Mapping[str, dict[str, Any]]:
    """First days to what was noted on publishing."""
    path = home / _MANIFEST
    if not path.is_file():
        return {}
    try:
        text = path.read_text(encoding="utf-8")
        check_yaml(text)
        return {str(date.fromisoformat(str(day))): dict(noted) for day, noted in yaml.safe_load(text).items()}
    except (OSError, ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
        problem = " ".join(str(error).split())
        raise LexiconError(f"{path}: cannot be read ({problem}); put back the file that publishing wrote") from error


def _edition(folder: Path, noted: Mapping[str, Any]) -> Edition:
    if not folder.is_dir() or _digest(folder) != noted.get("sha256"):
        raise LexiconError(
            f"{folder}: is not as it was published; put it back, and publish changes under a day of their own"
        )
    return Edition(date.fromisoformat(folder.name), folder, str(noted.get("published", "")))


def _digest(folder: Path) -> str:
    digest = sha256()
    for path in list_files(folder):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
