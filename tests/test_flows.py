from pathlib import Path

import pytest
from calls import call

from pipeline.criteria.flows import follow, load_flows
from pipeline.errors import LexiconError
from pipeline.language.segment import Segmenter
from pipeline.language.text import TurnText, read_turns
from pipeline.schema import Scenario

A, C = "agent", "customer"
SEGMENTER = Segmenter()
BOOK = """
scenarios:
  fault:
    cues:
      - {text: 断网, weight: 2, role: customer}
      - {text: 光猫, weight: 1, role: any}
      - {text: 上门, weight: 1, role: agent}
  complaint:
    cues: [{text: 投诉, weight: 2, role: customer}, {text: "多扣", weight: 2}]
  consult:
    cues: [{text: 怎么收费, weight: 1.5, role: customer}]
flows:
  fault:
    - {id: record, zh: 记录现象, labels: [identity_check], phrases: [什么时候开始]}
    - {id: guide, zh: 指导排查, phrases: [重启, 指示灯]}
    - {id: promise, zh: 告知时限, labels: [time_commit]}
  handover:
    - {id: reason, zh: 转接：说明原因, phrases: [由专席处理]}
    - {id: stay, zh: 转接：不掉线, phrases: [请不要挂机]}
occasions:
  handover: [为您转接, 帮您转到]
"""
SHIPPED = Path(__file__).parent.parent / "lexicons" / "flows.yaml"


def read(*lines, **options) -> tuple[TurnText, ...]:
    return read_turns(call(*lines, **options).transcript.turns, SEGMENTER)


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "flows.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return load_flows(path)


@pytest.mark.parametrize(
    ("lines", "name"),
    [
        ([(C, "我家断网了")], "fault"),
        ([(C, "我要投诉，你们多扣了钱")], "complaint"),
        ([(C, "这个怎么收费？")], "consult"),
        ([(C, "我家端网了")], "fault"),
        ([(A, "我要投诉四个字听得多了"), (C, "断网了")], "fault"),
        ([(C, "你好"), (A, "您好")], None),
        ([(C, "断网了，我要投诉")], None),
        ([(A, "师傅上门看看光猫"), (C, "光猫不亮")], "fault"),
    ],
)
def test_the_scenario_is_named_when_its_cues_lead(book, lines, name):
    scenario = book.scenarios([read(*lines)])[0]
    assert scenario.name == name
    assert 0 <= scenario.probability <= 1


def test_a_cue_counts_once_a_call(book):
    once, often = book.scenarios([read((C, "断网了")), read((C, "断网了"), (C, "又断网，断网"))])
    assert once == often


def test_steps_are_done_by_label_or_phrase_of_the_agent(book):
    lines = (
        (C, "断网了，要不要重启？"),
        (A, "请问登记号码是多少？", "identity_check"),
        (C, "一八九"),
        (A, "请看一下指示灯。"),
        (A, "明天修好。", "time_commit?"),
    )
    steps = follow(read(*lines), call(*lines).findings, Scenario("fault", 0.9), book)
    assert [(each.step, each.done, each.turn) for each in steps] == [
        ("记录现象", True, 1),
        ("指导排查", True, 3),
        ("告知时限", False, None),
    ]


