"""Channels and voices become people with roles: on a real call in all the forms in which recorders keep it."""

from pathlib import Path

import numpy as np
import pytest
from builders import dialogue
from phrases import entry, matcher, segmenter
from speechless import RATE_HZ, noise

from pipeline.audio.decode import load_audio
from pipeline.schema import Role, Utterance
from pipeline.settings import Settings
from pipeline.speakers.activity import TIMING, find_speech
from pipeline.speakers.roles import Means
from pipeline.speakers.sides import tell_apart

CALL = Path(__file__).parent / "data/calls/d14.wav"
SECONDS = 40


@pytest.fixture(scope="module")
def means(tmp_path_factory):
    finder = matcher(
        tmp_path_factory.mktemp("lexicon"),
        entry("offer_help.ask", "offer_help", "请问有什么可以帮您"),
        entry("intro.number", "self_intro", "工号一二三"),
    )
    return Means(finder, segmenter(), 0.8)


@pytest.fixture(scope="module")
def call():
    return load_audio(CALL, settings=Settings()).samples[:, : SECONDS * RATE_HZ]


@pytest.fixture(scope="module")
def speech(call):
    return tuple(find_speech(side, TIMING) for side in call)


def lines(speech, channel_of):
    """What each side could have said in each stretch of its speech; channel as the recorder keeps it."""
    texts = ("您好工号一二三请问有什么可以帮您", "我想查话费你们给我看看")
    return tuple(Utterance(channel_of(side), span, texts[side]) for side, spans in enumerate(speech) for span in spans)


def test_two_channels(call, speech, means):
    sides = tell_apart(lines(speech, lambda side: side), call, speech, means)
    assert {turn.role for turn in sides.turns if turn.channel == 0} == {Role.AGENT}
    assert (sides.speech, sides.heard_on, sides.roles.method) == (speech, (0, 1), "channel")


@pytest.mark.parametrize("form", ["one channel", "right is dead", "left is dead"])
def test_both_on_one_channel(call, speech, means, form):
    both = call.mean(axis=0)
    silence = noise(SECONDS, 1e-5)
    samples, live = {
        "one channel": (both[None], 0),
        "right is dead": (np.stack([both, silence]), 0),
        "left is dead": (np.stack([silence, both]), 1),
    }[form]
    heard = tuple(find_speech(channel, TIMING) for channel in samples)
    sides = tell_apart(lines(speech, lambda side: live), samples, heard, means)
    assert (sides.roles.method, sides.roles.withheld) == ("voice", False)
    assert sides.heard_on == (live, live)
    agent = [turn for turn in sides.turns if turn.role is Role.AGENT]
    assert agent and all("您好" in turn.text or turn.span.duration_s < 2 for turn in agent)
    assert len(sides.speech) == 2


def test_one_person_on_one_channel_is_withheld(call, speech, means):
    sides = tell_apart(lines(speech[:1], lambda side: 0), call[:1], speech[:1], means)
    assert sides.roles.withheld
    assert "只听到一个人" in sides.roles.reason


def test_one_side_of_two_channels_is_withheld_but_a_given_channel_is_believed(call, speech, means):
    alone = np.stack([call[0], noise(SECONDS, 1e-5)])
    only = lines(speech[:1], lambda side: 0)
    heard = (speech[0], ())
    assert "只有一个" in tell_apart(only, alone, heard, means).roles.reason
    sides = tell_apart(only, alone, heard, means, agent_channel=0)
    assert (sides.roles.method, sides.roles.withheld) == ("given", False)
    assert {turn.role for turn in sides.turns} == {Role.AGENT}


def test_nobody_heard_by_the_segmentation_is_withheld(means):
    """A recogniser may write where no voice is found: nothing breaks, nobody is blamed."""
    turns = dialogue(("agent", "您好"))
    sides = tell_apart([Utterance(0, turns[0].span, "您好")], noise(5, 0.01)[None], ((),), means)
    assert sides.roles.withheld
    assert sides.heard_on == (0,)
