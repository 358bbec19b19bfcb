"""Cues of .srt and .vtt files, with who speaks where the text says so.

Subtitle libraries pass over what they cannot read; a call with a part missing would be judged wrongly, so here it is an
error with its line.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import TranscriptError
from pipeline.schema import Role, Span

_ROLES = {
    Role.AGENT: r"客服(?:代表|人员|专员)?|坐席|座席|话务员|接线员|agent",
    Role.CUSTOMER: r"客户|用户|顾客|customer",
    Role.UNKNOWN: r"未知|unknown",
}

_WORDS = "|".join(f"(?P<{role.name}>{words})" for role, words in _ROLES.items())

_PREFIX = re.compile(
    rf"\s*[-–—]?\s*(?P<open>[\[【(（])?(?:{_WORDS})\s*[0-9]*\s*(?(open)[\]】)）]\s*[:：]?|[:：])\s*", re.I
)
"""客服：, 【客户】, Agent 2: and the like at the start of a line."""

_VOICE_NAME = re.compile(rf"\s*(?:{_WORDS})(?![a-z])", re.I)
_VOICE = re.compile(r"<v(?:\.[^\s<>]*)?[ \t]+([^<>\n]*)>")
_TAG = re.compile(r"</?(?:v|c|i|b|u|ruby|rt|lang|font)(?:[.\s][^<>\n]*)?>|<[0-9:.]+>|\{\\[^{}\n]*\}", re.I)
_ARROW = "-->"
_CLOCK = r"(-?)(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})[.,]([0-9]{1,3})"
_TIMES = re.compile(rf"\s*{_CLOCK}\s*-->\s*{_CLOCK}(?:\s.*)?")
_NOT_SAID = re.compile(r"WEBVTT|(?:NOTE|STYLE|REGION)(?:\s|$)")


@dataclass(frozen=True, slots=True)
class Line:
    """What one person says in a cue."""

    span: Span
    role: Role
    text: str


def read_subtitles(text: str, path: Path) -> tuple[Line, ...]:
    """What is said in a .srt or .vtt file, in the order of the file.

    Raises
    ------
    TranscriptError
        A cue has no times, or times that are not valid; ``path`` and the line are named.
    """
    return tuple(line for number, block in _blocks(text) for line in _cue(number, block, path))


def _blocks(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines between empty lines, with the number of the first."""
    block: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate([*lines, ""], start=1):
        if line.strip():
            block.append(line)
        elif block:
            yield number - len(block), block
            block = []


def _cue(number: int, block: Sequence[str], path: Path) -> Iterator[Line]:
    timed = [index for index, line in enumerate(block) if _ARROW in line]
    if _NOT_SAID.match(block[0]) and not timed:
        return
    if not timed or timed[0] > 1:
        raise TranscriptError(
            f"{path}:{number}: text without times; write a line like 00:01.000 --> 00:02.500 above it"
        )
    if len(timed) > 1:
        raise TranscriptError(f"{path}:{number + timed[1]}: times inside a cue; leave an empty line before each cue")
    span = _span(block[timed[0]], f"{path}:{number + timed[0]}")
    yield from _shared(span, _speakers(block[timed[0] + 1 :]))


def _span(line: str, place: str) -> Span:
    match = _TIMES.fullmatch(line)
    if match is None:
        raise TranscriptError(f"{place}: times cannot be read; write them like 00:00:01.000 --> 00:00:02.500")
    start_s, end_s = _seconds(match.groups()[:5], place), _seconds(match.groups()[5:], place)
    if end_s < start_s:
        raise TranscriptError(f"{place}: ends at {end_s:g} s before it starts at {start_s:g} s; correct the times")
    return Span(start_s, end_s)


def _seconds(clock: Sequence[str | None], place: str) -> float:
    sign, hours, minutes, seconds, fraction = (part or "0" for part in clock)
    if sign == "-":
        raise TranscriptError(f"{place}: a time is negative; count from the start of the recording")
    if int(minutes) > 59 or int(seconds) > 59:
        raise TranscriptError(f"{place}: minutes and seconds go up to 59; correct the times")
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(fraction.ljust(3, "0")) / 1000


def _speakers(lines: Sequence[str]) -> list[tuple[Role, str]]:
    """What each speaker says; lines that name nobody go on with the speaker before."""
    said: list[tuple[Role, str]] = []
    for part in _VOICE.sub("\n\\g<0>", "\n".join(lines)).split("\n"):
        voice, prefix = _VOICE.match(part), None
        plain = html.unescape(_TAG.sub("", part))
        role = _role(_VOICE_NAME.match(voice[1])) if voice else None
        if role is None and (prefix := _PREFIX.match(plain)):
            role, plain = _role(prefix), plain[prefix.end() :]
        if said and role is None and not voice:
            said[-1] = (said[-1][0], f"{said[-1][1]}\n{plain}")
        else:
            said.append((role or Role.UNKNOWN, plain))
    return [(role, text) for role, text in said if text.strip()]


def _role(match: re.Match[str] | None) -> Role | None:
    return next((role for role in _ROLES if match and match[role.name]), None)


def _shared(span: Span, said: Sequence[tuple[Role, str]]) -> Iterator[Line]:
    """One cue's time divided among its speakers by what each says: they speak in turn, not at once."""
    total = sum(len(text) for _, text in said)
    start_s = span.start_s
    for index, (role, text) in enumerate(said, start=1):
        end_s = span.end_s if index == len(said) else start_s + span.duration_s * len(text) / total
        yield Line(Span(start_s, end_s), role, text)
        start_s = end_s
