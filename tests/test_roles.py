from dataclasses import replace

import pytest
from builders import dialogue
from phrases import entry, matcher, read, segmenter

from pipeline.schema import Role
from pipeline.speakers.roles import Means, agent_chances, by_channel, by_voice, given

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


def chance(turns, finder, *, number=0):
    """How likely one of the people is an agent."""
    return agent_chances(read(*turns), finder)[number]


def run(turns, finder, *, agent_channel=None, least=0.8):
    return by_channel(turns, Means(finder, segmenter(), least), agent_channel=agent_channel)


def run_voices(turns, finder, *, least=0.8):
    return by_voice(turns, Means(finder, segmenter(), least))


def people(*lines):
    """Turns of unknown role one after the other: (person, text)."""
    turns = dialogue(*(("agent", text) for _, text in lines))
    return tuple(
        replace(turn, role=Role.UNKNOWN, channel=person) for turn, (person, _) in zip(turns, lines, strict=True)
    )


@pytest.mark.parametrize("swap", [False, True])
@pytest.mark.parametrize("call", [CALL, MISHEARD, RUDE], ids=["polite", "misheard", "rude"])
@pytest.mark.parametrize(("how", "method"), [(run, "channel"), (run_voices, "voice")])
def test_the_agent_is_known_by_what_is_said(finder, call, swap, how, method):
    turns, roles = how(unknown(call, swap=swap), finder)
    assert [turn.role for turn in turns] == [turn.role for turn in call]
    assert (roles.method, roles.withheld, roles.reason) == (method, False, None)
    assert 0.8 <= roles.confidence <= 1.0


@pytest.mark.parametrize("call", [CALL, MISHEARD, RUDE, NOTHING], ids=["polite", "misheard", "rude", "nothing"])
def test_swapping_the_channels_swaps_the_chances(finder, call):
    straight = chance(unknown(call), finder)
    assert straight == pytest.approx(chance(unknown(call, swap=True), finder, number=1))
    assert straight + chance(unknown(call), finder, number=1) == pytest.approx(1.0)


def test_more_words_of_service_make_it_surer(finder):
    chances = [chance(unknown(CALL[:length]), finder) for length in (2, 3, 5)]
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


@pytest.mark.parametrize("call", [RUDE, NOTHING], ids=["rude", "nothing"])
def test_a_given_channel_is_believed(finder, call):
    turns, roles = run(unknown(call), finder, agent_channel=0)
    assert [turn.role for turn in turns] == [turn.role for turn in call]
    assert (roles.method, roles.confidence, roles.withheld, roles.reason) == ("given", 1.0, False, None)


@pytest.mark.parametrize(("agent_channel", "swap"), [(1, False), (0, True)])
def test_swapped_channels_are_told_but_not_put_right(finder, agent_channel, swap):
    turns, roles = run(unknown(CALL, swap=swap), finder, agent_channel=agent_channel)
    assert {turn.role for turn in turns if turn.channel == agent_channel} == {Role.AGENT}
    assert roles.withheld is False
    assert ("左" if agent_channel == 0 else "右") + "声道，但" in roles.reason
    assert "接反" in roles.reason


def test_two_channels_with_one_speaker_are_withheld(finder):
    turns, roles = run(unknown(CALL[::2]), finder)
    assert roles.withheld
    assert "只有一个" in roles.reason
    assert run(unknown(CALL[::2]), finder, agent_channel=0)[1].withheld is False
    assert len(turns) == 3


def test_help_offered_late_makes_no_agent(finder):
    """A customer who repeats, far into the call, what the agent said at its beginning."""
    early = unknown(dialogue(("agent", "嗯"), ("customer", "请问有什么可以帮您"), ("agent", "好"), ("customer", "对")))
    late = unknown(
        dialogue(
            ("agent", "嗯"),
            ("customer", "对"),
            ("agent", "好"),
            ("customer", "是"),
            ("agent", "哦"),
            ("customer", "请问有什么可以帮您"),
        )
    )
    assert chance(early, finder, number=1) > chance(late, finder, number=1) + 0.1


