"""Dialogues that test rules: a few written lines with roles, and times and levels where a rule asks for them."""

import re
from collections.abc import Iterator, Sequence

from pipeline.language.segment import Segmenter
from pipeline.language.text import read_turns
from pipeline.lexicon.finder import Finder
from pipeline.lexicon.marked_yaml import Marked
from pipeline.rules.call import RuleCall
from pipeline.rules.fields import Fields
from pipeline.rules.keywords import KeywordSearch
from pipeline.rules.model import Line, Trial
from pipeline.schema import (
    Acoustics,
    Engine,
    Recording,
    Role,
    Roles,
    Span,
    Transcript,
    Turn,
    TurnVoice,
    Word,
)
from pipeline.settings import Settings

EXPECTED = ("hit", "doubtful", "miss", "abstain")
_ROLES = {"坐席": Role.AGENT, "agent": Role.AGENT, "客户": Role.CUSTOMER, "customer": Role.CUSTOMER}
_LINE = re.compile(
    r"(?P<role>坐席|客户|agent|customer)\s*(?:(?P<start>\d+(?:\.\d+)?)\s*[-–]\s*(?P<end>\d+(?:\.\d+)?)\s*s?)?"
    r"\s*(?:(?P<level>-?\d+(?:\.\d+)?)\s*dB)?\s*[：:]\s*(?P<text>.*\S)\s*$",
    re.IGNORECASE,
)


def read_trials(fields: Fields) -> tuple[Trial, ...]:
    """The test dialogues of a rule; at least one that it must find and one that it must not.

    Raises
    ------
    LexiconError
        There are none, or a line cannot be read.
    """
    if "tests" not in fields:
        fields.refuse('has no test dialogues; write `tests: {hit: ["坐席：…"], miss: ["坐席：…"]}`')
    tests = fields.inner("tests")
    tests.only(EXPECTED)
    trials = tuple(trial for expected in EXPECTED if expected in tests for trial in _of_kind(tests, expected))
    if not {"hit", "miss"} <= {trial.expected for trial in trials}:
        tests.refuse("need at least one dialogue under `hit` and one under `miss`")
    return trials


def _of_kind(tests: Fields, expected: str) -> Iterator[Trial]:
    for item in tests.items(expected):
        lines = tuple(_lines(item, tests))
        if not lines:
            tests.refuse("has an empty dialogue; write a line for each turn: `坐席：…`", item.line)
        yield Trial(expected, lines, item.line)


def _lines(item: Marked, tests: Fields) -> Iterator[Line]:
    for text in str(item.value).splitlines():
        if not text.strip():
            continue
        found = _LINE.match(text.strip())
        if found is None:
            tests.refuse(
                f"has a line that cannot be read ({text.strip()!r}); write `坐席：…`, `客户：…`, or with seconds `坐席 1.0-3.5：…`",
                item.line,
            )
        start, end, level = (float(found[key]) if found[key] else None for key in ("start", "end", "level"))
        yield Line(_ROLES[found["role"].lower()], found["text"], start, end, level)


def as_call(
    lines: Sequence[Line], finder: Finder, segmenter: Segmenter, settings: Settings, keywords: KeywordSearch
) -> RuleCall:
    """A written dialogue as a call: times and sound are there only where they are written."""
    turns = tuple(_turn(i, line) for i, line in enumerate(lines))
    transcript = Transcript(turns, Roles("given", 1.0, False), Engine("given", "dialogue"))
    texts = read_turns(turns, segmenter)
    voices = tuple(TurnVoice(i, line.level_db) for i, line in enumerate(lines) if line.level_db is not None)
    return RuleCall(
        recording=Recording("dialogue", "dialogue", max(turn.span.end_s for turn in turns), 0),
        transcript=transcript,
        texts=texts,
        findings=finder.find(texts),
        settings=settings,
        acoustics=Acoustics(voices=voices),
        keywords=keywords.find(texts),
    )


def _turn(index: int, line: Line) -> Turn:
    """A turn whose characters share its time evenly; one without times lies on its place in the order."""
    span = Span(float(index), float(index)) if line.start_s is None else Span(line.start_s, line.end_s or line.start_s)
    step_s = span.duration_s / max(1, len(line.text))
    words = tuple(
        Word(char, Span(span.start_s + i * step_s, span.start_s + (i + 1) * step_s), 1.0)
        for i, char in enumerate(line.text)
        if line.start_s is not None
    )
    return Turn(index, line.role, span, line.text, words, channel=1 if line.role is Role.CUSTOMER else 0)
