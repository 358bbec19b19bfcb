"""What words show: the customer's trouble, hostility, discontent or content and more; the agent's orders, reasons and offers.

The wording is data: ``lexicons/cues.yaml``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

import yaml

from pipeline.criteria.context import CallContext
from pipeline.criteria.registry import Signal
from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.schema import Role, Transcript, Turn
from pipeline.settings import Settings

_PLAIN = re.compile(r"[\u4e00-\u9fff]{3,}")
"""Wording that is compared by its sound too: shorter sounds like too much else."""


class Cue(Enum):
    """What a turn shows, the customer's first and then the agent's; the value is its name in the file."""

    TROUBLE = "trouble"
    HOSTILITY = "hostility"
    DISCONTENT = "discontent"
    CANCEL = "cancel"
    LOST = "lost"
    CONTENT = "content"
    DECLINED = "declined"
    DROPPED = "dropped"
    IMPERATIVE = "imperative"
    DECIDED = "decided"
    PERFUNCTORY = "perfunctory"
    GUIDED = "guided"
    CORRECTED = "corrected"
    OFFERED = "offered"
    ASKED_REASON = "asked_reason"
    EXPLAINED_CANCEL = "explained_cancel"
    RETAINED = "retained"
    TRANSFER = "transfer"
    TRANSFER_REASON = "transfer_reason"


@dataclass(frozen=True, slots=True)
class Wording:
    """What shows a cue: a pattern of characters, and the sounds of plain wording."""

    pattern: re.Pattern[str]
    sounds: tuple[str, ...]

    def shown(self, text: str) -> bool:
        """Whether words show it."""
        if self.pattern.search(text):
            return True
        heard = sound_codes(normalise(text).text)
        return any(sound in heard for sound in self.sounds)


def load_cues(path: Path) -> Mapping[Cue, Wording]:
    """Read the wording of every cue.

    Raises
    ------
    LexiconError
        The file cannot be read, a cue is missing or a pattern is broken; the file and the fault are named.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {cue: _wording([str(each) for each in raw[cue.value]["patterns"]]) for cue in Cue}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, re.error) as error:
        raise LexiconError(
            f"{path}: {' '.join(str(error).split())}; write a cue with its patterns as in the shipped file"
        ) from error


def _wording(patterns: Sequence[str]) -> Wording:
    plain = (each for each in patterns if _PLAIN.fullmatch(each))
    return Wording(re.compile("|".join(patterns)), tuple(sound_codes(each) for each in plain))


@cache
def _shipped(path: Path) -> Mapping[Cue, Wording]:
    return load_cues(path)


def shown_turns(context: CallContext, cue: Cue, *, by: Role = Role.CUSTOMER) -> tuple[Turn, ...]:
    """One side's turns that show this, by the wording that the call's lists have."""
    return turns_with(context.transcript, cue, by=by, lexicons=context.settings.lexicons_dir)


def turns_with(
    transcript: Transcript, cue: Cue, *, by: Role = Role.CUSTOMER, lexicons: Path | None = None
) -> tuple[Turn, ...]:
    """One side's turns that show this; a turn that also shows content is none of discontent.

    Parameters
    ----------
    lexicons
        Folder of the wording; without, that of the settings.
    """
    cues = _shipped((lexicons or Settings().lexicons_dir) / "cues.yaml")
    praised = cue is Cue.DISCONTENT
    return tuple(
        turn
        for turn in transcript.turns
        if turn.role is by and cues[cue].shown(turn.text) and not (praised and cues[Cue.CONTENT].shown(turn.text))
    )


def agent_turns_after(transcript: Transcript, turn: Turn, number: int) -> tuple[Turn, ...]:
    """The agent's next turns after a customer's turn."""
    return tuple(
        each for each in transcript.turns if each.role is Role.AGENT and each.span.start_s > turn.span.start_s
    )[:number]


def sentence_numbers(turns: Iterable[Turn]) -> str:
    """Places of turns as the pages count them, from 1: 第3、5句."""
    return f"第{'、'.join(str(turn.index + 1) for turn in turns)}句"


def each_turn(turns: Sequence[Turn], name: str, note: str) -> tuple[Signal, ...]:
    """One signal whose amount is the number of turns, their places in the note."""
    return (Signal(name, float(len(turns)), note=f"{note}（{sentence_numbers(turns)}）"),) if turns else ()
