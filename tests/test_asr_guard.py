from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from speechless import FEW, MANY, RATE_HZ, noise, telephone
from telephony import encode

from pipeline.asr.guard import drop_invented, load_invented
from pipeline.audio.decode import load_audio
from pipeline.call import Scored, Scorer
from pipeline.errors import LexiconError
from pipeline.schema import Failure, Polarity, Source, Span, Utterance
from pipeline.settings import Settings

PHRASES = load_invented(Settings().lexicons_dir / "invented.yaml")
CHARS_PER_SECOND = 5.0
CALLS = Path(__file__).parent / "data/calls"


def said(text, *, at=0.0, lasts_s=None, confidence=0.8, no_speech=0.0, channel=0):
    lasts_s = max(0.4, len(text) / CHARS_PER_SECOND) if lasts_s is None else lasts_s
    return Utterance(channel, Span(at, at + lasts_s), text, (), confidence, no_speech)


def judged(utterance, *, cover=1.0):
    """The reason for which an utterance is dropped, or None; speech lies under the first part of it."""
    span = utterance.span
    speech = [[Span(span.start_s, span.start_s + cover * span.duration_s)]]
    kept, reasons = drop_invented([utterance], speech, PHRASES)
    assert (kept == (utterance,)) == (not reasons)
    return reasons[0] if reasons else None


@pytest.mark.parametrize(
    "text",
    [
        "您好，请问有什么可以帮您？",
        "谢谢",
        "谢谢您，再见！",
        "您好",
        "嗯",
        "喂喂喂喂",
        "对对对对",
        "好好好，我知道了",
        "好的好的好的好的",
        "谢谢谢谢谢谢",
        "行行行行行",
        "8888 8888",
        "一二三一二三一二三一二三",
        "我看一下，嗯，我看一下，好，我再看一下",
        "我在电视上看到谢谢观看几个字就没有信号了",
        "电影没有中文字幕",
        "（音乐）您好，请讲",
        "Wi-Fi 连不上",
        "请您稍等，我帮您查一下，感谢您的耐心等待",
        "麻烦您订阅一下这个套餐",
        "感谢您的来电，祝您生活愉快，再见",
    ],
)
def test_real_speech_stays(text):
    assert judged(said(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "字幕由 Amara.org 社区提供",
        "由 Amara.org 社群提供的字幕",
        "中文字幕志愿者 杨茜茜",
        "感谢观看",
        "谢谢大家收看",
        "嗯，谢谢观看！",
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "明镜需要您的支持 欢迎订阅明镜",
        "优优独播剧场——YoYo Television Series Exclusive",
        "词曲 李宗盛",
        "Thank you for watching!",
    ],
)
def test_subtitles_go_even_over_speech(text):
    assert "字幕" in judged(said(text))


@pytest.mark.parametrize("text", ["以下是普通话的句子。", "以下是普通话的句子，以下是普通话的句子"])
def test_the_prompt_goes(text):
    assert "提示词" in judged(said(text))


@pytest.mark.parametrize(
    "text", ["(音乐)", "（掌声）", "[Music]", "【音乐】", "♪", "♪ 月亮代表我的心 ♪", "*笑声*", "……", ""]
)
def test_annotations_and_symbols_go(text):
    assert "只有符号" in judged(said(text))


@pytest.mark.parametrize("text", ["谢谢" * 8, "喂" * 12, "好的" * 9, "我不知道，" * 4, "稍等一下" + "请您等待" * 6])
def test_loops_go(text):
    assert "循环" in judged(said(text))


@pytest.mark.parametrize(
    ("text", "cover", "stays"),
    [
        ("我要查一下话费", 0.0, False),
        ("我要查一下话费", 0.1, False),
        ("我要查一下话费", 0.5, True),
        ("谢谢", 0.3, False),
        ("谢谢", 0.7, True),
        ("再见", 0.0, False),
        ("谢谢您再见", 0.5, True),
    ],
)
def test_text_needs_speech_under_it(text, cover, stays):
    reason = judged(said(text), cover=cover)
    assert reason is None if stays else "人声" in reason


@pytest.mark.parametrize(
    ("text", "confidence", "no_speech", "stays"),
    [
        ("谢谢", 0.9, 0.9, True),
        ("谢谢", 0.2, 0.1, True),
        ("谢谢", 0.3, 0.9, False),
        ("谢谢您，再见", 0.3, 0.9, False),
        ("请问您的号码", 0.3, 0.9, True),
        ("请问您的号码", 0.2, 0.5, True),
        ("请问您的号码", 0.1, 0.7, False),
        ("请问您的号码", 0.07, 0.55, False),
        ("啊啊啊", 0.56, 0.87, False),
        ("啊啊啊", 0.9, 0.87, True),
    ],
)
def test_what_the_recogniser_doubts_itself(text, confidence, no_speech, stays):
    assert (judged(said(text, confidence=confidence, no_speech=no_speech)) is None) == stays


@pytest.mark.parametrize(
    ("text", "lasts_s", "stays"),
    [
        ("您好请问您要办理什么业务呢", 1.5, True),
        ("您好请问您要办理什么业务呢", 0.6, False),
        ("您好请问", 0.2, True),
        ("international roaming", 1.5, True),
    ],
)
def test_more_text_than_can_be_said(text, lasts_s, stays):
    reason = judged(said(text, lasts_s=lasts_s))
    assert reason is None if stays else "这么快" in reason


