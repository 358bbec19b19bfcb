import pytest
from calls import DREADFUL, EXEMPLARY, PLAIN, call

from pipeline.criteria.context import once_a_call
from pipeline.criteria.cues import Cue
from pipeline.criteria.registry import registered
from pipeline.schema import Acoustics, ChannelQuality, TurnVoice

A, C = "agent", "customer"
HELLO = (A, "您好，电信客服，请问有什么可以帮您？", "greeting", "offer_help")


def assess(name, *lines, **options):
    return registered()[name].function(call(*lines, **options))


def names(assessment):
    """Names of the signals that are no phrases."""
    return [each.name for each in assessment.signals if not each.name.startswith(("standard.", "forbidden."))]


@pytest.mark.parametrize("name", sorted(registered()))
@pytest.mark.parametrize("lines", [EXEMPLARY, PLAIN, DREADFUL])
def test_every_criterion_emits_what_it_declares_or_abstains_with_a_reason(name, lines):
    found = assess(name, *lines, scenario="fault")
    assert set(names(found)) <= registered()[name].emits
    assert all(each.amount >= 0 and 0 <= each.certainty <= 1 for each in found.signals)
    assert all(each.note for each in found.signals if each.name in registered()[name].emits)
    assert not found.abstained or found.reason


@pytest.mark.parametrize("name", sorted(registered()))
def test_every_criterion_abstains_when_roles_are_withheld(name):
    found = assess(name, *PLAIN, withheld=True)
    assert found.abstained and found.signals == () and "坐席" in found.reason


def test_what_many_criteria_ask_of_a_call_is_answered_once():
    asked = []

    @once_a_call
    def question(context):
        asked.append(context)
        return len(context.transcript.turns)

    one, other = call(*PLAIN), call(*PLAIN[:4])
    assert [question(each) for each in (one, one, other, one)] == [len(PLAIN), len(PLAIN), 4, len(PLAIN)]
    assert asked == [one, other]


def test_process_counts_elements():
    found = assess("politeness.process", *PLAIN)
    assert names(found).count("opening.element") == 3
    assert names(found).count("closing.element") == 3


@pytest.mark.parametrize(
    ("after", "expected"),
    [((A, "查到了。", 12), ["wait.not_thanked"]), ((A, "感谢您的等待。", "wait_thanks", 12), [])],
)
def test_an_announced_wait_is_closed_with_thanks(after, expected):
    found = assess("politeness.process", (A, "请您稍等，我查一下。", "wait_notice"), (C, "好"), after)
    assert names(found) == expected


def test_places_of_one_kind_are_told_together():
    lines = [(C, "我家网断了"), (A, "嗯"), (C, "说了半天也没用"), (A, "嗯"), (C, "我问的不是这个"), (A, "哦")]
    (signal,) = (each for each in assess("politeness.sincere_tone", HELLO, *lines).signals if "customer" in each.name)
    assert (signal.amount, signal.note) == (2, "客户对答复不满（第4、6句）")


def test_a_doubtful_element_is_doubtful():
    found = assess("politeness.process", (A, "您好，请讲。", "greeting?", "offer_help"))
    elements = {each.note: each.doubtful for each in found.signals if each.name == "opening.element"}
    assert elements == {"问候": True, "询问需求": False}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请您说一下您的号码", []),
        ("你说一下你的号码", ["wording.plain_you", "wording.no_please"]),
        ("请你说一下您的号码", ["wording.plain_you"]),
    ],
)
def test_wording(text, expected):
    assert names(assess("politeness.wording", (A, text))) == expected


def voices(*levels, movement=8.0, snr=25.0):
    quality = (ChannelQuality(0, 20.0, snr),)
    turns = tuple(TurnVoice(2 * i, level, level, 200.0, movement) for i, level in enumerate(levels))
    return Acoustics(voices=turns, quality=quality)


