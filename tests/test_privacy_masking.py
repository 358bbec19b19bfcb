"""Private words are found in a table of spoken forms, and masked alike everywhere they could be shown."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from builders import dialogue, turn
from hypothesis import given
from hypothesis import strategies as st
from scorecards import finding_in, scorecard, withheld

from pipeline.privacy.masking import MASK, find_private, mask_scorecard, mask_text
from pipeline.schema import CriterionScore, Polarity, Span

TABLE = Path(__file__).parent / "data" / "private_numbers.yaml"
MARK = re.compile(r"\[\[(.*?)\]\]")


def _cases() -> list[str]:
    return [case for group in yaml.safe_load(TABLE.read_text(encoding="utf-8")).values() for case in group]


def _read(case: str):
    """Turns of a case without marks, and the marked (turn, start, end)."""
    lines, marked = [], []
    for number, line in enumerate(case.split("\n")):
        role, _, said = line.partition(": ") if line.startswith(("agent: ", "customer: ")) else ("customer", "", line)
        for index, match in enumerate(MARK.finditer(said)):
            start = match.start() - 4 * index
            marked.append((number, start, start + len(match[1])))
        lines.append((role, said.replace("[[", "").replace("]]", "")))
    return dialogue(*lines), marked


def _characters(parts):
    return {(number, at) for number, start, end in parts for at in range(start, end)}


def _judge(case: str) -> tuple[int, int, int, int]:
    """Marked parts, those wholly covered, found parts, those that mostly lie on marked characters."""
    turns, marked = _read(case)
    found = [(span.turn, span.char_start, span.char_end) for span in find_private(turns)]
    covered, meant = _characters(found), _characters(marked)
    right = sum(2 * len(_characters([part]) & meant) > part[2] - part[1] for part in found)
    return len(marked), sum(_characters([part]) <= covered for part in marked), len(found), right


def test_table_is_large():
    cases = _cases()
    assert len(cases) >= 150
    assert sum(bool(_read(case)[1]) for case in cases) >= 75


def test_recall_and_precision_on_the_table():
    judged = {case: _judge(case) for case in _cases()}
    marked, covered, found, right = (sum(column) for column in zip(*judged.values(), strict=True))
    wrong = [f"{mask_all(case)}  ←  {case}" for case, (m, c, f, r) in judged.items() if (m, f) != (c, r)]
    report = f"recall {covered}/{marked}, precision {right}/{found}; wrong:\n" + "\n".join(wrong)
    assert covered >= 0.99 * marked, report
    assert right >= 0.95 * found, report


def mask_all(case: str) -> str:
    turns, _ = _read(case)
    spans = find_private(turns)
    return " / ".join(mask_text(turn.text, [span for span in spans if span.turn == turn.index]) for turn in turns)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("王先生您好，我查到了", "＊先生您好，我查到了"),
        ("号码幺三八零零一二三四五六，套餐一百二十九元", "号码＊＊＊＊＊＊＊＊＊＊＊，套餐一百二十九元"),
        ("验证码是三八五二一零吗", "验证码是＊＊＊＊＊＊吗"),
    ],
)
def test_mask_keeps_what_is_not_private(said, shown):
    assert mask_text(said, find_private((turn("agent", said),))) == shown


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("我的手机号是幺三八零零一二三四五六", "phone"),
        ("身份证号是三二零一零二一九九零零一零一一二三四", "identity"),
        ("银行卡号是六二二二零二一二零零幺二三四五六七八九", "card"),
        ("验证码是三八五二一零", "code"),
        ("我叫张伟", "name"),
        ("我家住在南京市鼓楼区中山路八十八号", "address"),
        ("我的邮箱是abc@163.com", "account"),
        ("六六七七八八九九", "number"),
        ("微信号是wx幺三八七七二", "account"),
        ("车牌苏A八八Q六二", "account"),
        ("军官证南字第零八三五七二幺", "card"),
    ],
)
def test_kinds(said, kind):
    assert [span.kind for span in find_private((turn("customer", said),))] == [kind]


def test_time_is_that_of_the_words():
    said = turn("customer", "号码是13800123456好的", at=10.0, until=26.0)
    (span,) = find_private((said,))
    assert span.span == Span(said.words[3].span.start_s, said.words[13].span.end_s)


def test_time_is_the_turn_where_words_have_none():
    said = replace(turn("customer", "13800123456", at=10.0, until=16.0), words=())
    (span,) = find_private((said,))
    assert span.span == Span(10.0, 16.0)


@pytest.mark.parametrize(
    "lines",
    [
        ("请问您的手机号码是多少", "幺三八，呃，零零幺二，", "幺三八零零幺二，您说", "三四五六。"),
        ("请说一下验证码", "八八零", "嗯", "三二幺"),
        ("身份证号码请报一下", "三二零幺零二，", "三二零幺零二，嗯", "一九八八零三幺二", "请继续", "零零四叉"),
    ],
)
def test_times_cover_every_spoken_digit_of_a_number_over_turns(lines):
    turns = dialogue(*((("agent", "customer")[i % 2], line) for i, line in enumerate(lines)))
    spans = find_private(turns)
    digits = [
        (turn.index, word.span) for turn in turns[1:] for word in turn.words if word.text in "零幺一二三四五六七八九叉"
    ]
    uncovered = [
        word
        for index, word in digits
        if not any(s.turn == index and s.span.start_s <= word.start_s and word.end_s <= s.span.end_s for s in spans)
    ]
    assert len(digits) > 5 and uncovered == []


def test_a_name_is_masked_wherever_the_call_repeats_it():
    assert mask_all("customer: 我叫葛小燕\nagent: 没有葛小燕这个人") == "我叫＊＊＊ / 没有＊＊＊这个人"


def test_what_the_recogniser_wrote_is_looked_at_too():
    said = turn("customer", "号码要散吧凌了")
    words = tuple(replace(word, heard=char) for word, char in zip(said.words, "号码一三八零零", strict=True))
    again = turn("customer", "要散吧凌了", index=1)
    asked = turn("agent", "请报手机号", index=2)
    spans = find_private((asked, replace(said, words=words, index=3)))
    assert [(span.char_start, span.char_end) for span in spans if span.turn == 3] == [(2, 7)]
    assert find_private((again,)) == ()


def test_staff_numbers_are_needed_and_shown():
    said = dialogue(
        ("agent", "工号八零三五，很高兴为您服务"), ("customer", "你工号是八零三五吧"), ("agent", "八零三五号客服")
    )
    assert find_private(said) == ()


def test_agents_own_name_is_kept_unless_roles_are_unknown():
    assert find_private((turn("agent", "我叫王芳"),)) == ()
    assert len(find_private((turn("unknown", "我叫王芳"),))) == 1


def _consistent(card) -> bool:
    texts = {turn.index: turn.text for turn in card.transcript.turns}
    quotes = all(
        f.evidence.quote == texts[f.evidence.turn][f.evidence.char_start : f.evidence.char_end] for f in card.findings
    )
    return quotes and all(
        not turn.words or "".join(word.text for word in turn.words) == turn.text for turn in card.transcript.turns
    )


def _shown(card) -> str:
    """Everything of a scorecard that a page could show."""
    return repr(mask_scorecard(card))


def test_scorecard_is_masked_everywhere_alike():
    masked = mask_scorecard(scorecard())
    assert _consistent(masked)
    address = next(finding for finding in masked.findings if finding.label == "address")
    assert address.evidence.quote == MASK * 2 + "先生"
    assert address.explanation == f"说了「{MASK * 2}先生」"
    assert "欧阳" not in repr(masked) and "幺三八" not in repr(masked)


def test_reasons_events_and_file_names_are_masked():
    card = scorecard(lines=(("customer", "我叫张小凡，号码13800123456"), ("agent", "好的张小凡您好")))
    finding = finding_in(card.transcript.turns[1], "张小凡", "address", Polarity.STANDARD, "politeness.wording")
    score = CriterionScore("politeness.wording", 80.0, 70.0, 90.0, False, "称呼了「张小凡」，号码是13800123456", (0,))
    event = replace(scorecard().events[0], detail={"quote": "我叫张小凡", "overlap_s": 1.2})
    recording = replace(card.recording, path="in/8001_13800123456.wav", call_id="13800123456-1")
    shown = _shown(replace(card, findings=(finding,), criteria=(score,), events=(event,), recording=recording))
    assert "138" not in shown and "我叫张小凡" not in shown and "customer_id=None" in shown and "1.2" in shown


@pytest.mark.parametrize("card", [scorecard(), withheld(scorecard())], ids=["scored", "withheld"])
def test_masking_twice_changes_nothing(card):
    once = mask_scorecard(card)
    assert mask_scorecard(once) == once


spoken = st.text(
    st.sampled_from("幺一二三八零0138王张李先生女士我叫姓号码身份证验证码是，。嗯市区路号栋三个八元年X叉\n <b>a@1.com"),
    max_size=40,
)


@given(st.lists(st.tuples(st.sampled_from(["agent", "customer", "unknown"]), spoken), min_size=1, max_size=5))
def test_any_call_keeps_lengths_and_offsets(lines):
    card = scorecard(lines=tuple(lines))
    masked = mask_scorecard(card)
    assert _consistent(masked)
    assert [len(turn.text) for turn in masked.transcript.turns] == [len(turn.text) for turn in card.transcript.turns]
    spans = find_private(card.transcript.turns)
    assert all(a.turn < b.turn or a.char_end <= b.char_start for a, b in pairwise(spans))
    assert all(span.span.duration_s >= 0 for span in spans)
