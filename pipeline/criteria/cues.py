"""What words show: the customer's trouble, hostility, discontent or content and more; the agent's orders, reasons and offers.

The wording is data, ``lexicons/cues.yaml``; reactions are known by a model of their meaning, ``criteria/reactions.py``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeAlias

import yaml

from pipeline.errors import LexiconError
from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.schema import Role, Transcript, Turn

_PLAIN = re.compile(r"[\u4e00-\u9fff]{3,}")
"""Wording that is compared by its sound too: shorter sounds like too much else."""


class Cue(StrEnum):
    """What a turn shows, the customer's first and then the agent's; the value is its name in the lists."""

    HOSTILITY = "hostility"
    DISCONTENT = "discontent"
    TOLD = "told"
    LOST = "lost"
    ACCEPTED = "accepted"
    CONTENT = "content"
    TROUBLE = "trouble"
    CANCEL = "cancel"
    LEAVING = "leaving"
    REASON_TOLD = "reason_told"
    BEREAVED = "bereaved"
    ESCALATED = "escalated"
    FURTHER_MATTER = "further_matter"
    POINTED_OUT = "pointed_out"
    QUOTED = "quoted"
    DECLINED = "declined"
    DROPPED = "dropped"
    OFFENDED = "offended"
    NAME_TOLD = "name_told"
    FRONT_LINE = "front_line"
    NEED = "need"
    HARASSED = "harassed"
    IMPERATIVE = "imperative"
    DECIDED = "decided"
    PERFUNCTORY = "perfunctory"
    GUIDED = "guided"
    CORRECTED = "corrected"
    THANKED_CORRECTION = "thanked_correction"
    DENIED = "denied"
    REDIRECTED = "redirected"
    OFFERED = "offered"
    PROPOSED = "proposed"
    ASKED_REASON = "asked_reason"
    EXPLAINED_CANCEL = "explained_cancel"
    RETAINED = "retained"
    RECORDED_CANCEL = "recorded_cancel"
    TRANSFER = "transfer"
    TRANSFER_REASON = "transfer_reason"
    THANKED = "thanked"
    ADDRESSED = "addressed"
    JARGON = "jargon"


REACTIONS = (Cue.HOSTILITY, Cue.DISCONTENT, Cue.TOLD, Cue.LOST, Cue.ACCEPTED, Cue.CONTENT)
"""How the customer takes what he is told: known by the meaning of his words, the others by their wording."""
OBJECTIONS = (Cue.DISCONTENT, Cue.HOSTILITY)
"""Of these, what is said against how one is treated."""


class Sign(Protocol):
    """What shows a cue."""

    def shown(self, text: str) -> bool:
        """Whether words show it."""

    def degree(self, text: str) -> float:
        """How clearly words show it, from 0 to 1."""


Signs: TypeAlias = Mapping[Cue, Sign]


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
        return any(map(heard.__contains__, self.sounds))

    def degree(self, text: str) -> float:
        """1 where words show it, else 0."""
        return float(self.shown(text))


def load_cues(path: Path) -> Mapping[Cue, Wording]:
    """Read the wording of every cue that is no reaction.

    Raises
    ------
    LexiconError
        The file cannot be read, a cue is missing or a pattern is broken; the file and the fault are named.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return {
            cue: _wording([str(each) for each in raw[cue.value]["patterns"]]) for cue in Cue if cue not in REACTIONS
        }
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, re.error) as error:
        raise LexiconError(
            f"{path}: {' '.join(str(error).split())}; write a cue with its patterns as in the shipped file"
        ) from error


def _wording(patterns: Sequence[str]) -> Wording:
    plain = (each for each in patterns if _PLAIN.fullmatch(each))
    return Wording(re.compile("|".join(patterns)), tuple(sound_codes(each) for each in plain))


def turns_with(transcript: Transcript, cue: Cue, cues: Signs, *, by: Role = Role.CUSTOMER) -> tuple[Turn, ...]:
    """One side's turns that show this; a turn that also shows content is none of discontent."""
    shown = [turn for turn in transcript.turns if turn.role is by and cues[cue].shown(turn.text)]
    if cue is Cue.DISCONTENT:
        shown = [turn for turn in shown if not cues[Cue.CONTENT].shown(turn.text)]
    return tuple(shown)


def objects(text: str, cues: Signs) -> bool:
    """Whether the customer's words object; who also praises does not."""
    return any(cues[cue].shown(text) for cue in OBJECTIONS) and not cues[Cue.CONTENT].shown(text)


def objection(text: str, cues: Signs, *, shown_by: Iterable[Cue] = OBJECTIONS) -> float:
    """How clearly the customer's words object, from 0 to 1; as far as he also praises they do not."""
    return max(cues[cue].degree(text) for cue in shown_by) * (1 - cues[Cue.CONTENT].degree(text))
