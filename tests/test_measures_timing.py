from dataclasses import replace

import pytest
from builders import dialogue, turn
from calls import SETTINGS, call, finding
from hypothesis import given
from hypothesis import strategies as st

from pipeline.measures.spans import covered_s, gaps, joined, total_s, within
from pipeline.measures.timing import find_events
from pipeline.measures.words import asks_to_wait, is_backchannel, is_question, spoken_length
from pipeline.schema import Acoustics, Engine, EventKind, Role, Roles, Span, Transcript, TurnVoice

A, C = "agent", "customer"


def transcript(*turns, withheld=False):
    numbered = tuple(replace(each, index=i) for i, each in enumerate(turns))
    return Transcript(numbered, Roles("channel", 0.99, withheld), Engine("given", "none"))


def events(heard, *, findings=(), acoustics=None):
    return find_events(heard, acoustics or Acoustics(), findings, SETTINGS)


def kinds(found):
    return [each.kind.value for each in found]


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("您先听我把话说完", 3.0, ["interruption"]),
        ("您先听我把话说完", 4.5, []),  # overlap 0.5 s
        ("您先听我把话说完", 0.5, []),  # the customer has only just begun
        ("嗯嗯", 3.0, []),
        ("好的好的是的", 3.0, []),  # long, and still a back-channel
        ("您先听我把话说完", 5.2, []),  # after the end
    ],
)
def test_interruption(text, start, found):
    heard = transcript(
        turn(C, "我跟你讲我家的网从昨天就断了一直没好", until=5.0), turn(A, text, start, until=start + 2.5)
    )
    assert kinds(events(heard)) == found


def test_an_interruption_tells_who_and_how_long():
    heard = transcript(turn(A, "这个套餐的内容是这样的您听我说完", until=5.0), turn(C, "我不要听这个", 3.5, until=6.0))
    (event,) = events(heard)
    assert (event.by, event.span, event.detail["overlap_s"]) == (Role.CUSTOMER, Span(3.5, 5.0), 1.5)


def test_one_channel_has_no_interruptions():
    turns = turn(C, "我家的网从昨天就断了一直没好", until=5.0), turn(A, "您先听我把话说完", 3.0, until=5.5)
    assert events(transcript(*(replace(each, channel=0) for each in turns))) == ()


def test_voices_on_one_channel_have_none_either():
    heard = transcript(turn(C, "我家的网从昨天就断了一直没好", until=5.0), turn(A, "您先听我把话说完", 3.0, until=5.5))
    assert kinds(events(replace(heard, roles=replace(heard.roles, method="voice")))) == []
    assert kinds(events(heard)) == ["interruption"]


def test_speech_activity_trims_a_turn_that_ends_late():
    heard = transcript(turn(C, "我家的网从昨天就断了一直没好", until=5.0), turn(A, "您先听我把话说完", 3.0, until=5.5))
    speech = ((Span(3.0, 5.5),), (Span(0.0, 3.2),))
    assert kinds(events(heard, acoustics=Acoustics(speech=speech))) == []


def wait(agent, customer, pause_s):
    return transcript(*dialogue((A, agent), (C, customer), (A, "查到了，是这样的。", pause_s)))


@pytest.mark.parametrize(
    ("agent", "customer", "pause_s", "label", "expected", "cause"),
    [
        ("我看看。", "好。", 12, None, "silence_unannounced", None),
        ("请您稍等，我查一下。", "好。", 12, "wait_notice", "silence_announced", "agent"),
        ("您说一下号码。", "等一下，我找找。", 12, None, "silence_announced", "customer"),
        ("您重启一下。", "嗯，你等等啊。", 15, None, "silence_announced", "customer"),
    ],
)
def test_silence(agent, customer, pause_s, label, expected, cause):
    heard = wait(agent, customer, pause_s)
    findings = [finding(heard.turns[0], label)] if label else []
    (event,) = events(heard, findings=findings)
    assert (event.kind.value, event.detail["cause"], event.by) == (expected, cause, Role.AGENT)
    assert event.span.duration_s == pytest.approx(pause_s)


def test_short_pauses_are_no_silence():
    assert kinds(events(wait("我看看。", "好。", 4))) == []


def test_a_doubtful_notice_announces_nothing():
    heard = wait("请您稍等。", "好。", 12)
    assert kinds(events(heard, findings=[finding(heard.turns[0], "wait_notice?")])) == ["silence_unannounced"]


@pytest.mark.parametrize(("thanks", "thanked"), [("wait_thanks", True), (None, False)])
def test_a_hold_is_an_announced_wait_over_the_limit(thanks, thanked):
    heard = wait("请您稍等。", "好。", 35)
    findings = [finding(heard.turns[0], "wait_notice")] + ([finding(heard.turns[2], thanks)] if thanks else [])
    found = {each.kind: each for each in events(heard, findings=findings)}
    assert found.keys() == {EventKind.SILENCE_ANNOUNCED, EventKind.HOLD}
    assert found[EventKind.HOLD].detail["thanked"] is thanked


@pytest.mark.parametrize(
    ("agent", "customer", "kind", "cause"),
    [
        ("您把屏幕上的字念给我听。", "找着了，卡已锁定。", "silence_announced", "customer"),
        ("您慢慢翻，不着急。", "幺三零六。", "silence_announced", "customer"),
        ("按一下那个小孔。", "哎，好了好了，有网了！是不是就行了？", "silence_announced", "customer"),
        ("哦，那我看看。", "喂，喂，你还在吗？", "silence_unannounced", None),
        ("哦，那我看看。", "怎么没声了？", "silence_unannounced", None),
        ("哦，那我看看。", "喂，同志。", "silence_unannounced", None),
        ("哦，那我看看。", "查到没有啊？我等着呢。", "silence_unannounced", None),
    ],
)
def test_who_takes_his_time_to_answer_makes_nobody_wait(agent, customer, kind, cause):
    (event,) = events(transcript(*dialogue((A, agent), (C, customer, 14.0))))
    assert (event.kind.value, event.detail["cause"]) == (kind, cause)


