"""Who is the agent: as it was given, or from what is said on each channel; withheld where that does not tell.

What is said is weighed by a small logistic formula. Each channel gets points for words of agents and loses points for
words of customers; the chance that channel 0 is the agent is the logistic function of the difference. Cues are
compared by their toneless syllables, so that 公好 still is 工号.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from pipeline.language.segment import Segmenter
from pipeline.language.syllables import sound_codes
from pipeline.language.text import TurnText, read_turns
from pipeline.schema import Finding, Role, Roles, Status, Turn

LABEL_POINTS: Mapping[str, float] = {
    label: points
    for points, labels in {
        1.5: "self_intro offer_help",
        1.2: "further_help survey",
        1.0: "closing_thanks identity_check wait_thanks",
        0.8: "address",
        0.5: "greeting apology wait_notice solicit ownership time_commit empathy",
        0.4: "confirm proactive retention shirk",
        0.3: "push_hangup",
        0.2: "goodbye",
    }.items()
    for label in labels.split()
}
"""Points for a certain finding, once a label: only agents introduce themselves and offer help, both sides greet."""
AGENT_CUES = (
    "给您",
    "帮您",
    "为您",
    "请您",
    "请问",
    "工号",
    "显示",
    "核实",
    "登记",
    "工单",
    "系统",
    "先生",
    "女士",
    "生效",
    "我们这边",
)
CUSTOMER_CUES = ("你们", "我家", "我的", "给我", "我要", "我想", "我打", "让我", "我自己", "说我", "行不行")
"""Words said at least three times as often by the one side as by the other in the labelled corpus."""
_CUE_POINTS, _MOST_CUES = 0.45, 6
"""Points a cue, and how many of a kind count: words of one call hang together, so little of their log odds is kept."""
_POLITE_POINTS = 1.6
"""Points for the share of 您 over 你, the agents' word; rude agents and polite customers turn it round."""
_FIRST_POINTS = 0.7
"""Points for speaking first: a hotline's agent answers, but a recording may begin in mid-call."""
_SHARPNESS = 1.5
"""Brings the chances in line with how often they are right, on calls put together from the labelled corpus."""
_MONO = "单声道录音，无法从声道分辨坐席与客户，角色不作判定"
_ONE_SIDE = "两个声道中只有一个有人说话，无法分辨坐席与客户，角色不作判定"
_UNSURE = "从双方用语判断坐席声道的把握只有 {confidence:.0%}，低于要求的 {least:.0%}，角色不作判定"


class PhraseFinder(Protocol):
    """Finds labelled phrases in turns whose roles are not known yet."""

    def find(self, texts: Sequence[TurnText], *, any_role: bool = False) -> tuple[Finding, ...]:
        """Findings in all turns when ``any_role``."""


@dataclass(frozen=True, slots=True)
class _Side:
    """What one channel said: its sounds, and the labels surely found on it."""

    sounds: str
    text: str
    labels: frozenset[str]


def given(turns: Sequence[Turn]) -> tuple[tuple[Turn, ...], Roles]:
    """Roles as a transcript file gave them; withheld when it names no agent."""
    if any(turn.role is Role.AGENT for turn in turns):
        return tuple(turns), Roles("given", 1.0, False)
    return tuple(turns), Roles("given", 0.0, True, "转写文件未注明坐席的发言，角色不作判定")


def assign(
    turns: Sequence[Turn],
    *,
    channels: int,
    agent_channel: int | None,
    finder: PhraseFinder,
    segmenter: Segmenter,
    min_confidence: float,
) -> tuple[tuple[Turn, ...], Roles]:
    """Give every turn its role.

    Parameters
    ----------
    channels
        Channels of the recording.
    agent_channel
        Where it is known; None to find out from what is said.
    min_confidence
        With less, all turns keep the role unknown and the reason is told.
    """
    speaking = {turn.channel for turn in turns}
    if channels < 2:
        return _withheld(turns, 0.0, _MONO)
    if agent_channel is not None:
        return _by_channel(turns, agent_channel), Roles("given", 1.0, False)
    if len(speaking) < 2:
        return _withheld(turns, 0.0, _ONE_SIDE)
    probability = agent_probability(read_turns(turns, segmenter), finder)
    confidence = max(probability, 1.0 - probability)
    if confidence < min_confidence:
        return _withheld(turns, confidence, _UNSURE.format(confidence=confidence, least=min_confidence))
    return _by_channel(turns, 0 if probability >= 0.5 else 1), Roles("channel", round(confidence, 3), False)


def agent_probability(texts: Sequence[TurnText], finder: PhraseFinder) -> float:
    """How likely it is that channel 0 of two is the agent's, from what is said."""
    findings = finder.find(texts, any_role=True)
    sides = [_side(texts, findings, channel) for channel in (0, 1)]
    logit = _points(sides[0]) - _points(sides[1])
    first = min(texts, key=lambda text: text.turn.span.start_s).turn.channel
    logit += _FIRST_POINTS if first == 0 else -_FIRST_POINTS
    return 1.0 / (1.0 + math.exp(-_SHARPNESS * logit))


def _side(texts: Sequence[TurnText], findings: Sequence[Finding], channel: int) -> _Side:
    own = [text for text in texts if text.turn.channel == channel]
    numbers = {text.turn.index for text in own}
    labels = {
        finding.label for finding in findings if finding.evidence.turn in numbers and finding.status is Status.CERTAIN
    }
    return _Side("\n".join(text.sounds for text in own), "".join(text.text for text in own), frozenset(labels))


def _points(side: _Side) -> float:
    """Points for being the agent's side."""
    labels = sum(LABEL_POINTS.get(label, 0.0) for label in side.labels)
    cues = _count(side.sounds, AGENT_CUES) - _count(side.sounds, CUSTOMER_CUES)
    said = Counter(side.text)
    polite = (said["您"] - said["你"]) / (said["您"] + said["你"] + 2)
    return labels + _CUE_POINTS * cues + _POLITE_POINTS * polite


def _count(sounds: str, cues: Sequence[str]) -> int:
    return min(_MOST_CUES, sum(sounds.count(sound_codes(cue)) for cue in cues))


def _by_channel(turns: Sequence[Turn], agent_channel: int) -> tuple[Turn, ...]:
    return tuple(replace(turn, role=Role.AGENT if turn.channel == agent_channel else Role.CUSTOMER) for turn in turns)


def _withheld(turns: Sequence[Turn], confidence: float, reason: str) -> tuple[tuple[Turn, ...], Roles]:
    unknown = tuple(replace(turn, role=Role.UNKNOWN) for turn in turns)
    return unknown, Roles("channel", round(confidence, 3), True, reason)