@pytest.mark.parametrize("name", [None, "consult"])
def test_no_flow_no_steps(book, name):
    assert follow(read((A, "您好")), (), Scenario(name, 0.9), book) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("scenarios: {fault: {cues: [{text: 断网, weight: 1, role: boss}]}}\nflows: {}", "cue '断网' has role 'boss'"),
        ("scenarios: {fault: {cues: [{weight: 1}]}}\nflows: {}", "'text'"),
        ("scenarios: {fault: {cues: [{text: 断, weight: viel}]}}\nflows: {}", "viel"),
        ("[", "flows"),
        ("a: 1", "scenarios"),
    ],
)
def test_a_wrong_file_is_told(tmp_path, text, told):
    path = tmp_path / "flows.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError, match=told):
        load_flows(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(LexiconError, match="cannot be read"):
        load_flows(tmp_path / "flows.yaml")


def steps_of(lines, scenario, book):
    return [
        (each.step, each.turn if each.done else None, each.in_order)
        for each in follow(read(*lines), call(*lines).findings, Scenario(scenario, 0.9), book)
    ]


def test_a_step_taken_too_early_is_out_of_order(book):
    lines = ((A, "明天修好。", "time_commit"), (C, "好"), (A, "什么时候开始断的？"), (A, "您重启一下。"))
    assert steps_of(lines, "fault", book) == [("记录现象", 2, True), ("指导排查", 3, True), ("告知时限", 0, False)]


def test_a_step_that_is_taken_again_in_its_place_is_in_order(book):
    lines = (
        (A, "明天修好。", "time_commit"),
        (A, "什么时候开始断的？"),
        (A, "您重启一下。"),
        (A, "那就明天。", "time_commit"),
    )
    assert steps_of(lines, "fault", book)[-1] == ("告知时限", 3, True)


@pytest.mark.parametrize("scenario", ["fault", "consult", None])
def test_a_transfer_is_followed_within_any_scenario(book, scenario):
    lines = ((C, "怎么办"), (A, "这个由专席处理。"), (A, "我帮您转到那边，请不要挂机。"))
    assert steps_of(lines, scenario, book)[-2:] == [("转接：说明原因", 1, True), ("转接：不掉线", 2, True)]


@pytest.mark.parametrize(
    "lines",
    [
        ((A, "这个不能为您转接。"),),
        ((C, "帮您转到哪儿？"), (A, "您请讲。")),
        ((A, "请不要挂机。"),),
    ],
)
def test_no_transfer_no_steps_of_it(book, lines):
    assert steps_of(lines, None, book) == []


# For each flow that is shipped: a call that takes every step in order, as (label or "", what the agent says).
COMPLETE = {
    "consult": [
        ("greeting", "您好"),
        ("proactive", "这款套餐每月五十九元"),
        ("time_commit", "两天内回电"),
        ("confirm", "您清楚了吗"),
    ],
    "business": [
        ("identity_check", "请提供身份证后四位"),
        ("", "提前跟您说明，合约期两年"),
        ("solicit", "您确认吗"),
        ("", "现在为您办理"),
        ("", "次月一号生效"),
        ("thanks", "谢谢您"),
    ],
    "fault": [
        ("empathy", "您别着急"),
        ("", "什么时候开始的"),
        ("", "请把光猫重启一下，看一下指示灯"),
        ("", "给您报修"),
        ("", "修好后给您回访"),
    ],
    "complaint": [
        ("", "您慢慢说"),
        ("apology", "非常抱歉"),
        ("", "我给您记录下来"),
        ("", "四十八小时内给您回复"),
        ("", "扣费的原因是"),
        ("solicit", "您看这样行吗"),
    ],
    "cancel": [
        ("", "方便说一下原因吗"),
        ("", "取消以后号码会被收回"),
        ("", "给您换个便宜的套餐"),
        ("", "我备注一下"),
        ("", "尊重您的决定"),
    ],
    "transfer": [
        ("", "这个业务需要专席来办"),
        ("solicit", "给您转接可以吗"),
        ("", "情况我已经备注"),
        ("", "正在为您转接"),
    ],
}


def shipped(name, said):
    """The steps of a shipped flow, for an agent who says this."""
    lines = [(A, text, *([label] if label else [])) for label, text in said]
    scenario = None if name == "transfer" else name
    steps = follow(read(*lines), call(*lines).findings, Scenario(scenario, 0.9), load_flows(SHIPPED))
    return [step for step in steps if step.step.startswith("转接") == (name == "transfer")]


@pytest.mark.parametrize("name", COMPLETE)
def test_shipped_flow_complete(name):
    steps = shipped(name, COMPLETE[name])
    assert len(steps) == len(COMPLETE[name])
    assert [step.turn for step in steps] == list(range(len(steps)))
    assert all(step.done and step.in_order for step in steps)


@pytest.mark.parametrize("name", sorted(set(COMPLETE) - {"transfer"}))
def test_shipped_flow_with_the_first_step_missing(name):
    steps = shipped(name, [("", "好的"), *COMPLETE[name][1:]])
    assert [step.done for step in steps] == [False, *[True] * (len(steps) - 1)]


@pytest.mark.parametrize("name", sorted(set(COMPLETE) - {"transfer"}))
def test_shipped_flow_in_wrong_order(name):
    first, *rest = COMPLETE[name]
    *before, last = rest
    steps = shipped(name, [last, first, *before])
    assert all(step.done for step in steps)
    assert (steps[-1].in_order, steps[-1].turn) == (False, 0)


@pytest.mark.parametrize(
    ("said", "done", "in_order"),
    [
        (COMPLETE["transfer"][1:], [False, True, True, True], [True] * 4),
        ([COMPLETE["transfer"][0], *COMPLETE["transfer"][2:]], [True, False, True, True], [True] * 4),
        (COMPLETE["transfer"][:2] + COMPLETE["transfer"][3:], [True, True, False, True], [True] * 4),
        ([*COMPLETE["transfer"][1:], COMPLETE["transfer"][0]], [True] * 4, [True, False, False, False]),
    ],
)
def test_shipped_transfer_with_a_step_missing_or_in_wrong_order(said, done, in_order):
    steps = shipped("transfer", said)
    assert [step.done for step in steps] == done
    assert [step.in_order for step in steps] == in_order


def test_unsure_scenario_has_no_flow():
    flows = load_flows(SHIPPED)
    (scenario,) = flows.scenarios([read((A, "您好"), (C, "嗯，你好"))])
    assert scenario.name is None
    assert follow(read((A, "您好")), (), scenario, flows) == ()
