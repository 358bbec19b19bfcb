"""What good agents say every day is no fault: ``tests/data/ordinary.txt``, one sentence a line, for anybody to extend."""

from pathlib import Path

import pytest
from builders import dialogue
from criteria_cases import context_of

from pipeline.kit import load_kit
from pipeline.language.text import read_turns
from pipeline.schema import Polarity, Status
from pipeline.settings import Settings

SENTENCES = (Path(__file__).parent / "data" / "ordinary.txt").read_text("utf-8").split()


@pytest.fixture(scope="module")
def kit():
    return load_kit(Settings())


@pytest.mark.parametrize("sentence", SENTENCES)
def test_an_ordinary_sentence_is_no_certain_fault(kit, sentence):
    call = dialogue(
        ("agent", "您好，请问有什么可以帮您？"),
        ("customer", "我查一下话费。"),
        ("agent", f"{sentence}。"),
        ("customer", "好的。"),
    )
    found = kit.finder.find(read_turns(call, kit.segmenter))
    faults = [each for each in found if (each.polarity, each.status) == (Polarity.FORBIDDEN, Status.CERTAIN)]
    assert [each.evidence.quote for each in faults] == []


@pytest.mark.parametrize(("question", "fault"), [("请问您的号码是多少", False), ("请问您到底要多少钱", True)])
def test_a_fact_politely_asked_is_no_reproach_even_where_it_is_taken_ill(question, fault):
    said = f"客户：我都说了三遍了！\n坐席：{question}？\n客户：又问，你什么态度！"
    faults = {each.label for each in context_of({"dialogue": said}).findings if each.is_fault}
    assert ("rhetorical" in faults) == fault


@pytest.mark.parametrize(("other", "found"), [("姐，您稍等。", False), ("您稍等。", True)])
def test_who_calls_the_customer_sister_talks_to_no_colleague(other, found):
    said = f"客户：副卡怎么收费？\n坐席：{other}\n客户：好。\n坐席：{other}\n客户：嗯。\n坐席：很便宜的，姐，一个月十块钱。"
    labels = {each.label for each in context_of({"dialogue": said}).findings}
    assert ("overheard" in labels) == found
