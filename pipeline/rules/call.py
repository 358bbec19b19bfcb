"""A call as rules see it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.language.normalise import fold_characters
from pipeline.language.text import TurnText
from pipeline.lexicon.evidence import time_of
from pipeline.privacy.masking import PrivateSpan, find_private
from pipeline.rules.keywords import Keyword
from pipeline.rules.outcome import Hit
from pipeline.schema import Acoustics, Finding, Recording, Role, Span, Transcript, Turn
from pipeline.settings import Settings

_PUNCTUATION = str.maketrans(",?!;:", "，？！；：")


@dataclass(frozen=True)
class RuleCall:
    """One call with its phrase evidence; turns are named by their position in it, from 0.

    Parameters
    ----------
    keywords
        Where each keyword of the rules was said that was.
    """

    recording: Recording
    transcript: Transcript
    texts: tuple[TurnText, ...]
    findings: tuple[Finding, ...]
    settings: Settings
    acoustics: Acoustics = field(default_factory=Acoustics)
    keywords: Mapping[Keyword, tuple[Hit, ...]] = field(default_factory=dict)

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The turns in order."""
        return self.transcript.turns

    @property
    def withheld(self) -> bool:
        """Whether it is not known who the agent is."""
        return self.transcript.roles.withheld

    @cached_property
    def timed(self) -> bool:
        """Whether turns have times: where none lasts, only their order is known."""
        return any(turn.span.duration_s > 0 for turn in self.turns)

    @cached_property
    def channels(self) -> int:
        """How many channels hold speech."""
        return len({turn.channel for turn in self.turns})

    @cached_property
    def position(self) -> Mapping[int, int]:
        """Index of a turn to its position."""
        return {turn.index: i for i, turn in enumerate(self.turns)}

    @cached_property
    def folded(self) -> tuple[str, ...]:
        """The text of each turn in simplified, lower-case characters with Chinese punctuation."""
        return tuple(fold_characters(turn.text).translate(_PUNCTUATION) for turn in self.turns)

    @cached_property
    def private(self) -> tuple[PrivateSpan, ...]:
        """Numbers, names and addresses that belong to a person."""
        return find_private(self.turns)

    @cached_property
    def sounding(self) -> bool:
        """Whether the loudness of any turn is known."""
        return any(voice.level_db is not None for voice in self.acoustics.voices)

    @cached_property
    def _positions(self) -> Mapping[Role | None, tuple[int, ...]]:
        return {
            role: tuple(i for i, turn in enumerate(self.turns) if role is None or turn.role is role)
            for role in (None, *Role)
        }

    def of_role(self, role: Role | None) -> tuple[int, ...]:
        """Positions of the turns of a role; of all turns where it is None."""
        return self._positions[role]

    def whole(self, position: int, *, note: str = "") -> Hit:
        """A hit that is a whole turn."""
        return Hit(position, 0, len(self.turns[position].text), note=note)

    def span(self, hit: Hit) -> Span:
        """When a hit was said."""
        return time_of(self.texts[hit.turn], hit.start, hit.end)
