"""Who is the agent: as it was given, or from what each person says; withheld where that does not tell.

A person is a channel of a two-channel recording, or a voice of one with a single channel. Every way to call some of
them agents and the others customers is weighed by the points for what they say (``evidence``) and by who speaks first.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.language.segment import Segmenter
from pipeline.language.text import TurnText, read_turns
from pipeline.schema import Role, Roles, Turn
from pipeline.speakers.evidence import PhraseFinder, is_announcement, points, sides

_FIRST_POINTS = 0.7
"""Points for speaking first: a hotline's agent answers, but a recording may begin in mid-call."""

_SHARPNESS = 1.5
"""Brings the chances in line with how often they are right, on calls put together from the labelled corpus."""

_SWAPPED = 0.95
"""So likely must the other channel be before a given one is doubted."""

_ONE_VOICE = "单声道录音中只听到一个人说话，无法分辨坐席与客户，角色不作判定"
_ONE_SIDE = "两个声道中只有一个有人说话，无法分辨坐席与客户，角色不作判定"
_UNSURE = "从双方用语判断谁是坐席的把握只有 {confidence:.0%}，低于要求的 {least:.0%}，角色不作判定"
_DOUBTED = "设定坐席在{given}声道，但从用语看坐席更像在{other}声道（把握 {confidence:.0%}）：请核对左右声道是否接反"
_CHANNEL_NAMES = ("左", "右")

_VOICE_S = 2.0
"""Who is heard for less may be a part of somebody else's voice."""

VoicePoints: TypeAlias = Mapping[int, float]
_NO_VOICES: VoicePoints = {}


@dataclass(frozen=True, slots=True)
class Means:
    """What roles are found with.

    Parameters
    ----------
    min_confidence
        With less, roles are withheld and the reason is told.
    agent_voice
        The agent's voice where it is known from earlier calls, see ``known``.
    """

    finder: PhraseFinder
    segmenter: Segmenter
    min_confidence: float
    agent_voice: npt.NDArray[np.float32] | None = None


def given(turns: Sequence[Turn]) -> tuple[tuple[Turn, ...], Roles]:
    """Roles as a transcript file gave them; withheld when it names no agent."""
    if any(turn.role is Role.AGENT for turn in turns):
        return tuple(turns), Roles("given", 1.0, False)
    return tuple(turns), Roles("given", 0.0, True, "转写文件未注明坐席的发言，角色不作判定")


def by_channel(
    turns: Sequence[Turn], means: Means, *, agent_channel: int | None = None, voices: VoicePoints = _NO_VOICES
) -> tuple[tuple[Turn, ...], Roles]:
    """Roles of turns whose ``channel`` is the recording's.

    Parameters
    ----------
    agent_channel
        Where it is known; None to find out from what is said. It is believed, but doubted aloud.
    voices
        Per channel, points for a voice like the agent's.
    """
    if agent_channel is not None:
        roles = {channel: Role.AGENT if channel == agent_channel else Role.CUSTOMER for channel in (0, 1)}
        return _named(turns, roles), Roles("given", 1.0, False, _doubt(turns, means, agent_channel, voices))
    if len({turn.channel for turn in turns}) < 2:
        return _withheld(turns, Roles("channel", 0.0, True, _ONE_SIDE))
    return _found(turns, means, "channel", voices)


def by_voice(
    turns: Sequence[Turn], means: Means, *, voices: VoicePoints = _NO_VOICES
) -> tuple[tuple[Turn, ...], Roles]:
    """Roles of turns whose ``channel`` counts the voices of a recording with a single channel."""
    if sum(spoken_s >= _VOICE_S for spoken_s in _seconds(turns).values()) < 2:
        return _withheld(turns, Roles("voice", 0.0, True, _ONE_VOICE))
    return _found(turns, means, "voice", voices)


def agent_chances(
    texts: Sequence[TurnText],
    finder: PhraseFinder,
    *,
    first_points: float = _FIRST_POINTS,
    voices: VoicePoints = _NO_VOICES,
) -> dict[int, float]:
    """How likely each person is an agent, from what is said and whose voice is known; announcements are left out.

    At least one is an agent and at least one a customer. More than one agent is a call that was put through.

    Parameters
    ----------
    first_points
        For speaking first; none where that says nothing, as in a chat.
    voices
        Per person, points for a voice like the agent's.
    """
    said = {number: side for number, side in sides(texts, finder).items() if not is_announcement(side)}
    if len(said) < 2:
        return {}
    score = {number: points(side) + voices.get(number, 0.0) for number, side in said.items()}
    score[next(text.turn.channel for text in texts if text.turn.channel in said)] += first_points
    ways = [set(way) for way in chain.from_iterable(combinations(score, size) for size in range(1, len(score)))]
    weights = [sum(value if number in way else -value for number, value in score.items()) for way in ways]
    odds = [math.exp(_SHARPNESS / 2 * (weight - max(weights))) for weight in weights]
    return {number: sum(o for way, o in zip(ways, odds, strict=True) if number in way) / sum(odds) for number in score}


def _found(turns: Sequence[Turn], means: Means, method: str, voices: VoicePoints) -> tuple[tuple[Turn, ...], Roles]:
    """Roles of those who are sure; withheld when that leaves no agent or no customer."""
    chances = agent_chances(read_turns(turns, means.segmenter), means.finder, voices=voices)
    roles = {
        number: Role.AGENT if chance >= 0.5 else Role.CUSTOMER
        for number, chance in chances.items()
        if max(chance, 1 - chance) >= means.min_confidence
    }
    if {Role.AGENT, Role.CUSTOMER} <= set(roles.values()):
        return _named(turns, roles), Roles(method, round(_confidence(turns, chances, roles), 3), False)
    if not chances:
        return _withheld(turns, Roles(method, 0.0, True, _ONE_VOICE))
    confidence = min(max(chance, 1 - chance) for chance in chances.values())
    reason = _UNSURE.format(confidence=confidence, least=means.min_confidence)
    return _withheld(turns, Roles(method, round(confidence, 3), True, reason))


def _seconds(turns: Sequence[Turn]) -> dict[int, float]:
    """How long each person speaks."""
    return {
        number: sum(t.span.duration_s for t in turns if t.channel == number) for number in {t.channel for t in turns}
    }


def _confidence(turns: Sequence[Turn], chances: Mapping[int, float], roles: Mapping[int, Role]) -> float:
    """Share of the named speech that is expected to have the right role."""
    seconds = {number: spoken_s for number, spoken_s in _seconds(turns).items() if number in roles}
    right = sum(max(chances[number], 1 - chances[number]) * lasting for number, lasting in seconds.items())
    return right / max(sum(seconds.values()), 1e-9)


def _doubt(turns: Sequence[Turn], means: Means, agent_channel: int, voices: VoicePoints) -> str | None:
    """Why a given channel may be the wrong one."""
    chances = agent_chances(read_turns(turns, means.segmenter), means.finder, voices=voices)
    chance = chances.get(1 - agent_channel, 0.0)
    if chance < _SWAPPED:
        return None
    return _DOUBTED.format(
        given=_CHANNEL_NAMES[agent_channel], other=_CHANNEL_NAMES[1 - agent_channel], confidence=chance
    )


def _named(turns: Sequence[Turn], roles: Mapping[int, Role]) -> tuple[Turn, ...]:
    return tuple(replace(turn, role=roles.get(turn.channel, Role.UNKNOWN)) for turn in turns)


def _withheld(turns: Sequence[Turn], roles: Roles) -> tuple[tuple[Turn, ...], Roles]:
    return _named(turns, {}), roles