@pytest.mark.parametrize(
    ("acoustics", "expected"),
    [
        (voices(-25, -25, -25, -25), []),
        (voices(-25, -25, -12, -25), ["voice.sudden_rise"]),
        (voices(-42, -42, -42, -42), ["voice.too_soft"]),
        (voices(-25, -25, -25, -25, movement=3.0), ["voice.flat"]),
    ],
)
def test_warm_voice(acoustics, expected):
    assert names(assess("politeness.warm_voice", *PLAIN, acoustics=acoustics)) == expected


@pytest.mark.parametrize(("acoustics", "told"), [(Acoustics(), "录音"), (voices(-25, -25, -25, -25, snr=4.0), "噪声")])
def test_warm_voice_abstains_without_sound_or_in_noise(acoustics, told):
    found = assess("politeness.warm_voice", *PLAIN, acoustics=acoustics)
    assert found.abstained and told in found.reason


@pytest.mark.parametrize(
    ("rate", "share", "expected"),
    [(250, 0.0, []), (350, 0.5, ["pace.too_fast", "pace.fast_turns"]), (150, 0.0, ["pace.too_slow"])],
)
def test_pace(rate, share, expected):
    measures = {"agent_rate_cpm": rate, "agent_fast_turns_ratio": share}
    assert names(assess("politeness.pace", *PLAIN, measures=measures)) == expected


def test_pace_abstains_without_rate():
    assert assess("politeness.pace", (A, "嗯")).abstained


@pytest.mark.parametrize(
    ("answer", "found"),
    [("有。", True), ("可以的。", True), ("没有了。", True), ("有，六十九元那一档。", False), ("我查一下。", False)],
)
def test_existence_only_answers(answer, found):
    signals = names(assess("patience.proactive", HELLO, (C, "有没有优惠？"), (A, answer)))
    assert ("answer.existence_only" in signals) is found


def test_one_question_one_answer():
    questions = [
        (C, "套餐多少钱？"),
        (A, "六十九元。"),
        (C, "流量有多少？"),
        (A, "三十个。"),
        (C, "能退吗？"),
        (A, "能退订。"),
    ]
    assert "answer.short" in names(assess("patience.proactive", *questions))


def test_falling_off():
    kind = [(A, "您好，请您讲"), (A, "感谢您，请您稍等")]
    rude = [(A, "不是跟那个一样"), (A, "上网自己看去")]
    middle = [(A, "十元一个月的套餐"), (A, "六十元那一档套餐")]
    assert "thorough.falls_off" in names(assess("patience.thorough", *kind, *middle, *rude))
    assert "thorough.falls_off" not in names(assess("patience.thorough", *kind, *middle, *kind))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(C, "我家断网三天了"), (A, "很抱歉", "apology")], "ownership.comforted"),
        ([(C, "我家断网三天了"), (A, "号码多少"), (A, "您的着急我理解", "empathy")], "ownership.comforted"),
        ([(C, "我家断网三天了"), (A, "号码"), (A, "地址"), (A, "抱歉", "apology")], "ownership.not_comforted"),
        ([(C, "我家断网三天了"), (A, "很抱歉", "apology?")], "ownership.not_comforted"),
    ],
)
def test_comfort_comes_within_two_turns(lines, expected):
    assert names(assess("patience.ownership", HELLO, *lines, scenario="fault")) == [expected]


@pytest.mark.parametrize(
    ("reply", "expected"),
    [((A, "请问是因为什么呢？", "retention"), "cancel.reason_asked"), ((A, "好，给您拆了。"), "cancel.not_asked")],
)
def test_a_cancel_request_is_asked_for_its_reason(reply, expected):
    assert expected in names(assess("patience.ownership", HELLO, (C, "我要把宽带拆了"), reply, scenario="cancel"))


def test_ownership_abstains_without_occasion_and_hands_over_misconduct():
    found = assess("patience.ownership", HELLO, (C, "我问下套餐"), (A, "不归我管", "shirk"))
    assert found.abstained and [each.name for each in found.signals] == ["forbidden.shirk"]


