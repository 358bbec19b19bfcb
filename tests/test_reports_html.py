"""Pages are whole, masked, escaped, linked to each other, and open without a network."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from builders import turn
from page_reader import Reader
from scorecards import acoustics, finding_in, scorecard, withheld

from pipeline.errors import StoreError
from pipeline.reports import views
from pipeline.reports.html import Options, page_name, write_report
from pipeline.reports.words import Words, clock, interval
from pipeline.schema import Polarity, RuleAbstention, Status, Word
from pipeline.store.repository import Store

CALL = Path(__file__).parent / "data" / "calls" / "d01.wav"
WORDS = Words(
    {"blame": "责备埋怨", "politeness.wording": "用语规范", "insult": "侮辱嘲讽"},
    {"politeness.wording": "规范用语 <条文>"},
    {"blame": "medium"},
)


@pytest.fixture
def store(tmp_path):
    with Store(f"sqlite:///{tmp_path}/q.sqlite") as opened:
        yield opened


def _saved(store, *cards):
    for card in cards:
        store.save_scorecard(card, acoustics())
    return cards


def _read(path) -> Reader:
    return Reader(path.read_text(encoding="utf-8"))


def _call_page(store, tmp_path, card, **options) -> Reader:
    _saved(store, card)
    (page,) = write_report("call", [card.recording.id], store, tmp_path / "out", words=WORDS, **options)
    return _read(page)


def test_call_page_tells_scores_reasons_and_evidence(store, tmp_path):
    page = _call_page(store, tmp_path, scorecard())
    for said in (
        "服务亲和力",
        "70",
        "65–75",
        "责备埋怨",
        "是您自己把数据开关关掉了吧",
        "本通没有相应场合，不评分",
        "规范用语 <条文>",
        "待复核",
        "耐心倾听",
    ):
        assert said in page.text
    assert page.text.count("规范条文") == 1
    assert "没有可播放的录音" in page.text and "audio" not in page.tags


def test_rules_that_were_not_judged_are_listed_with_reasons(store, tmp_path):
    unjudged = (RuleAbstention("silence.long", "静音过长", "没有录音，<无>时间可查"),)
    page = _call_page(store, tmp_path, replace(scorecard(), abstained_rules=unjudged))
    assert "未判定的规则" in page.text and "静音过长：没有录音，<无>时间可查" in page.text
    assert "未判定的规则" not in _call_page(store, tmp_path / "none", scorecard("other")).text


def test_what_the_recogniser_wrote_stands_beneath_and_is_masked(store, tmp_path):
    card = scorecard()
    turns = [_respelt(each, heard) for each, heard in zip(card.transcript.turns, (*HEARD, "", "", "", ""), strict=True)]
    page = _call_page(store, tmp_path, replace(card, transcript=replace(card.transcript, turns=tuple(turns))))
    assert page.text.count("识别原文") == 2
    assert "公号一零八六为您服务" in "".join(page.text.split()) and ("class", "respelt") in page.attributes
    assert "手机好是＊" in "".join(page.text.split())
    assert "零零" not in page.text and "零林" not in page.text and "五溜" not in page.text
    assert "识别原文" not in _call_page(store, tmp_path / "none", scorecard("other")).text


HEARD = (
    "您好，欢迎致电，公号一零八六为您服务，请问有什么可以帮您？",
    "",
    "",
    "我姓欧阳，手机好是幺三八零林一二三四五溜。",
)


def _respelt(said, heard):
    words = tuple(
        Word(char, said.span, 0.9, other if other != char else "")
        for char, other in zip(said.text, heard or said.text, strict=True)
    )
    return replace(said, words=words)


def test_pages_are_masked(store, tmp_path):
    _saved(store, scorecard())
    write_report("team", (), store, tmp_path / "out", words=WORDS)
    pages = list((tmp_path / "out").rglob("*.html"))
    assert len(pages) == 4
    for page in pages:
        content = page.read_text(encoding="utf-8")
        assert "幺三八" not in content and "欧阳" not in content
    assert any("＊＊先生" in page.read_text(encoding="utf-8") for page in pages)


def test_pages_load_nothing_from_elsewhere(store, tmp_path):
    _saved(store, scorecard())
    write_report("team", (), store, tmp_path / "out", words=WORDS)
    for page in (tmp_path / "out").rglob("*.html"):
        assert not re.search(r"https?:|//[a-z]|@import|url\(", page.read_text(encoding="utf-8"))


def test_every_link_leads_somewhere(store, tmp_path):
    _saved(
        store,
        *(scorecard(f"{agent}-{day}", agent_id=agent, day=day) for agent in ("8001", "王 芳/../x") for day in (1, 2)),
    )
    write_report("team", (), store, tmp_path / "out", words=WORDS)
    pages = {page.resolve(): _read(page) for page in (tmp_path / "out").rglob("*.html")}
    assert len(pages) == 2 + 2 + 4
    for place, page in pages.items():
        for link in page.linked():
            target, _, anchor = link.partition("#")
            found = pages[(place.parent / target).resolve() if target else place]
            assert not anchor or ("id", anchor) in found.attributes
    assert all(place.is_relative_to((tmp_path / "out").resolve()) for place in pages)


def test_page_alone_links_to_no_page_that_was_not_made(store, tmp_path):
    page = _call_page(store, tmp_path, scorecard())
    assert all(link.startswith("#turn-") for link in page.linked())


EVIL = "<script>alert(1)</script>\"'&{{ 7*7 }}"


def test_words_are_escaped_everywhere(store, tmp_path):
    card = scorecard(agent_id=EVIL)
    said = turn("agent", EVIL)
    finding = finding_in(said, EVIL, "blame", Polarity.FORBIDDEN, "politeness.wording", Status.DOUBTFUL)
    card = replace(
        card,
        recording=replace(card.recording, path=f"{EVIL}.wav"),
        transcript=replace(card.transcript, turns=(said,)),
        findings=(replace(finding, explanation=EVIL),),
        criteria=tuple(replace(score, reason=EVIL, findings=()) for score in card.criteria),
        flow=(),
        events=(),
        affinity=replace(card.affinity, band=EVIL, red_line=EVIL),
    )
    _saved(store, card)
    write_report("team", (), store, tmp_path / "out", words=WORDS)
    for path in (tmp_path / "out").rglob("*.html"):
        page = _read(path)
        assert "script" not in page.tags and "49" not in page.text
        assert EVIL in page.text or path.name == "summary.html"


def test_sound_is_copied_beside_the_page_with_private_words_silenced(store, tmp_path):
    card = scorecard()
    card = replace(card, recording=replace(card.recording, path=str(CALL)))
    page = _call_page(store, tmp_path, card)
    (source,) = [value for name, value in page.attributes if name == "src"]
    assert (tmp_path / "out" / "calls" / source).resolve().is_file()
    times = [float(value) for name, value in page.attributes if name == "data-at"]
    assert times and all(0 <= at <= card.recording.duration_s for at in times)
    assert "script" in page.tags and str(tmp_path) not in page.text


def test_sound_can_be_left_out(store, tmp_path):
    card = replace(scorecard(), recording=replace(scorecard().recording, path=str(CALL)))
    page = _call_page(store, tmp_path, card, options=Options(audio=False))
    assert "audio" not in page.tags and not (tmp_path / "out" / "audio").exists()


def test_broken_recording_makes_a_page_without_sound(store, tmp_path):
    (tmp_path / "a.wav").write_bytes(b"broken")
    card = replace(scorecard(), recording=replace(scorecard().recording, path=str(tmp_path / "a.wav")))
    assert "没有可播放的录音" in _call_page(store, tmp_path, card).text


def test_withheld_roles_are_said(store, tmp_path):
    page = _call_page(store, tmp_path, withheld(scorecard()))
    assert "无法确定谁是坐席" in page.text and "不评分" in page.text


def test_agent_page_admits_few_calls(store, tmp_path):
    _saved(store, scorecard("a"), scorecard("b", day=2), scorecard("c", agent_id="8002"))
    (page,) = write_report("agent", ["8001"], store, tmp_path / "out", words=WORDS)
    read = _read(page)
    assert "评分的通话只有 2 通" in read.text and "邀请评价" not in read.text and "survey" in read.text
    assert not (tmp_path / "out" / "agents" / "8002.html").exists()


def test_no_ids_means_all(store, tmp_path):
    _saved(store, scorecard("a"), scorecard("b", agent_id="8002"))
    assert [path.name for path in write_report("agent", (), store, tmp_path / "agents")] == ["8001.html", "8002.html"]
    assert len(write_report("call", (), store, tmp_path / "calls")) == 2


def test_unknown_ids_are_refused(store, tmp_path):
    _saved(store, scorecard())
    with pytest.raises(StoreError, match=r"agent '9'; there are some of: 8001"):
        write_report("agent", ["9"], store, tmp_path / "out")
    with pytest.raises(StoreError, match="no scorecard"):
        write_report("call", ["zz"], store, tmp_path / "out")


def test_team_page_groups_agents_and_lists_red_lines_first(store, tmp_path):
    failed = scorecard("f", agent_id="8002")
    failed = replace(failed, affinity=replace(failed.affinity, score=0.0, low=0.0, high=0.0, red_line="insult"))
    _saved(store, scorecard("a", score=20.0), failed, scorecard("b", agent_id="8003", score=95.0))
    page, _ = write_report("team", (), store, tmp_path / "out", words=WORDS)
    text = _read(page).text
    groups = text[text.index("坐席分组") : text.index("命中最多的规则")]
    assert groups.index("确实高于全队") < groups.index("8003") < groups.index("分不出高低") < groups.index("8001")
    first = text[text.index("先听这些通话") :]
    assert first.index("8002") < first.index("侮辱嘲讽") < first.index("8001") < first.index("8003")


def test_agents_that_cannot_be_told_apart_stand_by_id(store, tmp_path):
    _saved(
        store, *(scorecard(agent, agent_id=agent, score=70.0 + i) for i, agent in enumerate(("8003", "8001", "8002")))
    )
    page, _ = write_report("team", (), store, tmp_path / "out", words=WORDS)
    text = _read(page).text
    assert text.index("8001") < text.index("8002") < text.index("8003")


def test_team_of_nobody_is_a_page(store, tmp_path):
    page, _ = write_report("team", (), store, tmp_path / "out")
    assert "0 位坐席" in _read(page).text


@pytest.mark.parametrize(
    ("name", "safe"),
    [("8001", True), ("王芳_1", True), ("../x", False), ("a b", False), ("", True), ("x" * 300, False)],
)
def test_page_names_stay_in_their_folder(name, safe):
    made = page_name(name)
    assert "/" not in made and "." not in made and len(made.encode()) < 255
    assert (made == name) is safe


def test_page_names_of_different_ids_differ():
    assert len({page_name(name) for name in ("a/b", "a.b", "a b", "a_b")}) == 4


def test_pieces_cut_where_findings_begin_and_end():
    card = scorecard(lines=(("agent", "您好请问您有完没完"),))
    said = card.transcript.turns[0]
    found = (
        finding_in(said, "您好请问", "greeting", Polarity.STANDARD, "c"),
        finding_in(said, "请问您", "solicit", Polarity.STANDARD, "c", Status.DOUBTFUL),
        finding_in(said, "有完没完", "blame", Polarity.FORBIDDEN, "c"),
    )
    (line,) = views.lines(replace(card, findings=found), WORDS)
    assert [(piece.text, piece.look) for piece in line.pieces] == [
        ("您好", "standard"),
        ("请问", "standard"),
        ("您", "standard doubtful"),
        ("有完没完", "forbidden"),
    ]
    assert line.pieces[1].title == "greeting；solicit（待复核）"


def test_forbidden_wins_over_standard_in_one_place():
    card = scorecard(lines=(("agent", "再见"),))
    said = card.transcript.turns[0]
    found = tuple(
        finding_in(said, "再见", label, polarity, "c")
        for label, polarity in (("goodbye", Polarity.STANDARD), ("push_hangup", Polarity.FORBIDDEN))
    )
    (line,) = views.lines(replace(card, findings=found), WORDS)
    assert [piece.look for piece in line.pieces] == ["forbidden"]


@pytest.mark.parametrize("duration_s", [0.0, 3.0, 69.0, 600.0, 3599.0, 14_400.0])
def test_time_line_has_few_ticks_in_order(duration_s):
    made = views.ticks(duration_s)
    assert 1 <= len(made) <= 9 and list(made) == sorted(made) and made[0] == (0.0, "0:00")
    assert all(0 <= at <= 1000 for at, _ in made)


def test_marks_lie_on_the_time_line():
    card = scorecard()
    marks = (*views.turn_marks(card, WORDS), *views.event_marks(card, WORDS), *views.finding_marks(card, WORDS))
    assert len(marks) == len(card.transcript.turns) + len(card.events) + len(card.findings)
    assert all(mark.left >= 0 and mark.left + mark.width <= 1002 and mark.width > 0 for mark in marks)
    assert {mark.lane for mark in views.turn_marks(card, WORDS)} == {0, 1}


def test_findings_stand_by_what_they_mean_and_faults_are_drawn_last():
    said = turn("agent", "这事你自己看吧，您请稍等，再见")
    fault = finding_in(said, "你自己看吧", "rhetorical", Polarity.FORBIDDEN, "c")
    hint = finding_in(said, "这事你自己看吧", "no_hard_words", Polarity.NEUTRAL, "c")
    doubt = finding_in(said, "请稍等", "wait_notice", Polarity.STANDARD, "c", Status.DOUBTFUL)
    praise = finding_in(said, "再见", "goodbye", Polarity.STANDARD, "c")
    parts = views.by_bearing([praise, doubt, hint, fault])
    assert [(title, list(part)) for title, part in parts] == [
        ("不符合规范", [fault]),
        ("规则提示", [hint]),
        ("待复核（不计分）", [doubt]),
        ("符合规范", [praise]),
    ]
    assert views.by_bearing([praise]) == (("符合规范", (praise,)),)
    marks = views.finding_marks(replace(scorecard(), findings=(fault, hint, doubt, praise)), WORDS)
    assert [mark.look for mark in marks] == ["standard", "standard doubtful", "neutral", "forbidden"]


@pytest.mark.parametrize(("seconds", "said"), [(-1.0, "0:00"), (0.0, "0:00"), (65.9, "1:05"), (3600.0, "1:00:00")])
def test_clock(seconds, said):
    assert clock(seconds) == said


@pytest.mark.parametrize(("low", "high", "said"), [(63.6, 78.2, "64–78"), (None, 3.0, "—")])
def test_interval(low, high, said):
    assert interval(low, high) == said
