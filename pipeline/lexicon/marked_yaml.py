"""YAML that remembers its lines, so that a mistake can be shown where it stands."""

from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.errors import LexiconError
from pipeline.safe_yaml import check_yaml

Value = str | bool | list["Marked"] | dict[str, "Marked"]


@dataclass(frozen=True, slots=True)
class Marked:
    """A value of a YAML file and the line it begins on, from 1. Numbers stay text: phrases may be made of digits."""

    value: Value
    line: int


def read_marked(path: Path) -> Marked:
    """The content of a YAML file with its lines; an empty file is an empty list.

    Raises
    ------
    LexiconError
        The file cannot be read or is not valid YAML.
    """
    loader = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
    try:
        text = path.read_text(encoding="utf-8-sig")
        check_yaml(text)
        node = yaml.compose(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LexiconError(
            f"{path}:{line}: not valid YAML ({error.problem}); check indentation, quotes and colons near this line"
        ) from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise LexiconError(
            f"{path}: cannot be read ({' '.join(str(error).split())}); save it as UTF-8 text and check its permissions"
        ) from error
    return _marked(node, path) if node is not None else Marked([], 1)


def _marked(node: yaml.Node, path: Path) -> Marked:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Marked([_marked(item, path) for item in node.value], line)
    if isinstance(node, yaml.MappingNode):
        return Marked(_mapping(node, path), line)
    if node.tag == "tag:yaml.org,2002:bool":
        return Marked(str(node.value).lower() in {"true", "yes", "on"}, line)
    return Marked(str(node.value), line)


def _mapping(node: yaml.MappingNode, path: Path) -> dict[str, Marked]:
    values: dict[str, Marked] = {}
    for key, value in node.value:
        if str(key.value) in values:
            raise LexiconError(f"{path}:{key.start_mark.line + 1}: key {key.value!r} is given twice; keep one")
        values[str(key.value)] = _marked(value, path)
    return values
