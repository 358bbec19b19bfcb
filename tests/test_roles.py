from dataclasses import replace

import pytest
from builders import dialogue
from phrases import entry, matcher, read, segmenter

from pipeline.schema import Role
from pipeline.speakers.roles import agent_probability, assign, given

CALL = dialogue(
    ("agent", "您好，请问有什么可以帮您"),
    ("customer", "我家宽带又断了，你们怎么搞的"),
    ("agent", "给您添麻烦了，我帮您查一下，请您稍等"),
    ("customer", "行，我想问下什么时候能修好"),
    ("agent", "工单已经登记了，师傅会跟您联系的"),
)
MISHEARD = dialogue(
    ("agent", "宁好行问有神么可以邦您"),
    ("customer", "窝家宽带又断了，泥们怎么搞的"),
    ("agent", "公单已经等记了，半您和实一下"),
)
RUDE = dialogue(
    ("agent", "喂什么事"),
    ("customer", "我家宽带坏了，你们给我看看"),
    ("agent", "系统显示没问题"),
    ("customer", "那我的电视怎么看不了，你们得让我能看"),
)
NOTHING = dialogue(("agent", "嗯"), ("customer", "啊"), ("agent", "对"))


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    return matcher(
        tmp_path_factory.mktemp("lexicon"),
        entry("greeting.nin_hao", "greeting", "您好"),
        entry("offer_help.ask", "offer_help", "请问有什么可以帮您"),
        entry("wait.please", "wait_notice", "请您稍等"),
    )


def unknown(turns, *, swap=False):
    return tuple(replace(turn, role=Role.UNKNOWN, channel=1 - turn.channel if swap else turn.channel) for turn in turns)


def run(turns, finder, *, channels=2, agent_channel=None, least=0.8):
    return assign(
        turns,
        channels=channels,
        agent_channel=agent_channel,
        finder=finder,
        segmenter=segmenter(),
        min_confidence=least,
    )


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("call", [CALL, MISHEARD, RUDE], ids=["polite", "misheard", "rude"])
def test_the_agent_is_known_by_what_is_said(finder, call, swap):
    turns, roles = run(unknown(call, swap=swap), finder)
    assert [turn.role for turn in turns] == [turn.role for turn in call]
    assert roles.method == "channel"
    assert not roles.withheld
    assert roles.reason is None
    assert 0.8 <= roles.confidence <= 1.0


@pytest.mark.parametrize("call", [CALL, MISHEARD, RUDE, NOTHING], ids=["polite", "misheard", "rude", "nothing"])
def test_swapping_the_channels_swaps_the_chances(finder, call):
    straight = agent_probability(read(*unknown(call)), finder)
    swapped = agent_probability(read(*unknown(call, swap=True)), finder)
    assert straight + swapped == pytest.approx(1.0)


def test_more_words_of_service_make_it_surer(finder):
    chances = [agent_probability(read(*unknown(CALL[:length])), finder) for length in (2, 3, 5)]
    assert chances == sorted(chances)
    assert chances[0] < chances[-1]


def test_too_little_said_is_withheld_with_a_reason(finder):
    turns, roles = run(unknown(NOTHING), finder)
    assert roles.withheld
    assert {turn.role for turn in turns} == {Role.UNKNOWN}
    assert 0.5 <= roles.confidence < 0.8
    assert "把握" in roles.reason
    assert "80%" in roles.reason


def test_a_higher_demand_withholds_more(finder):
    _, roles = run(unknown(RUDE), finder, least=1.0)
    assert roles.withheld


def test_a_given_channel_is_not_doubted(finder):
    turns, roles = run(unknown(CALL), finder, agent_channel=1)
    assert [turn.role for turn in turns if turn.channel == 1] == [Role.AGENT, Role.AGENT]
    assert (roles.method, roles.confidence, roles.withheld) == ("given", 1.0, False)


def test_one_channel_is_withheld_also_when_a_channel_was_given(finder):
    for channel in (None, 0):
        turns, roles = run(unknown(CALL), finder, channels=1, agent_channel=channel)
        assert roles.withheld
        assert roles.reason.startswith("单声道")
        assert {turn.role for turn in turns} == {Role.UNKNOWN}


def test_two_channels_with_one_speaker_are_withheld(finder):
    turns, roles = run(unknown(CALL[::2]), finder)
    assert roles.withheld
    assert "只有一个" in roles.reason
    assert run(unknown(CALL[::2]), finder, agent_channel=0)[1].withheld is False
    assert len(turns) == 3


def test_nobody_speaking_is_withheld(finder):
    assert run((), finder)[1].withheld


def test_roles_of_a_transcript_are_taken_as_given():
    turns, roles = given(CALL)
    assert turns == CALL
    assert (roles.method, roles.confidence, roles.withheld) == ("given", 1.0, False)


def test_a_transcript_without_an_agent_is_withheld():
    turns, roles = given(unknown(CALL))
    assert roles.withheld
    assert roles.reason
    assert turns == unknown(CALL)
