"""Reading values of a rubric file, saying of every wrong one where it stands and what to write instead."""

import hashlib
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from pipeline.errors import RubricError
from pipeline.safe_yaml import check_yaml

_SUM_TOLERANCE = 1e-6


def read_yaml(path: Path) -> tuple[Mapping[str, Any], str]:
    """The mapping in a YAML file, and the first 12 hexadecimal digits of the SHA-256 of the file.

    Raises
    ------
    RubricError
        The file cannot be read, is not valid YAML, gives a key twice or is no mapping.
    """
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
        check_yaml(text)
        raw = yaml.load(text, Loader=_UniqueKeys)
    except OSError as error:
        raise RubricError(f"{path}: cannot be read ({error.strerror}); give the path of a rubric") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: no UTF-8, a date that is none, an endless number
        raise RubricError(f"{path}: {' '.join(str(error).split())}; mend the YAML there") from error
    if not isinstance(raw, dict):
        raise RubricError(f"{path}: is no mapping; start from the lexicons/rubric.yaml that is shipped")
    return raw, hashlib.sha256(content).hexdigest()[:12]


class _UniqueKeys(yaml.SafeLoader):
    """YAML keeps the last of two equal keys in silence; a rubric must not."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping, refusing a key that is given twice."""
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.MarkedYAMLError(problem="a key is no text", problem_mark=key_node.start_mark)
            if key_node.value in seen:
                problem = f"{key_node.value!r} is given twice, keep one"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key_node.start_mark)
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


@dataclass(frozen=True, slots=True)
class Checks:
    """Questions about values of one file; each raises RubricError naming file, place, value and remedy."""

    file: str

    def fail(self, where: str, message: str) -> NoReturn:
        """Stop with the place and the remedy."""
        raise RubricError(f"{self.file}: {where}: {message}")

    def section(self, raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        """A mapping that must not be empty."""
        value = raw.get(key)
        if not isinstance(value, dict) or not value:
            self.fail(key, "is missing or empty; list its entries as a mapping")
        return value

    def only(self, where: str, raw: object, known: set[str]) -> Mapping[str, Any]:
        """A mapping with no other keys than the known ones."""
        if not isinstance(raw, dict):
            self.fail(where, f"{raw!r} is no mapping; write it as {{key: value, …}}")
        if unknown := [key for key in raw if key not in known]:
            self.fail(where, f"unknown key {unknown[0]!r}; known are {', '.join(sorted(known))}")
        return raw

    def text(self, where: str, raw: Mapping[str, Any], key: str) -> str:
        """A text that must not be empty."""
        value = raw.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(where, f"{key} is {value!r}; write a text")
        return value

    def number(self, where: str, raw: Mapping[str, Any], key: str, limits: tuple[float, float]) -> float:
        """A number within limits, both included."""
        value = raw.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not limits[0] <= value <= limits[1]:
            self.fail(where, f"{key} is {value!r}; write a number from {limits[0]:g} to {limits[1]:g}")
        return float(value)

    def sums_to_one(self, where: str, weights: Sequence[float]) -> None:
        """Weights must share out the whole."""
        if abs(math.fsum(weights) - 1.0) > _SUM_TOLERANCE:
            self.fail(where, f"weights sum to {math.fsum(weights):.3f}; make them sum to 1")
