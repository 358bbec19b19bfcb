from dataclasses import replace

import pytest
from builders import dialogue, turn
from calls import SETTINGS, call

from pipeline.measures.dialogue import rate_cpm, speech_s, turn_rate_cpm
from pipeline.measures.figures import measure
from pipeline.measures.wording import (
    courtesy_by_third,
    fillers_per_100_chars,
    hedges_per_100_chars,
    nin_ratio,
    please_count,
)
from pipeline.schema import Acoustics, ChannelQuality, Span, TurnVoice

A, C = "agent", "customer"


def agent(*texts):
    return dialogue(*((A, text) for text in texts))


@pytest.mark.parametrize(
    ("text", "ratio"),
    [
        ("您说一下您的号码", 1.0),
        ("你的号码", 0.0),
        ("您好，你的号码和您的姓名", 2 / 3),
        ("你好，请讲", None),
        ("你好，您请讲", 1.0),
    ],
)
def test_nin_ratio(text, ratio):
    assert nin_ratio(agent(text)) == (None if ratio is None else pytest.approx(ratio))


def test_please_count():
    assert please_count(agent("请问您贵姓", "请稍等，请讲")) == 3


@pytest.mark.parametrize(
    ("measured", "text", "per_100"),
    [
        (fillers_per_100_chars, "呃就是说那个套餐很好用", 300 / 11),
        (fillers_per_100_chars, "这个套餐很好", 0.0),
        (hedges_per_100_chars, "可能是吧我不太清楚", 200 / 9),
        (hedges_per_100_chars, "明天上午修好", 0.0),
        (hedges_per_100_chars, "……", None),
    ],
)
def test_densities(measured, text, per_100):
    assert measured(agent(text)) == (None if per_100 is None else pytest.approx(per_100))


def test_courtesy_by_third():
    first, middle, last = courtesy_by_third(agent("您好请讲", "您请说", "查账单", "十元", "没有", "挂了"))
    assert first == pytest.approx(400 / 7) and (middle, last) == (0.0, 0.0)
    assert courtesy_by_third(agent("您好")) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "seconds", "rate"),
    [
        ("这个月的套餐费是五十元", 3.0, 220),
        ("这个月，的套餐费！是五十元。", 3.0, 220),
        ("好的", 1.0, None),
        ("您的号码是一八九零零一二三四五六", 4.25, 60 * 5 / 1.25),  # eleven digits in 2.75 s read out
    ],
)
def test_turn_rate(text, seconds, rate):
    bare = text.replace("，", "").replace("！", "").replace("。", "")
    spoken = turn(A, text if rate == 220 else bare, until=seconds)
    found = turn_rate_cpm(spoken, Acoustics(), SETTINGS)
    assert found == (None if rate is None else pytest.approx(rate, rel=0.08))


def test_rate_without_word_times_takes_numbers_out_in_proportion():
    spoken = replace(turn(A, "您的号码是一八九零零一二三四五六", until=4.0), words=())
    assert turn_rate_cpm(spoken, Acoustics(), SETTINGS) == pytest.approx(60 * 16 / 4.0)


def test_rate_counts_speech_time_only():
    spoken = turn(A, "这个月的套餐费是五十元", until=9.0)
    acoustics = Acoustics(speech=((Span(0.0, 1.5), Span(7.5, 9.0)), ()))
    assert speech_s(spoken, acoustics) == 3.0
    assert rate_cpm([spoken], acoustics, SETTINGS) == pytest.approx(220)


def test_figures_of_a_call():
    context = call((A, "您好请讲"), (C, "多少钱？"), (A, "十元一个月，随时可以退订", 20), (C, "好", 0.5))
    figures = context.measures
    assert figures["unannounced_silence_s"] == figures["longest_silence_s"] == pytest.approx(20)
    assert (figures["agent_turns_count"], figures["customer_turns_count"]) == (2, 2)
    assert figures["answer_median_chars"] == 11
    assert 0.5 < figures["agent_talk_ratio"] < 1
    assert figures["first_response_s"] == 0.5
    assert figures["asr_confidence_ratio"] == 0.95


def test_figures_keep_their_names_when_nothing_can_be_measured():
    known, withheld = call((A, "您好请讲")), call((A, "您好请讲"), withheld=True)
    none = measure(replace(withheld.transcript, turns=()), Acoustics(), (), SETTINGS)
    assert known.measures.keys() == none.keys()
    assert set(none.values()) == {None}


def test_sound_is_measured_over_the_agents_turns():
    voices = (TurnVoice(0, -20.0, -15.0, 200.0, 8.0), TurnVoice(1, -50.0), TurnVoice(2, -26.0, -20.0, None, None))
    quality = (ChannelQuality(0, 10.0, 25.0), ChannelQuality(1, 10.0, 5.0))
    figures = call(
        (A, "您好请讲"), (C, "你好"), (A, "好的"), acoustics=Acoustics(voices=voices, quality=quality)
    ).measures
    assert (figures["agent_level_db"], figures["agent_level_spread_db"]) == (-23.0, 6.0)
    assert (figures["agent_pitch_hz"], figures["agent_pitch_range_semitones"], figures["agent_snr_db"]) == (200, 8, 25)


def test_first_response_is_when_the_agent_is_heard():
    acoustics = Acoustics(speech=((Span(3.4, 5.0),), ()))
    assert call((A, "您好，请问有什么可以帮您", 2.0), acoustics=acoustics).measures["first_response_s"] == 3.4
