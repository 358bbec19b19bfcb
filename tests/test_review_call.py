"""The page of a call, its sound and its effects: what is shown, to whom, and what verdicts make of the score."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import desk_calls
import pytest
from builders import dialogue
from desks import Browser, desk_in, kit, person

from pipeline.call import judge
from pipeline.hearing import Heard
from pipeline.lexicon.entries import load_labels
from pipeline.lexicon.resolve import BY_MEANING
from pipeline.people import Decision, Verdict, finding_key
from pipeline.review import effect
from pipeline.review.entry_hits import count_hits
from pipeline.review.jobs import Jobs, Progress
from pipeline.review.views_findings import Decided, finding_rows
from pipeline.schema import Acoustics, Engine, Recording, Role, Roles, RuleAbstention, Status, Transcript, Word
from pipeline.settings import Settings
from pipeline.store.desk_verdicts import Standing

LINES = (
    ("agent", "您好，很高兴为您服务，请问有什么可以帮您？"),
    ("customer", "我的号码是13912345678，<script>alert(1)</script>怎么还没弄好？"),
    ("agent", "这个不归我们管，你自己没看清楚。"),
    ("agent", "谢谢您的来电，再见。"),
)
AT = datetime(2026, 3, 2, tzinfo=UTC)
NUMBER = "13912345678"


def heard() -> Heard:
    turns = dialogue(*LINES)
    recording = Recording("c" * 64, "/nowhere/c.wav", 30.0, 2, "8001", AT)
    return Heard(recording, Transcript(turns, Roles("channel", 1.0, False), Engine("given", "none")), Acoustics())


@pytest.fixture(scope="module")
def labels():
    return load_labels(Settings().lexicons_dir)


@pytest.fixture(scope="module")
def card():
    return judge(heard(), kit())


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    with desk_in(tmp_path_factory.mktemp("desk")) as app:
        app.state.room.store.save_scorecard(judge(heard(), kit()), Acoustics())
        app.state.ids = desk_calls.keep(app.state.room.store, kit(), "d05")
        yield app


@pytest.fixture
def desk(served):
    yield served
    with served.state.room.desk._engine.begin() as connection:
        for name in (
            "verdicts",
            "score_history",
            "inspections",
            "appeals",
            "acknowledgements",
            "unmasked",
            "access_log",
        ):
            connection.exec_driver_sql(f"DELETE FROM {name}")


def _verdict(finding, decision, **given):
    made = {"label": finding.label, "at": AT, "machine_label": finding.label, "rule": finding.rule} | given
    return Verdict("c" * 64, finding_key(finding), "王检", decision, **made)


def _after(card, verdicts, labels):
    whole = effect.with_added(card, verdicts, labels)
    found = effect.standing(whole.findings, effect.by_finding(verdicts), labels)
    return judge(heard(), kit(), findings=found)


def _found(card, label):
    return next(finding for finding in card.findings if finding.label == label)


def test_judging_by_the_same_findings_changes_nothing(card, labels):
    assert _after(card, (), labels) == card


def test_a_red_line_that_meaning_alone_saw_fails_the_call_once_confirmed(card, labels):
    shirk = _found(card, "shirk")
    mocked = replace(shirk, label="insult", criterion="communication.composure", rule=BY_MEANING, phrase=None)
    seen = judge(heard(), kit(), findings=(*card.findings, mocked))
    assert seen.affinity.red_line is None and 0 < seen.affinity.score < card.affinity.score
    assert _after(seen, [_verdict(mocked, Decision.CONFIRMED)], labels).affinity.red_line == labels["insult"].zh


def test_a_rejected_finding_no_longer_counts_until_it_is_confirmed_again(card, labels):
    shirk = _found(card, "shirk")
    rejected = _verdict(shirk, Decision.REJECTED)
    assert _after(card, [rejected], labels).affinity.score > card.affinity.score
    assert _after(card, [rejected, _verdict(shirk, Decision.CONFIRMED)], labels).affinity == card.affinity


def test_a_confirmed_doubtful_finding_counts(card, labels):
    doubtful = replace(_found(card, "shirk"), status=Status.DOUBTFUL)
    milder = judge(heard(), kit(), findings=tuple(doubtful if f.label == "shirk" else f for f in card.findings))
    assert milder.affinity.score > card.affinity.score
    assert _after(milder, [_verdict(doubtful, Decision.CONFIRMED)], labels).affinity.score == card.affinity.score


def test_a_corrected_finding_counts_as_what_it_is(card, labels):
    shirk = _found(card, "shirk")
    corrected = _after(card, [_verdict(shirk, Decision.CORRECTED, label="unsure")], labels)
    assert {"unsure"} == {f.label for f in corrected.findings} - {f.label for f in card.findings}
    assert _found(corrected, "unsure").criterion == labels["unsure"].criterion


def test_what_was_added_counts_where_the_words_still_stand(card, labels):
    turn = card.transcript.turns[2]
    evidence = effect.quoted(turn, 0, 4)
    assert (evidence.quote, evidence.span.start_s) == (turn.text[:4], turn.span.start_s)
    assert evidence.span.end_s == turn.words[3].span.end_s
    made = effect.added(labels["impatience"], evidence, "王检")
    verdict = _verdict(made, Decision.ADDED, machine_label="", rule="", evidence=evidence)
    assert _after(card, [verdict], labels).affinity.score < card.affinity.score
    elsewhere = replace(verdict, evidence=replace(evidence, quote="别的话别"))
    assert effect.with_added(card, [elsewhere], labels) == card


def test_rows_tell_what_stands_and_what_came_before(card, labels):
    shirk = _found(card, "shirk")
    history = (
        Standing(_verdict(shirk, Decision.REJECTED, reason="识别错误"), 1),
        Standing(_verdict(shirk, Decision.CORRECTED, label="offer_help"), 2),
    )
    rows = {row.key: row for row in finding_rows(card, Decided(history=history), labels)}
    row = rows.pop(finding_key(shirk))
    assert (row.state, row.label, row.look, row.version) == ("corrected", "offer_help", "standard", 2)
    assert [each.version for each in row.history] == [1, 2]
    assert not row.appealable
    assert {other.state for other in rows.values()} == {"open"}


def _page(desk, name, call="c" * 64):
    answer = person(desk, name).get(f"/calls/{call}")
    assert answer.status_code == 200
    return answer.text


def test_private_words_and_markup_in_the_words_are_harmless(desk):
    for name in ("王检", "赵训", "坐席一"):
        text = _page(desk, name)
        assert NUMBER not in text
        assert "＊" * 11 in text
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)" in text


def test_unmasking_needs_a_reason_is_logged_and_is_the_session_s_own(desk):
    inspector = person(desk, "王检")
    assert inspector.post(f"/calls/{'c' * 64}/unmask", reason=" ").status_code == 422
    assert NUMBER not in _page(desk, "王检")
    assert inspector.post(f"/calls/{'c' * 64}/unmask", reason="核对号码").status_code == 303
    assert NUMBER in _page(desk, "王检")
    assert NUMBER not in _page(desk, "李检")
    assert any(entry.reason == "核对号码" for entry in desk.state.room.desk.logged(who="王检"))


@pytest.mark.parametrize(
    ("name", "judges", "appeals"), [("王检", True, False), ("赵训", False, False), ("坐席一", False, True)]
)
def test_everybody_is_offered_what_they_may_do(desk, name, judges, appeals):
    text = _page(desk, name)
    assert ('value="rejected"' in text) is judges
    assert ("人工评分" in text and "/scores" in text) is judges
    assert ("提交申诉" in text) is appeals


def test_scores_by_hand_are_shown_to_inspectors_and_not_to_agents(desk):
    path = f"/calls/{'c' * 64}/scores"
    answer = person(desk, "王检").post(path, part=True, criterion="politeness.process", score=41, version=0)
    assert 'value="41"' in answer.text
    assert "王检 41" in _page(desk, "李检")
    assert "王检 41" not in _page(desk, "坐席一")
    again = person(desk, "王检").post(path, part=True, criterion="politeness.process", score=50, version=0)
    assert again.status_code == 409
    assert 'role="alert"' in again.text


def test_a_verdict_s_answer_is_the_finding_with_the_scores_that_follow(desk, card):
    shirk = _found(card, "shirk")
    fields = {"finding": finding_key(shirk), "decision": "rejected", "version": 0, "reason": "识别错误"}
    answer = person(desk, "王检").post(f"/calls/{'c' * 64}/verdicts", part=True, **fields)
    assert answer.status_code == 200
    assert answer.text.count("<article") == 1
    assert "is-rejected" in answer.text
    assert "裁定后" in answer.text
    assert answer.text.count("hx-swap-oob") == 3 + len(card.criteria)
    stale = person(desk, "李检").post(f"/calls/{'c' * 64}/verdicts", part=True, **fields)
    assert stale.status_code == 409
    assert "王检" in stale.text


def test_links_of_report_pages_lead_to_the_call(desk):
    answer = person(desk, "王检").get(f"/calls/{'c' * 16}.html")
    assert (answer.status_code, answer.headers["location"]) == (307, f"/calls/{'c' * 64}")


def _audio(desk, call, headers=None, name="王检"):
    return person(desk, name).get(f"/calls/{call}/audio", headers=headers or {})


def test_sound_comes_whole_and_in_ranges(desk):
    whole = _audio(desk, desk.state.ids[0])
    size = len(whole.content)
    assert (whole.status_code, whole.headers["accept-ranges"], whole.headers["content-type"]) == (
        200,
        "bytes",
        "audio/wav",
    )
    assert whole.content[:4] == b"RIFF"
    part = _audio(desk, desk.state.ids[0], {"range": "bytes=1000-1999"})
    assert (part.status_code, part.headers["content-range"]) == (206, f"bytes 1000-1999/{size}")
    assert part.content == whole.content[1000:2000]
    assert _audio(desk, desk.state.ids[0], {"range": "bytes=-100"}).content == whole.content[-100:]
    assert _audio(desk, desk.state.ids[0], {"range": f"bytes={size}-"}).status_code == 416
    same = {"range": "bytes=0-9", "if-range": whole.headers["etag"]}
    assert _audio(desk, desk.state.ids[0], same).status_code == 206
    assert _audio(desk, desk.state.ids[0], same | {"if-range": '"another"'}).status_code == 200


def test_sound_is_drawn_ahead_and_never_goes_to_others(desk):
    drawing = person(desk, "王检").get(f"/calls/{desk.state.ids[0]}/peaks").json()
    assert len(drawing["peaks"]) == 2
    assert drawing["duration_s"] == pytest.approx(74, abs=2)
    assert _audio(desk, desk.state.ids[0], name="坐席一").status_code == 404
    assert Browser(desk).get(f"/calls/{desk.state.ids[0]}/audio").status_code in {303, 401}
    assert "private" in _audio(desk, desk.state.ids[0]).headers["cache-control"]


def test_unmasked_sound_is_another_copy_and_masked_again_for_the_next(desk):
    call = desk.state.ids[0]
    masked = _audio(desk, call).headers["etag"]
    person(desk, "王检").post(f"/calls/{call}/unmask", reason="核对录音")
    assert _audio(desk, call).headers["etag"] != masked
    assert _audio(desk, call, name="李检").headers["etag"] == masked


def test_hits_of_entries_with_what_inspectors_said(desk, card):
    room = desk.state.room
    blame = _found(card, "blame")
    assert blame.phrase is not None
    found = count_hits(room.store, [_verdict(blame, Decision.REJECTED)], Progress())
    own = found.of(blame.phrase)
    assert (own.hits, own.calls, own.false.done, own.false.of) == (1, 1, 1, 1)
    assert own.places[0].turn == 2
    assert found.of("no.such").hits == 0


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"hit": "这个真弄不来的", "miss": "这个弄好了"}, None),
        ({"hit": "这个弄好了", "miss": "这个弄好了"}, "应当命中，却没有"),
        ({"hit": "这个真弄不来的", "miss": "这个真弄不来的"}, "不应命中，却命中了"),
        ({"hit": "", "miss": "这个弄好了"}, "没有保存"),
        ({"text": "[真|", "hit": "真", "miss": "假"}, "没有保存"),
    ],
)
def test_a_proposal_is_kept_only_when_its_examples_come_out(desk, given, said):
    before = len(desk.state.room.desk.proposals("lexicon.entry"))
    fields = {"label": "refuse", "text": "这个真弄不来", "why": "常听到"} | given
    answer = person(desk, "赵训").post("/lexicon/proposals", **fields)
    kept = desk.state.room.desk.proposals("lexicon.entry")[: -before or None]
    if said is None:
        assert answer.status_code == 303
        assert json.loads(kept[0].document)["entry"]["text"] == "这个真弄不来"
        assert "这个真弄不来" in person(desk, "管理").get("/lexicon/proposals.yaml").text
    else:
        assert answer.status_code == 422
        assert said in answer.text
        assert kept == ()


def test_a_sentence_is_tried_live(desk):
    text = (
        person(desk, "赵训")
        .post("/lexicon/try", part=True, sentence="您稍等，<b>你自己没看清楚</b>", role="agent")
        .text
    )
    assert "请客户等待" in text
    assert "责备埋怨" in text
    assert "<b>" not in text
    assert (
        "责备埋怨" not in person(desk, "赵训").post("/lexicon/try", sentence="你自己没看清楚", role=Role.CUSTOMER).text
    )


def test_a_back_test_tells_who_would_move_and_keeps_nothing(desk):
    trainer, room = person(desk, "赵训"), desk.state.room
    text = (room.settings.lexicons_dir / "rubric.yaml").read_text(encoding="utf-8")
    before = room.store.scorecard("c" * 64)
    answer = trainer.post("/rubric/try", text=re.sub(r"start: 24", "start: 4", text, count=1))
    where = answer.headers["location"]
    room.jobs.find(where.rsplit("/", 1)[1]).future.result(60)
    shown = trainer.get(where).text
    assert "礼貌程度" in shown
    assert shown.count('class="num down"') >= 3
    assert room.store.scorecard("c" * 64) == before
    assert person(desk, "王检").get(where).status_code == 404
    assert "start" in trainer.post("/rubric/try", text=text.replace("start: 24", "start: many", 1)).text


def test_jobs_tell_how_far_they_are_and_why_they_failed():
    jobs = Jobs()

    def work(progress):
        progress.of, progress.done = 4, 1
        raise ValueError("no good")

    job = jobs.start("a", work)
    assert job.result(5) is None
    assert job.finished
    assert job.progress.ratio == 0.25
    assert job.error == "ValueError: no good"
    again = jobs.start("a", lambda progress: 7)
    assert again.result(5) == 7
    assert again.error is None
    for number in range(80):
        jobs.start(str(number), lambda progress: None).result(5)
    assert jobs.find("0") is None
    assert jobs.find("79") is not None
    jobs.close()


def test_the_recognisers_own_words_and_unjudged_rules_are_shown_masked(desk, card):
    said = card.transcript.turns[1]
    wrote = said.text.replace("弄好", "弄号").replace("号码", "好码")
    words = tuple(
        Word(char, said.span, 0.9, other if other != char else "") for char, other in zip(said.text, wrote, strict=True)
    )
    turns = (card.transcript.turns[0], replace(said, words=words), *card.transcript.turns[2:])
    told = replace(
        card,
        recording=replace(card.recording, id="e" * 64),
        transcript=replace(card.transcript, turns=turns),
        abstained_rules=(RuleAbstention("loud", "音量过高", "没有录音可以测量"),),
    )
    desk.state.room.store.save_scorecard(told, Acoustics())
    text = _page(desk, "王检", "e" * 64)
    assert text.count("识别原文") == 1
    assert '<span class="respelt">号</span>' in text
    assert NUMBER not in text and "<script>alert(1)" not in text
    assert "音量过高：没有录音可以测量" in text