def test_speech_on_the_other_channel_does_not_count():
    kept, reasons = drop_invented([said("您好"), said("您好", channel=1)], [[Span(0, 1)], []], PHRASES)
    assert [utterance.channel for utterance in kept] == [0]
    assert "声道 1" in reasons[0]


def test_reasons_tell_when_and_why():
    utterances = [said("您好"), said("谢谢观看", at=12.34), said("再见", at=20.0)]
    kept, reasons = drop_invented(utterances, [[Span(0.0, 1.0), Span(12.0, 21.0)]], PHRASES)
    assert [utterance.text for utterance in kept] == ["您好", "再见"]
    assert reasons == ("12.3 秒，声道 0：视频字幕常见语，通话中没有人说",)


PIECES = st.sampled_from(
    ["谢谢", "您好", "，", "感谢观看", "字幕由", "提供", "我想", "查话费", "♪", "(", ")", "8", "a"]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join) | st.text(max_size=20)
TIMES = st.floats(0, 30).flatmap(lambda start: st.floats(0, 5).map(lambda lasts: Span(start, start + lasts)))
UTTERANCES = st.builds(Utterance, st.integers(0, 2), TIMES, TEXTS, st.just(()), st.floats(0, 1), st.floats(0, 1))


@given(utterances=st.lists(UTTERANCES, max_size=6), speech=st.lists(st.lists(TIMES, max_size=4), max_size=2))
def test_kept_is_an_ordered_part_and_nothing_is_lost(utterances, speech):
    kept, reasons = drop_invented(utterances, speech, PHRASES)
    rest = iter(utterances)
    assert all(any(utterance is other for other in rest) for utterance in kept)
    assert len(kept) + len(reasons) == len(utterances)
    assert drop_invented(kept, speech, PHRASES) == (kept, ())


@given(utterance=UTTERANCES)
def test_without_speech_nothing_stays(utterance):
    assert drop_invented([utterance], [], PHRASES)[0] == ()


def test_another_list_can_be_given(tmp_path):
    path = tmp_path / "invented.yaml"
    path.write_text("always: [本节目由…冠名]\nechoed: [提示]\non_little_speech: [多谢]\n", encoding="utf-8")
    utterances = [said("本节目由某某公司冠名"), said("感谢观看"), said("多谢", no_speech=0.9, confidence=0.1)]
    kept, reasons = drop_invented(utterances, [[Span(0, 9)]], load_invented(path))
    assert [utterance.text for utterance in kept] == ["感谢观看"]
    assert len(reasons) == 2


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "cannot be read"),
        ("always: [感谢\nechoed", "cannot be read"),
        ("- 谢谢观看", "must hold exactly the lists always, echoed, on_little_speech"),
        ("always: [感谢观看]", "must hold exactly the lists"),
        ("always: [a]\nechoed: [b]\non_little_speech: [c]\nextra: [d]", "must hold exactly the lists"),
        ("always: 感谢\nechoed: [b]\non_little_speech: [c]", "always is no list"),
        ("always: [a]\nechoed: []\non_little_speech: [c]", "echoed is no list"),
        ("always: [a]\nechoed: ['……']\non_little_speech: [c]", "echoed: '……' is no phrase"),
        ("always: [a]\nechoed: [b]\non_little_speech: [7]", "on_little_speech: 7 is no phrase"),
    ],
)
def test_a_list_that_cannot_be_used(tmp_path, content, complaint):
    path = tmp_path / "invented.yaml"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        load_invented(path)
    assert str(error.value).startswith(str(path))
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)


HEARD_AS_SPEECH = ("melody", "modem", "humming", "band", "loud murmur", "fax")
"""Sounds that wake the speech detector here or there: what is written of them must not be scored."""


@pytest.fixture(scope="module")
def scorer():
    return Scorer(Settings())


def counted(outcome):
    """Findings for or against the agent; that something was not said is a neutral one."""
    return [finding for finding in outcome.card.findings if finding.polarity is not Polarity.NEUTRAL]


def as_the_agent(scorer, folder, agent, customer):
    """What is scored when a sound is the agent's channel."""
    path = encode(folder / "clip.wav", [agent, customer])
    return scorer.score(Source(str(path), agent_channel=0), "clip")


@pytest.mark.parametrize("name", HEARD_AS_SPEECH)
def test_nothing_is_scored_where_nobody_speaks(scorer, tmp_path, name):
    sound = {**FEW, **MANY}[name]()
    outcome = as_the_agent(scorer, tmp_path, sound, np.zeros_like(sound))
    assert isinstance(outcome, Failure) or counted(outcome) == []


@pytest.mark.parametrize("call", ["d08", "d16"])
def test_a_customer_who_leaks_is_not_the_agent(scorer, tmp_path, call):
    """25 dB below the customer, on a channel where nobody else speaks."""
    customer = load_audio(CALLS / f"{call}.wav", settings=Settings()).samples[1][: 30 * RATE_HZ]
    leak = 10 ** (-25 / 20) * telephone(customer) + noise(len(customer) / RATE_HZ, 0.0005)
    outcome = as_the_agent(scorer, tmp_path, leak, customer)
    assert isinstance(outcome, Scored)
    assert [turn for turn in outcome.card.transcript.turns if turn.channel == 0] == []
    assert counted(outcome) == []
