"""Charts are whole, escaped, and load nothing; the trainer's book covers every criterion."""

import re
from pathlib import Path

import pytest

from pipeline.errors import InputError, LexiconError
from pipeline.reports import charts
from pipeline.reports.consent import read_consent
from pipeline.reports.guidance import load_guidance
from pipeline.reports.wording import chinese_words
from pipeline.settings import Settings

EVIL = "<script>x</script>"
LEVEL = {"name": EVIL, "level": 70.0, "low": 60.0, "high": 80.0, "team": 72.0, "mean": 66.0}
DRAWN = {
    "levels": lambda: charts.levels([LEVEL]),
    "weeks": lambda: charts.weeks(
        [{"week": f"2025-03-{day:02d}", "mean": 70.0, "low": 60.0, "high": 80.0, "team": 71.0} for day in (3, 10)],
        domain=(50, 90),
    ),
    "shares": lambda: charts.shares([{"week": "2025-03-03", "part": "开场完整", "share": 0.5}]),
    "heat": lambda: charts.heat(
        [{"agent": EVIL, "criterion": "流程全面", "level": 71.0, "away": 9.0, "sure": 1.0}], [EVIL], ["流程全面"]
    ),
    "dots": lambda: charts.dots(
        [{"name": "投诉", "value": -4.0, "low": -6.0, "high": -2.0}], domain=(-10, 10), zero=True
    ),
    "hours": lambda: charts.hours([{"hour": 9, "mean": 70.0, "low": 60.0, "high": 80.0}], domain=(50, 90)),
}


@pytest.mark.parametrize("name", DRAWN)
def test_charts_stand_in_the_page(name):
    svg = DRAWN[name]()
    assert svg.startswith("<svg ") and svg.endswith("</svg>")
    assert not re.search(r"https?:|xmlns|@import|url\(|<script|<image", svg)
    assert svg == DRAWN[name]()


def test_words_in_charts_stay_text_in_the_pages_fonts():
    svg = DRAWN["heat"]()
    assert "流程全面" in svg and "&lt;script&gt;" in svg and "Noto Sans CJK SC" in svg


def test_what_is_not_sure_has_no_colour():
    row = {"agent": "8001", "criterion": "c", "level": 80.0, "away": 12.0}
    sure, unsure = (charts.heat([row | {"sure": flag}], ["8001"], ["c"]) for flag in (1.0, 0.0))
    fills = [set(re.findall(r'fill="(#[0-9a-f]{6}|rgb\([^)]*\))"', svg)) for svg in (sure, unsure)]
    assert fills[0] - fills[1]


def test_every_criterion_has_its_page_in_the_trainers_book():
    words = chinese_words(Settings())
    assert set(words.guidance) == set(words.clauses) == set(words.weights)
    assert sum(words.weights.values()) == pytest.approx(1.0)
    for each in words.guidance.values():
        assert 2 <= len(each.exercises) <= 3 and each.clause and each.goal and each.check


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            "criteria: {politeness.pace: {clause: a, goal: b, exercises: [c]}}",
            "politeness.pace.*check.*each criterion needs",
        ),
        ("criteria: [", "no valid YAML"),
        ("[]", "content"),
    ],
)
def test_a_wrong_book_is_said(tmp_path, content, said):
    path = tmp_path / "coaching.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=said):
        load_guidance(path)
    with pytest.raises(LexiconError, match="cannot be read"):
        load_guidance(tmp_path / "none.yaml")


def test_consent_is_a_list_of_agents(tmp_path):
    path = tmp_path / "yes.txt"
    path.write_text("﻿8001\n# 说明\n 8002  # 2025-03 签字\n\n", encoding="utf-8")
    assert read_consent(path) == {"8001", "8002"} and read_consent(None) == frozenset()
    with pytest.raises(InputError, match="one agent id a line"):
        read_consent(Path(tmp_path))
