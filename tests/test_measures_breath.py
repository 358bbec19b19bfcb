"""The longest stretch that the agent speaks without a pause."""

import pytest

from pipeline.measures.dialogue import BREATH_PAUSE_S, longest_breath
from pipeline.schema import Acoustics, Role, Span, Turn, Word

SHORT, LONG = BREATH_PAUSE_S / 2, BREATH_PAUSE_S * 2
SAID = Turn(0, Role.AGENT, Span(0, 20), "套餐", (), 0.9, 0)
OTHER = (Span(0, 30),)


def parts(pause_s):
    return Span(0, 10), Span(10 + pause_s, 20)


@pytest.mark.parametrize(("pause_s", "longest"), [(SHORT, Span(0, 20)), (LONG, Span(0, 10))])
def test_a_pause_ends_a_breath_by_speech_activity_or_by_words(pause_s, longest):
    worded = Turn(0, Role.AGENT, Span(0, 20), "套餐", tuple(Word("套", span, 0.9) for span in parts(pause_s)), 0.9, 0)
    assert longest_breath([SAID], Acoustics(speech=(parts(pause_s), OTHER))) == longest
    assert longest_breath([worded], Acoustics()) == longest


def test_turns_that_follow_at_once_are_one_breath():
    then = Turn(1, Role.AGENT, Span(20 + SHORT, 30), "流量", (), 0.9, 0)
    later = Turn(1, Role.AGENT, Span(20 + LONG, 30), "流量", (), 0.9, 0)
    assert longest_breath([SAID, then], Acoustics()) == Span(0, 30)
    assert longest_breath([SAID, later], Acoustics()) == Span(0, 20)


def test_without_turns_there_is_none():
    assert longest_breath([], Acoustics()) is None
