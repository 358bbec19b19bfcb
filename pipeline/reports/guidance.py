"""The trainer's book: for each criterion the clause of the norm, a goal, exercises, and how progress is seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from pipeline.errors import LexiconError


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a trainer says about one criterion, in Chinese."""

    clause: str
    goal: str
    exercises: tuple[str, ...]
    check: str


_BOOK = TypeAdapter(dict[str, dict[str, Guidance]])


def load_guidance(path: Path) -> Mapping[str, Guidance]:
    """Read the book, by criterion.

    Raises
    ------
    LexiconError
        It cannot be read, or an entry lacks something; the criterion and the remedy are named.
    """
    try:
        book = _BOOK.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise LexiconError(f"{path}: cannot be read ({error.strerror}); restore it from the package") from error
    except yaml.YAMLError as error:
        raise LexiconError(f"{path}: is no valid YAML ({' '.join(str(error).split())[:120]}); correct it") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise LexiconError(
            f"{path}: {where or 'content'}: {first['msg']}; each criterion needs clause, goal, exercises, check"
        ) from error
    return book.get("criteria", {})
