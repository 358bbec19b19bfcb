"""What calls are about, told in statements: the corpus of the scenario model.

``fault<TAB>网断了 / agent:请看一下指示灯 / 红灯`` is one statement of three turns; ``none`` marks what is said in every call.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipeline.lexicon.hands import Line, for_training, read_hands
from pipeline.schema import Role

NONE = "none"
"""Marks what is said in every call, whatever it is about."""
_AGENT = "agent:"


@dataclass(frozen=True, slots=True)
class Statement:
    """One line of the corpus: what the call is about, who said what, and who wrote it."""

    scenario: str
    turns: tuple[tuple[Role, str], ...]
    hand: str

    @property
    def by_agent(self) -> bool:
        """Whether the agent alone speaks."""
        return all(role is Role.AGENT for role, _ in self.turns)


def read_statements(folder: Path) -> tuple[Statement, ...]:
    """Read all hands of a folder: one ``.txt`` file a hand.

    Raises
    ------
    LexiconError
        There is no file, or a line is not ``scenario<TAB>text``; file and line are named.
    """
    return tuple(map(_statement, read_hands(folder)))


def version_of(statements: Iterable[Statement]) -> str:
    """Short hash of the statements that are trained on: the model that was fitted on them carries it."""
    lines = (f"{each.scenario} {each.turns}" for each in for_training(statements))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _statement(line: Line) -> Statement:
    parts = (part.strip() for part in line.text.split(" / "))
    return Statement(line.label, tuple(map(_turn, parts)), line.hand)


def _turn(part: str) -> tuple[Role, str]:
    return (Role.AGENT, part.removeprefix(_AGENT)) if part.startswith(_AGENT) else (Role.CUSTOMER, part)
