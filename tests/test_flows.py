import pytest
from calls import call

from pipeline.criteria.flows import find_scenario, follow, load_flows
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
"""


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
    scenario = find_scenario(read(*lines), book)
    assert scenario.name == name
    assert 0 <= scenario.probability <= 1


def test_a_cue_counts_once_a_call(book):
    once = find_scenario(read((C, "断网了")), book)
    often = find_scenario(read((C, "断网了"), (C, "又断网，断网")), book)
    assert once == often


def test_withheld_roles_have_no_scenario(book):
    assert find_scenario(read((C, "断网了")), book, withheld=True) == Scenario(None, 0.0)


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
