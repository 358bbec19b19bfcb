"""Lists and meaning together: who confirms, who contradicts, and what is left of it."""

from dataclasses import replace

import pytest
from builders import dialogue, turn
from hypothesis import given
from hypothesis import strategies as st
from meanings import meaning_model
from phrases import entry, read, write_lexicon

from pipeline.lexicon.entries import Label, load_lexicon
from pipeline.lexicon.finder import (
    BY_MEANING,
    CERTAIN,
    DOUBTFUL,
    EXPECTED_ODDS,
    OUTDONE,
    UNSUPPORTED,
    Finder,
    expected_places,
    likelier,
    undisputed,
    united,
)
from pipeline.lexicon.resolve import BY_SOUND, EXACTLY
from pipeline.schema import Evidence, Finding, Polarity, Role, Span, Status, Turn

FORBIDDEN = {"refuse", "shirk", "blame"}
MODEL = meaning_model(
    {
        "greeting": {"早": 0.9, "嗨": 0.45},
        "goodbye": {"回": 0.9},
        "refuse": {"难": 0.9, "悬": 0.5, "规": 0.3, "办": 0.7, "归": 0.7},
        "shirk": {"推": 0.8, "难": 0.5, "归": 0.7},
        "thanks": {"谢": 0.9},
    }
)


@pytest.fixture(scope="module")
def lexicon(tmp_path_factory):
    return load_lexicon(
        write_lexicon(
            tmp_path_factory.mktemp("lexicon"),
            [
                entry("greeting.nin_hao", "greeting", "您好"),
                entry("greeting.day", "greeting", "上午好"),
                entry("refuse.rule", "refuse", "规定就是这样"),
                entry("refuse.no_way", "refuse", "没办法"),
                entry("refuse.cannot", "refuse", "我{any:0-2}做不到"),
                entry("shirk.ours", "shirk", "不归我们管"),
                entry("wait.please", "wait_notice", "请您稍等"),
            ],
        )
    )


@pytest.fixture(scope="module")
def finder(lexicon):
    return Finder(lexicon, MODEL)


def found(finder, *lines, **options):
    """Labels, quotes, rules and statuses of a call; a line without a role is the agent's."""
    call = dialogue(*[("agent", line) if isinstance(line, str) else line for line in lines])
    return [(f.label, f.evidence.quote, f.rule, f.status.value) for f in finder.find(read(*call), **options)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请您稍等", [("wait_notice", "请您稍等", EXACTLY, "certain")]),  # listed, the meaning is silent
        ("这个很难", [("refuse", "这个很难", BY_MEANING, "certain")]),  # meant, no list has it
        ("这个有点悬", [("refuse", "这个有点悬", BY_MEANING, "doubtful")]),
        ("就是这个规矩", []),  # too unlikely to be shown
        ("真没办法", [("refuse", "没办法", EXACTLY, "certain")]),  # both: one finding, the list's place
        (
            "您听我说，这个很难，没办法",
            [("refuse", "没办法", EXACTLY, "certain")],
        ),  # neighbours are one piece of evidence
        ("归定就是这样", [("refuse", "归定就是这样", BY_SOUND, "certain")]),  # sounds alike, and meaning agrees
        ("贵定就是这样", []),  # merely sounds alike
        ("我做不到", [("refuse", "我做不到", EXACTLY, "doubtful")]),  # a pattern that the meaning does not support
        ("我没办法做不到", [("refuse", "我没办法做不到", EXACTLY, "certain")]),
        ("谢了", []),  # the lexicon has no such label
        ("嗯", []),
    ],
)
def test_lists_and_meaning_are_made_one(finder, text, expected):
    assert found(finder, "好的", "嗯", text, "好的", "嗯", "对") == expected
