"""Small dialogues that try the criteria: ``tests/data/criteria/*.yaml``, written for people who do not program."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from builders import CHARS_PER_SECOND, turn

from pipeline.call import context_of as context_of_read
from pipeline.call import read_all
from pipeline.criteria.context import CallContext
from pipeline.criteria.registry import Assessment, registered
from pipeline.hearing import Heard
from pipeline.kit import Kit, load_kit
from pipeline.schema import (
    Acoustics,
    ChannelQuality,
    Engine,
    Event,
    EventKind,
    Recording,
    Role,
    Roles,
    Scenario,
    Span,
    Transcript,
    Turn,
    TurnVoice,
)
from pipeline.settings import Settings

FOLDER = Path(__file__).parent / "data" / "criteria"
DIMENSIONS = ("politeness", "patience", "communication")
KINDS = {"好", "坏", "无情境", "边界", "陷阱", "识别噪声"}
EXPECTED = {"raises", "lowers", "asks", "neither", "abstains"}
ROLES = {"坐席": "agent", "客户": "customer"}
SOUNDS = {
    "敲键盘": EventKind.TYPING,
    "音乐": EventKind.MUSIC,
    "忙音": EventKind.BUSY_SIGNAL,
    "声响": EventKind.NOISE,
}
LINE = re.compile(r"(坐席|客户)(?:（([^）]*)）)?：\s*(.*\S)\s*")
GAP_S = 0.5


@dataclass(frozen=True)
class Case:
    """One dialogue: what a criterion must make of it, by which signal."""

    criterion: str
    entry: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.criterion}-{self.entry['name']}"


@dataclass(frozen=True)
class Said:
    """A line with what stands in its brackets: 等35秒 (or 抢1.5秒), 6字/秒, -25dB, 3半音, 240Hz, 拖0.8秒."""

    role: str
    text: str
    gap_s: float
    per_s: float
    level_db: float | None
    movement: float | None
    pitch_hz: float
    held_s: float


def cases(dimension: str) -> tuple[Case, ...]:
    """All cases of a dimension's criteria, by file."""
    return tuple(_read(dimension))


def _read(dimension: str) -> Iterator[Case]:
    for path in sorted(FOLDER.glob(f"{dimension}.*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield Case(path.stem, entry)


def assessed(case: Case) -> Assessment:
    """What the criterion says of the dialogue, with the shipped lists."""
    return registered()[case.criterion].function(context_of(case.entry))


@cache
def kit() -> Kit:
    """The shipped lists, flows and rubric."""
    return load_kit(Settings(write_by_sound=False))


@cache
def points(criterion: str) -> Mapping[str, float]:
    """Points of a criterion's signals in the shipped rubric."""
    rule = next(rule for rule in kit().rubric.criteria if rule.id == criterion)
    return {name: signal.points for name, signal in rule.signals.items()}


def context_of(entry: Mapping[str, Any]) -> CallContext:
    """A written dialogue as a call, judged up to the criteria as the product does it; a scenario that is written stands."""
    (read,) = read_all([_heard(entry)], kit())
    return context_of_read(replace(read, scenario=Scenario(entry["scenario"], 0.9)) if "scenario" in entry else read)


def _heard(entry: Mapping[str, Any]) -> Heard:
    lines = [_said(line) for line in entry["dialogue"].splitlines() if line.strip()]
    sound = entry.get("sound", {})
    turns = tuple(_turns(lines, sound.get("confidence", 0.95)))
    end_s = max(turn.span.end_s for turn in turns) + 1
    return Heard(
        Recording("0", "written", entry.get("duration_s", end_s), 2, started_at=entry.get("started_at")),
        Transcript(turns, Roles("given", 1.0, entry.get("roles") == "unsure"), Engine("given", "none")),
        _acoustics(lines, sound),
    )


def _said(line: str) -> Said:
    found = LINE.fullmatch(line.strip())
    if found is None:
        raise ValueError(
            f"{line!r}: write 坐席：… or 客户：…, with （等35秒，6字/秒，-25dB，3半音，240Hz，拖0.8秒） after the role where needed"
        )
    role, marks, text = found.groups()
    gap, per_s, level, movement, pitch, held = GAP_S, CHARS_PER_SECOND, None, None, 200.0, 0.1
    for mark in (marks or "").split("，"):
        number = float(re.sub(r"[^\d.\-]", "", mark) or 0)
        if "字/秒" in mark:
            per_s = number
        elif "dB" in mark:
            level = number
        elif "半音" in mark:
            movement = number
        elif "Hz" in mark:
            pitch = number
        elif mark.startswith("拖"):
            held = number
        elif mark.startswith(("等", "抢")):
            gap = number if mark.startswith("等") else -number
    return Said(ROLES[role], text, gap, per_s, level, movement, pitch, held)


def _turns(lines: list[Said], confidence: float) -> Iterator[Turn]:
    clock = 0.0
    for index, line in enumerate(lines):
        start = max(0.0, clock + line.gap_s)
        clock = start + max(0.3, len(line.text) / line.per_s)
        yield turn(line.role, line.text, start, index=index, until=clock, confidence=confidence)


def _acoustics(lines: list[Said], sound: Mapping[str, Any]) -> Acoustics:
    usual = sound.get("pitch_range_semitones", 9.0)
    voices = tuple(
        TurnVoice(i, line.level_db, line.level_db, line.pitch_hz, line.movement or usual, line.held_s)
        for i, line in enumerate(lines)
        if line.level_db is not None
    )
    quality = (ChannelQuality(0, 20.0, sound["snr_db"], sound.get("clipped_ratio", 0.0)),) if "snr_db" in sound else ()
    heard = tuple(_sound(each) for each in sound["heard"]) if "heard" in sound else None
    return Acoustics(voices=voices, quality=quality, sounds=heard)


def _sound(written: str) -> Event:
    """One sound besides speech: 敲键盘 3-8 (seconds of the call)."""
    name, times = written.split()
    start_s, end_s = map(float, times.split("-"))
    return Event(SOUNDS[name], Role.AGENT, Span(start_s, end_s))


def failure(case: Case) -> str | None:
    """What came out otherwise than expected; None when all is as written."""
    found, wanted, name = assessed(case), case.entry["expect"], case.entry.get("signal")
    seen = {signal.name for signal in found.signals if not signal.doubtful and signal.name in points(case.criterion)}
    said = f"saw {sorted(seen)}, abstained: {found.reason}"
    if wanted == "abstains":
        return None if found.abstained and found.reason else said
    if found.abstained:
        return said
    if wanted == "neither":
        return said if name in seen else None
    if wanted == "asks":
        asked = any(signal.name == name and signal.doubtful for signal in found.signals)
        return None if asked and name not in seen else said
    right = points(case.criterion).get(name, 0.0) * (1 if wanted == "raises" else -1) > 0
    return None if name in seen and right else said