def test_confident_hears_waits_and_hedges():
    found = assess("patience.confident", HELLO, (C, "怎么办？"), (A, "可能是吧，我不太清楚。", 35))
    assert names(found) == ["timing.unannounced_silence", "timing.over_limit", "confident.hedges"]
    assert "没有说明" in next(each.note for each in found.signals if each.name == "timing.unannounced_silence")


def test_a_late_greeting_is_heard():
    assert names(assess("patience.confident", (A, "您好", 5.0))) == ["timing.late_greeting"]


@pytest.mark.parametrize(
    ("snr", "confidence", "abstained", "expected"),
    [(25.0, 0.9, False, []), (25.0, 0.5, False, ["mandarin.unclear"]), (5.0, 0.5, True, []), (None, 0.9, True, [])],
)
def test_mandarin_is_judged_on_a_good_channel_only(snr, confidence, abstained, expected):
    measures = {"agent_snr_db": snr, "agent_asr_confidence_ratio": confidence}
    found = assess("communication.mandarin", *PLAIN, measures=measures)
    assert (found.abstained, names(found)) == (abstained, expected)


def test_listening_hears_questions_asked_again():
    lines = [(A, "请问您的号码是多少？"), (C, "一八九，我说过了"), (A, "您的号码是多少？")]
    assert "listening.asks_again" in names(assess("communication.listening", *lines))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(C, "什么意思，我没听懂"), (A, "就是每月十元")], "expression.lost"),
        ([(A, "我在后台给您看一下")], "expression.jargon"),
        ([(A, "呃，那个，就是说，反正，呃，就是这样")], "expression.fillers"),
        ([(A, "这个套餐包含流量和通话" * 10)], "expression.long_turn"),
    ],
)
def test_expression(lines, expected):
    assert expected in names(assess("communication.expression", HELLO, *lines))


def test_composure_needs_hostility():
    found = assess("communication.composure", *PLAIN)
    assert found.abstained and "情绪" in found.reason


@pytest.mark.parametrize(
    ("reply", "kept"), [((A, "您别着急，我来查。", "empathy"), True), ((A, "你骂谁呢？", "rhetorical"), False)]
)
def test_composure_is_kept_when_no_forbidden_word_follows(reply, kept):
    found = assess("communication.composure", HELLO, (C, "你们就是骗子！"), reply)
    assert ("composure.kept" in names(found)) is kept


@pytest.mark.parametrize(
    ("cue", "text", "shown"),
    [
        (Cue.TROUBLE, "我家断网三天了", True),
        (Cue.TROUBLE, "我想问一下套餐", False),
        (Cue.HOSTILITY, "你什么态度", True),
        (Cue.HOSTILITY, "你态度真好", False),
        (Cue.DISCONTENT, "说了半天等于没说", True),
        (Cue.DISCONTENT, "你这态度还可以，谢谢你啊", False),
        (Cue.DISCONTENT, "好的我记下了", False),
        (Cue.CANCEL, "我要销户", True),
        (Cue.CANCEL, "我要办宽带", False),
        (Cue.LOST, "没听懂，再说一遍", True),
        (Cue.LOST, "明白了", False),
        (Cue.CONTENT, "太好了，你真有耐心", True),
        (Cue.CONTENT, "行吧", False),
    ],
)
def test_cues(cue, text, shown):
    assert bool(call((C, text), (A, text)).showing(cue)) is shown
    assert call((A, text)).showing(cue) == ()


def test_several_faults_of_one_kind_in_one_turn_are_one_incident():
    said = (A, "就这样吧，后面还有人排队", "push_hangup", "push_hangup", "refuse")
    again = (A, "没事挂了", "push_hangup")
    found = assess("patience.thorough", (C, "我家网断了"), said, (C, "那我"), again).signals
    pushed = [each for each in found if each.name == "forbidden.push_hangup"]
    assert [len(each.findings) for each in pushed] == [2, 1]
    assert sum(each.name == "forbidden.refuse" for each in found) == 1
