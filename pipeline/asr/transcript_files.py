"""Transcripts that were already made: openai-whisper's .json, .srt, .vtt, and our own .json."""

import json
import reprlib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.asr.subtitles import read_subtitles
from pipeline.errors import TranscriptError
from pipeline.schema import Role, Span, Turn, Word

MAX_BYTES = 20_000_000
"""An hour of talk with word times is a tenth of this."""

MAX_CHARS = 300_000
"""Four hours of fast talk on both sides are half of this; more takes minutes to read for phrases."""
MAX_TURN_CHARS = 10_000
"""Half an hour without a pause."""
MAX_TURNS = 10_000
"""Four hours with a change of speaker every second and a half."""
MAX_AGENT_CHARS = 200
"""What a store keeps of an agent's id."""

_MAX_S = 24 * 3600.0
"""No call lasts a day; times in milliseconds soon do."""

_LAYOUTS = (
    'write {"turns": [{"role", "start_s", "end_s", "text"}]}, or openai-whisper\'s {"segments": […]}, .srt or .vtt'
)


@dataclass(frozen=True, slots=True)
class GivenTranscript:
    """A call as a transcript file tells it.

    Parameters
    ----------
    turns
        Ordered by start; their times may overlap. At least one.
    """

    agent_id: str | None
    started_at: datetime | None
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class _Record:
    """A JSON object and how to name it in an error."""

    values: Mapping[str, Any]
    path: Path
    place: str = ""

    def fail(self, key: str, remedy: str) -> TranscriptError:
        """What is wrong with one of its values."""
        shown = reprlib.repr(self.values[key]) if key in self.values else "missing"
        return TranscriptError(f"{self.path}: {self._name(key)} is {shown}; {remedy}")

    def text(self, key: str) -> str:
        """A text without control characters."""
        value = self.values.get(key)
        if not isinstance(value, str):
            raise self.fail(key, "write a text in double quotes")
        return _clean(value)

    def optional_text(self, key: str) -> str | None:
        """A text, or None where it is missing, null or blank."""
        return None if self.values.get(key) is None else self.text(key).strip() or None

    def number(self, key: str, highest: float, remedy: str) -> float:
        """A number from 0 to ``highest``."""
        value = self.values.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= highest:
            raise self.fail(key, remedy)
        return float(value)

    def span(self, start: str, end: str) -> Span:
        """A stretch of time."""
        remedy = "write seconds from the start of the recording, 0 to 86400"
        span = Span(self.number(start, _MAX_S, remedy), self.number(end, _MAX_S, remedy))
        if span.end_s < span.start_s:
            raise self.fail(end, f"it ends before {start}, {span.start_s:g}; swap or correct the times")
        return span

    def records(self, key: str) -> "Iterator[_Record]":
        """The objects of a list."""
        items = self.values[key]
        if not isinstance(items, list):
            raise self.fail(key, "write a list, [ … ]")
        for index, item in enumerate(items):
            place = f"{self._name(key)}[{index}]"
            if not isinstance(item, dict):
                raise TranscriptError(f"{self.path}: {place} is {reprlib.repr(item)}; write an object, {{ … }}")
            yield _Record(item, self.path, place)

    def _name(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


def read_transcript(path: Path) -> GivenTranscript:
    """Read a transcript file; its content, not its ending, tells which kind it is.

    Turns without text are left out, control characters removed; a subtitle's speaker is taken from 客服：, 客户： and
    the like or from WebVTT's voice tags, else the role is unknown.

    Raises
    ------
    TranscriptError
        The file cannot be read or understood, or nothing is said in it; file, place and remedy are named.
    """
    text = _read_text(path)
    if text.lstrip()[:1] in {"{", "["}:
        given = _from_json(text, path)
    elif "-->" in text or text.startswith("WEBVTT"):
        lines = read_subtitles(text, path)
        given = GivenTranscript(None, None, tuple(_turn(line.role, line.span, _clean(line.text)) for line in lines))
    elif not text.strip():
        raise TranscriptError(f"{path}: is empty; export the transcript again")
    else:
        raise TranscriptError(f"{path}: is no transcript of a known layout; {_LAYOUTS}")
    return replace(given, turns=_ordered(given.turns, path))


def _read_text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        reason = getattr(error, "strerror", None) or error
        raise TranscriptError(f"{path}: cannot be read ({reason}); check path and permissions") from error
    if len(content) > MAX_BYTES:
        raise TranscriptError(f"{path}: is larger than {MAX_BYTES // 1_000_000} MB; give one call a file")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TranscriptError(f"{path}: is not UTF-8 at byte {error.start}; save it as UTF-8 text") from error


def _from_json(text: str, path: Path) -> GivenTranscript:
    content = _parse(text, path)
    if isinstance(content, dict) and "turns" in content:
        return _ours(_Record(content, path))
    if isinstance(content, dict) and "segments" in content:
        return GivenTranscript(None, None, tuple(map(_segment, _Record(content, path).records("segments"))))
    raise TranscriptError(f"{path}: is no transcript of a known layout; {_LAYOUTS}")


def _parse(text: str, path: Path) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = f"{path}:{error.lineno}:{error.colno}"
        raise TranscriptError(f"{place}: is not valid JSON ({error.msg}); export the transcript again") from error
    except RecursionError as error:
        raise TranscriptError(f"{path}: lists or objects are nested too deep; {_LAYOUTS}") from error
    except ValueError as error:  # a number of thousands of digits
        raise TranscriptError(f"{path}: holds a number that cannot be read; export the transcript again") from error


def _ours(call: _Record) -> GivenTranscript:
    turns = tuple(
        _turn(_role(turn), turn.span("start_s", "end_s"), turn.text("text")) for turn in call.records("turns")
    )
    agent_id = call.optional_text("agent_id")
    if agent_id is not None and len(agent_id) > MAX_AGENT_CHARS:
        raise call.fail("agent_id", f"write at most {MAX_AGENT_CHARS} characters")
    return GivenTranscript(agent_id, _started_at(call), turns)


def _role(turn: _Record) -> Role:
    try:
        return Role(turn.text("role"))
    except ValueError:
        raise turn.fail("role", f"write one of {', '.join(Role)}") from None


def _started_at(call: _Record) -> datetime | None:
    text = call.optional_text("started_at")
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        raise call.fail("started_at", "write a time like 2026-03-01T09:30:00") from None


def _segment(segment: _Record) -> Turn:
    turn = _turn(Role.UNKNOWN, segment.span("start", "end"), segment.text("text"))
    words = _trimmed(tuple(_words(segment))) if segment.values.get("words") is not None else ()
    if not words or "".join(word.text for word in words) != turn.text:
        return turn
    return replace(turn, words=words, confidence=sum(word.confidence for word in words) / len(words))


def _words(segment: _Record) -> Iterator[Word]:
    """The words of a segment up to the first without times: what follows cannot be placed."""
    for word in segment.records("words"):
        if not {"start", "end"} <= word.values.keys():
            return
        known = "probability" in word.values
        confidence = word.number("probability", 1.0, "write a number from 0 to 1, or leave it out") if known else 1.0
        yield Word(word.text("word"), word.span("start", "end"), confidence)


def _trimmed(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words without blanks before the first and after the last."""
    last = len(words) - 1
    texts = (word.text.lstrip() if index == 0 else word.text for index, word in enumerate(words))
    ends = (text.rstrip() if index == last else text for index, text in enumerate(texts))
    return tuple(replace(word, text=text) for word, text in zip(words, ends, strict=True) if text)


def _turn(role: Role, span: Span, text: str) -> Turn:
    return Turn(0, role, span, text.strip(), channel=1 if role is Role.CUSTOMER else 0)


def _ordered(turns: Iterable[Turn], path: Path) -> tuple[Turn, ...]:
    spoken = sorted((turn for turn in turns if turn.text), key=lambda turn: turn.span.start_s)
    if not spoken:
        raise TranscriptError(f"{path}: no turn has text; check that the call was recorded and recognised")
    longest = max(len(turn.text) for turn in spoken)
    if longest > MAX_TURN_CHARS:
        raise TranscriptError(f"{path}: a turn has {longest:,} characters; divide it where somebody pauses")
    if len(spoken) > MAX_TURNS or sum(len(turn.text) for turn in spoken) > MAX_CHARS:
        raise TranscriptError(
            f"{path}: has more than {MAX_TURNS:,} turns or {MAX_CHARS:,} characters; give one call a file"
        )
    return tuple(replace(turn, index=index) for index, turn in enumerate(spoken))


def _clean(text: str) -> str:
    """Blanks for line ends and tabs; control, format and half characters go."""
    return "".join(" " if char.isspace() else char for char in text if char.isspace() or not _is_control(char))


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in {"Cc", "Cf", "Cs"}
