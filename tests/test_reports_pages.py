"""Reports of teams and coaching plans: periods, precision, charts, goals, examples, what became of them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from page_reader import Reader
from scorecards import acoustics, scorecard

from pipeline.errors import InputError
from pipeline.people import Decision, Verdict, finding_key
from pipeline.reports.guidance import load_guidance
from pipeline.reports.html import Depth, Options, write_report
from pipeline.reports.words import Words
from pipeline.store.call_facts import Period
from pipeline.store.repository import Store

LEXICONS = Path(__file__).parents[1] / "lexicons"
WORDS = Words({"blame": "责备埋怨", "politeness.wording": "用语规范"})


@pytest.fixture
def store(tmp_path):
    with Store(f"sqlite:///{tmp_path}/q.sqlite") as opened:
        yield opened


def _saved(store, *cards):
    for card in cards:
        store.save_scorecard(card, acoustics())


def _read(path) -> Reader:
    return Reader(path.read_text(encoding="utf-8"))


def test_large_teams_come_without_the_pages_of_all(store, tmp_path):
    _saved(store, *(scorecard(f"{n}", agent_id=f"80{n % 2}", day=n + 1) for n in range(14)))
    _, summary = write_report("team", (), store, tmp_path / "out", options=Options(depth=Depth.TEAM))
    assert not (tmp_path / "out" / "agents").exists() and summary.name == "summary.html"
    assert len(list((tmp_path / "out" / "calls").iterdir())) == 10
    for made in (tmp_path / "out").rglob("*.html"):
        for link in _read(made).linked():
            assert not link.split("#")[0] or (made.parent / link.split("#")[0]).resolve().exists()


def test_changes_are_told_against_the_period_before(store, tmp_path):
    _saved(store, *(scorecard(f"{n}", day=n + 1, score=60.0 if n < 20 else 80.0) for n in range(40)))
    period = Period(date(2025, 3, 21), date(2025, 4, 9))
    page, _ = write_report("team", (), store, tmp_path / "out", words=WORDS, options=Options(period=period))
    assert "20 通" in _read(page).text and "↑ 上升" in _read(page).text and "+20.0 分" in _read(page).text
    whole, _ = write_report("team", (), store, tmp_path / "whole", words=WORDS)
    assert "40 通" in _read(whole).text and "没有上期可比" in _read(whole).text


def test_precision_of_rules_comes_from_verdicts(store, tmp_path):
    card = scorecard()
    _saved(store, card)
    blame = next(finding for finding in card.findings if finding.label == "blame")
    verdict = Verdict(
        card.recording.id,
        finding_key(blame),
        "王敏",
        Decision.REJECTED,
        "blame",
        datetime.now(UTC),
        "听错",
        "blame",
        blame.rule,
    )
    page, _ = write_report("team", (), store, tmp_path / "out", words=WORDS, options=Options(verdicts=[verdict]))
    text = "".join(_read(page).text.split())
    assert "责备埋怨原文一致110%0%–79%" in text and "质检员看过的通话1/1" in text
    (agent,) = write_report("agent", (), store, tmp_path / "out", words=WORDS, options=Options(verdicts=[verdict]))
    assert "驳回 1，改判 0，补充 0" in _read(agent).text


def test_charts_have_words_beside_them(store, tmp_path):
    _saved(store, *(scorecard(f"{n}", agent_id=f"80{n % 3}", day=n + 1, score=50.0 + n) for n in range(30)))
    page, _ = write_report("team", (), store, tmp_path / "out", words=WORDS)
    read = _read(page)
    drawn = read.tags.count("figure")
    said = [value for name, value in read.attributes if name == "aria-label" and "坐席的十五项准则" in value]
    assert drawn >= 1 and len(said) == 1 and read.text.count("数据表") == drawn
    (agent,) = write_report("agent", ["801"], store, tmp_path / "out", words=WORDS)
    assert _read(agent).tags.count("figure") == 3


def test_coaching_plan_has_goals_exercises_and_a_date(store, tmp_path):
    _saved(store, *(scorecard(f"{n}", agent_id=f"80{n % 2}", day=n + 1, score=50.0 + n % 2) for n in range(12)))
    words = replace(WORDS, guidance=load_guidance(LEXICONS / "coaching.yaml"))
    (page,) = write_report("coaching", ["801"], store, tmp_path / "out", words=words)
    text = _read(page).text
    assert "目标 1" in text and "练习" in text and "回看 2025-04-10" in text and "前后对比" not in text
    assert "没有同意公开通话的坐席" in text


def test_only_calls_of_those_who_agreed_are_examples(store, tmp_path):
    cards = [scorecard(f"{n}", agent_id=f"80{n % 3}", day=n + 1, score=40.0 + 20 * (n % 3)) for n in range(18)]
    _saved(store, *cards)
    for consent, others in ((frozenset(), 0), (frozenset({"800"}), 0), (frozenset({"800", "802"}), 1)):
        options = Options(consent=consent)
        (page,) = write_report("coaching", ["800"], store, tmp_path / str(len(consent)), words=WORDS, options=options)
        text = _read(page).text
        assert ("坐席 802" in text) is bool(others) and "坐席 801" not in text


def test_what_became_of_a_plan(store, tmp_path):
    def score(agent, day):
        return 40.0 + (20.0 if agent == 0 and day > 20 else 0.0) + 5.0 * agent + day % 3

    _saved(
        store,
        *(scorecard(f"{a}-{d}", agent_id=f"80{a}", day=d, score=score(a, d)) for a in range(4) for d in range(1, 41)),
    )
    options = Options(coached_on=date(2025, 3, 21))
    coached, other = write_report("coaching", ["800", "802"], store, tmp_path / "out", words=WORDS, options=options)
    assert "前后对比" in _read(coached).text and "↑ 上升" in _read(coached).text
    assert "↑ 上升" not in _read(other).text and "变化未超出波动范围" in _read(other).text
    with pytest.raises(InputError, match="no calls before"):
        write_report("coaching", ["800"], store, tmp_path / "out", options=Options(coached_on=date(2025, 2, 1)))