class Doubting:
    """Finds what another finder finds, each with the same certainty."""

    def __init__(self, finder, certainty):
        self._finder, self._certainty = finder, certainty

    def find(self, texts, *, any_role=False):
        found = self._finder.find(texts, any_role=any_role)
        return tuple(replace(each, evidence=replace(each.evidence, certainty=self._certainty)) for each in found)


def test_only_what_is_surely_found_makes_an_agent(finder):
    sure, unsure, nothing = (chance(unknown(CALL), Doubting(finder, certainty)) for certainty in (0.9, 0.7, 0.0))
    assert sure > unsure
    assert unsure == nothing


@pytest.mark.parametrize(("spoken_s", "withheld"), [(1.9, True), (2.1, False)])
def test_who_is_heard_for_a_moment_is_no_second_voice(finder, spoken_s, withheld):
    turns = unknown(CALL[:2])
    start_s = turns[1].span.start_s
    short = replace(turns[1], span=replace(turns[1].span, end_s=start_s + spoken_s))
    assert run_voices((turns[0], short), finder)[1].withheld is withheld


def test_one_voice_is_withheld(finder):
    _, roles = run_voices(unknown(CALL[::2]), finder)
    assert (roles.method, roles.withheld) == ("voice", True)
    assert "只听到一个人" in roles.reason


@pytest.mark.parametrize("how", [run, run_voices])
def test_nobody_speaking_is_withheld(finder, how):
    assert how((), finder)[1].withheld


PUT_THROUGH = (
    (0, "您好，请问有什么可以帮您"),
    (1, "我家宽带又断了，你们怎么搞的，我想投诉"),
    (0, "请您稍等，我帮您转到投诉专席"),
    (2, "您好，工号二零一，请问有什么可以帮您"),
    (1, "我说了我家宽带断了，你们给我修"),
    (2, "给您添麻烦了，我帮您登记工单"),
)
ANNOUNCED = (
    (0, "欢迎致电客户服务中心，宽带报障请按一，人工服务请按零，为了保证服务质量您的通话可能会被录音"),
    (1, "您好，请问有什么可以帮您"),
    (2, "我家宽带又断了，你们给我看看"),
    (1, "我帮您查一下，请您稍等"),
)
A_BYSTANDER = ((0, "您好，请问有什么可以帮您"), (1, "我家宽带断了，你们给我看看"), (2, "嗯"), (0, "我帮您查一下"))


@pytest.mark.parametrize(
    ("lines", "roles"),
    [
        (PUT_THROUGH, {0: Role.AGENT, 1: Role.CUSTOMER, 2: Role.AGENT}),
        (ANNOUNCED, {0: Role.UNKNOWN, 1: Role.AGENT, 2: Role.CUSTOMER}),
        (A_BYSTANDER, {0: Role.AGENT, 1: Role.CUSTOMER, 2: Role.UNKNOWN}),
    ],
    ids=["put through", "announcement", "somebody beside"],
)
def test_three_voices(finder, lines, roles):
    turns, found = run_voices(people(*lines), finder)
    assert {turn.channel: turn.role for turn in turns} == roles
    assert (found.method, found.withheld) == ("voice", False)
    assert found.confidence >= 0.8


def test_an_agent_who_names_keys_is_no_announcement(finder):
    lines = ((0, "您好，请问有什么可以帮您"), (1, "我家宽带怎么报修"), (0, "您打过来先按一"), (1, "按一以后呢"),
             (0, "再按二，人工服务请按零"))  # fmt: skip
    turns, roles = run_voices(people(*lines), finder)
    assert not roles.withheld
    assert {turn.role for turn in turns if turn.channel == 0} == {Role.AGENT}


def test_an_announcement_alone_with_a_caller_is_withheld(finder):
    _, roles = run_voices(people(ANNOUNCED[0], ANNOUNCED[2]), finder)
    assert roles.withheld
    assert roles.reason


def test_roles_of_a_transcript_are_taken_as_given():
    turns, roles = given(CALL)
    assert turns == CALL
    assert (roles.method, roles.confidence, roles.withheld) == ("given", 1.0, False)


def test_a_transcript_without_an_agent_is_withheld():
    turns, roles = given(unknown(CALL))
    assert roles.withheld
    assert roles.reason
    assert turns == unknown(CALL)
