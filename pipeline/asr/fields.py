"""Values of a JSON file that know where they stand, so that an error can name the place."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.errors import TranscriptError
from pipeline.schema import Span

_DAY_S = 24 * 3600.0
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Field:
    """One value and its place in the file, such as ``turns[3].text``.

    Every method that reads it raises ``TranscriptError`` when the value is of another kind.
    """

    path: Path
    name: str
    value: Any

    def wrong(self, remedy: str) -> TranscriptError:
        """The error that names file, place, value and remedy."""
        shown = repr(self.value)[:_SHOWN_CHARS]
        return TranscriptError(f"{self.path}: {self.name} is {shown}; {remedy}")

    def get(self, key: str) -> Any:  # noqa: ANN401 - whatever the file holds
        """A member's plain value, None where there is none."""
        if not isinstance(self.value, dict):
            raise self.wrong("write an object")
        return self.value.get(key)

    def __getitem__(self, key: str) -> "Field":
        place = f"{self.name}.{key}" if self.name else key
        if self.get(key) is None and key not in self.value:
            raise TranscriptError(f"{self.path}: {place} is missing; add it")
        return Field(self.path, place, self.value[key])

    def items(self) -> Sequence["Field"]:
        """The fields of a list."""
        if not isinstance(self.value, list):
            raise self.wrong("write a list")
        return [Field(self.path, f"{self.name}[{index}]", item) for index, item in enumerate(self.value)]

    def text(self) -> str:
        """The value as text."""
        if not isinstance(self.value, str):
            raise self.wrong("write a text in double quotes")
        return self.value

    def number(self, most: float, kind: str) -> float:
        """The value as a number from 0 to ``most``."""
        plain = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        if not plain or not math.isfinite(min(self.value, most)) or not 0 <= self.value <= most:
            raise self.wrong(f"write {kind}")
        return float(self.value)

    def span(self, start: str, end: str) -> Span:
        """The stretch between two members in seconds."""
        start_s, end_s = (self[key].number(_DAY_S, "seconds from the start of the call") for key in (start, end))
        if end_s < start_s:
            raise self[end].wrong(f"it ends before {start}, {self[start].value}")
        return Span(start_s, end_s)