def test_thanks_for_waiting_show_that_the_wait_was_announced():
    heard = wait("我去调一下。", "中。", 14)
    assert kinds(events(heard)) == ["silence_unannounced"]
    (event,) = events(heard, findings=[finding(heard.turns[2], "wait_thanks")])
    assert (event.kind, event.detail["cause"]) == (EventKind.SILENCE_ANNOUNCED, "agent")


def test_silence_is_heard_where_the_recogniser_left_a_long_turn():
    heard = transcript(turn(A, "我看看", until=30.0), turn(C, "好了吗", 30.0, until=32.0))
    speech = ((Span(0.0, 2.0), Span(28.0, 30.0)), (Span(30.0, 32.0),))
    (event,) = events(heard, acoustics=Acoustics(speech=speech))
    assert (event.kind, event.span) == (EventKind.SILENCE_UNANNOUNCED, Span(2.0, 28.0))


@pytest.mark.parametrize(
    ("question", "delay_s", "found"),
    [
        ("这个多少钱？", 7, ["slow_answer"]),
        ("这个多少钱？", 3, []),
        ("我知道了。", 7, []),
        ("等一下，这个多少钱？", 7, []),
    ],
)
def test_slow_answer(question, delay_s, found):
    heard = transcript(*dialogue((A, "您请讲。"), (C, question), (A, "十元一个月。", delay_s)))
    assert kinds(events(heard)) == found


@pytest.mark.parametrize(
    ("levels", "found"),
    [((-30, -30, -20, -30), 1), ((-30, -30, -25, -30), 0), ((-45, -30, -30, -30), 0), ((-30, None, -20, -30), 1)],
)
def test_level_jump_is_against_the_turn_before_and_the_own_median(levels, found):
    lines = [(A, "好的我来看一下"), (A, "账单在这里"), (A, "说了不行就是不行"), (A, "再见")]
    voices = tuple(TurnVoice(i, level_db=level) for i, level in enumerate(levels))
    heard = transcript(*dialogue(*lines))
    assert kinds(events(heard, acoustics=Acoustics(voices=voices))).count("level_jump") == found


@pytest.mark.parametrize(
    ("lines", "by"),
    [
        ([(C, "什么时候能修好呢"), (A, "我查一下"), (C, "到底什么时候能修好呢")], ["customer"]),
        ([(A, "请您重启一下光猫"), (C, "重启了"), (A, "请您再重启一下光猫")], ["agent"]),
        ([(C, "好的好的"), (A, "行"), (C, "好的好的")], []),
        (
            [
                (C, "什么时候能修好呢"),
                (C, "甲乙丙丁戊己"),
                (C, "子丑寅卯辰巳"),
                (C, "天地玄黄宇宙"),
                (C, "什么时候能修好呢"),
            ],
            [],
        ),
        ([(A, "什么时候能修好呢"), (C, "什么时候能修好呢")], []),
    ],
)
def test_repetition_is_of_the_same_speaker_within_three_turns(lines, by):
    heard = transcript(*dialogue(*lines))
    assert [each.by.value for each in events(heard) if each.kind is EventKind.REPETITION] == by


def test_withheld_roles_have_no_events():
    heard = transcript(turn(C, "我家的网断了", until=2.0), turn(A, "好", 40.0), withheld=True)
    assert events(heard) == ()


def test_events_come_in_order():
    context = call((A, "我看看"), (C, "多少钱？"), (A, "十元", 20), (C, "怎么办？"), (A, "重启吧", 7))
    starts = [each.span.start_s for each in context.events]
    assert len(starts) == 2 and starts == sorted(starts)


@pytest.mark.parametrize("text", ["嗯", "嗯嗯。", "好的。", "对对对", "是的，好。", "哦哦，这样啊", ""])
def test_backchannels(text):
    assert is_backchannel(text)


@pytest.mark.parametrize("text", ["好的我知道你的意思", "不行", "嗯我要投诉", "没有了"])
def test_no_backchannels(text):
    assert not is_backchannel(text)


@pytest.mark.parametrize(
    ("text", "asked"), [("多少钱", True), ("能办吗。", True), ("这是啥呀", True), ("好的", False), ("我要退订", False)]
)
def test_questions(text, asked):
    assert is_question(text) is asked


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("等一下，我找找", True),
        ("我看看啊，四个灯", True),
        ("你稍等", True),
        ("我等了三天了", False),
        ("等你们修好了再说", False),
    ],
)
def test_customers_wait(text, asked):
    assert asks_to_wait(text) is asked


@pytest.mark.parametrize(("text", "length"), [("您好，电信。", 4), ("尾号5678", 6), ("用wifi上网", 4), ("……", 0)])
def test_spoken_length(text, length):
    assert spoken_length(text) == length


times = st.lists(
    st.tuples(st.floats(0, 50), st.floats(0, 10)).map(lambda pair: Span(pair[0], pair[0] + pair[1])), max_size=6
)


@given(times)
def test_spans_arithmetic(first):
    assert total_s(joined(first)) == pytest.approx(total_s(first))
    assert all(not joined(first) or span.overlap_s(gap) == 0 for span in joined(first) for gap in gaps(first))
    window = Span(10, 20)
    assert total_s(within(first, window)) == pytest.approx(sum(span.overlap_s(window) for span in joined(first)))
    assert covered_s(first, window) == pytest.approx(total_s(within(first, window)))
