"""What calls are about, told in statements: the corpus of the scenario model.

``fault<TAB>网断了 / agent:请看一下指示灯 / 红灯`` is one statement of three turns; ``none`` marks what is said in every call.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import LexiconError
from pipeline.schema import Role

NONE = "none"
"""Marks what is said in every call, whatever it is about."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the corpus: who said what."""

    scenario: str
    turns: tuple[tuple[Role, str], ...]

    @property
    def by_agent(self) -> bool:
        """Whether the agent alone speaks."""
        return all(role is Role.AGENT for role, _ in self.turns)


def read_statements(path: Path) -> tuple[Statement, ...]:
    """Read the corpus.

    Raises
    ------
    LexiconError
        The file cannot be read, or a line is not ``scenario<TAB>text``; file and line are named.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise LexiconError(
            f"{path}: cannot be read ({error.strerror}); restore it from the program's lexicons"
        ) from error
    return tuple(
        _statement(path, number, line)
        for number, line in enumerate(lines, start=1)
        if line.strip() and not line.startswith("#")
    )


def _statement(path: Path, number: int, line: str) -> Statement:
    scenario, tab, text = line.partition("\t")
    if not tab or not text.strip():
        raise LexiconError(f"{path}:{number}: write the scenario, a tab, and what was said")
    parts = [part.strip() for part in text.split(" / ")]
    turns = (
        (Role.AGENT, part.removeprefix("agent:")) if part.startswith("agent:") else (Role.CUSTOMER, part)
        for part in parts
    )
    return Statement(scenario.strip(), tuple(turns))


def version_of(statements: Sequence[Statement]) -> str:
    """Short hash of the corpus: the model that was fitted on it carries it."""
    return hashlib.sha256("\n".join(map(repr, statements)).encode()).hexdigest()[:12]
