"""A greeting or goodbye misheard at the very end of a call, and words there that are none."""

import pytest
from builders import dialogue
from phrases import entry, finder_of, read

from pipeline.schema import Status

ASKED = ("agent", "还有其他可以帮您的吗")


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    return finder_of(
        tmp_path_factory.mktemp("lexicon"),
        entry("greeting.hello", "greeting", "您好"),
        entry("offer_help.what", "offer_help", "请问有什么可以帮您"),
        entry("further_help.else", "further_help", "还有其他可以帮您的吗"),
        entry("closing_thanks.call", "closing_thanks", "感谢您的来电"),
        entry("wish.joy", "wish", "祝您生活愉快"),
        entry("goodbye.bye", "goodbye", "再见"),
    )


def goodbyes(finder, *lines):
    call = read(*dialogue(("customer", "嗯"), ASKED, *lines))
    return [each.evidence.quote for each in finder.find(call) if each.label == "goodbye"]


@pytest.mark.parametrize(
    ("lines", "quotes"),
    [
        ([("agent", "祝您生活愉快，在家")], ["在家"]),
        ([("agent", "祝您生活愉快在家。")], ["在家"]),
        ([("agent", "感谢您的来电，祝您生活愉快，罕见")], ["罕见"]),
        ([("agent", "祝您生活愉快，再还")], ["再还"]),
        ([("agent", "祝您生活愉快，上限啊")], ["上限"]),
        ([("agent", "祝您生活愉快"), ("customer", "好"), ("agent", "早见")], ["早见"]),
        ([("agent", "祝您生活愉快，再见")], ["再见"]),
        ([("agent", "祝您生活愉快，再见"), ("customer", "嗯"), ("agent", "在家")], ["再见"]),
        ([("agent", "祝您生活愉快，谢谢")], []),
        ([("agent", "祝您生活愉快，好的")], []),
        ([("agent", "祝您生活愉快，在")], []),
        ([("agent", "祝您生活愉快，光猫在家里")], []),
        ([("agent", "祝您生活愉快，在家"), ("customer", "嗯"), ("agent", "我再帮您看看别的")], []),
        ([("agent", "祝您生活愉快"), ("customer", "嗯"), ("agent", "。")], []),
        ([("agent", "师傅明天来，您在家")], []),
        ([("customer", "祝您生活愉快，在家")], []),
    ],
)
def test_the_last_two_syllables_behind_a_courtesy_may_be_a_goodbye(finder, lines, quotes):
    assert goodbyes(finder, *lines) == quotes


def test_it_says_what_it_is_taken_for_and_how_surely(finder):
    found = finder.find(read(*dialogue(ASKED, ("agent", "祝您生活愉快，在家"))))[-1]
    assert found.status is Status.CERTAIN
    assert found.explanation == "再见：通话的最后两个字，紧接结束语，读音与「再见」相近（相似度 88%）"
    assert found.evidence.certainty == pytest.approx(0.88, abs=0.01)


@pytest.mark.parametrize(
    ("lines", "quotes"),
    [
        ([("agent", "您要，移动客服，请问有什么可以帮您")], ["您要"]),
        ([("agent", "上午倒，移动客服，请问有什么可以帮您")], ["上午倒"]),
        ([("agent", "您要"), ("customer", "喂"), ("agent", "请问有什么可以帮您")], ["您要"]),
        ([("agent", "您好，请问有什么可以帮您")], ["您好"]),
        ([("agent", "您要移动客服，请问有什么可以帮您")], ["您要"]),
        ([("agent", "上午倒山东电信，请问有什么可以帮您")], ["上午倒"]),
        ([("agent", "您要，说吧")], []),
        ([("agent", "您说，请问有什么可以帮您")], []),
        ([("agent", "喂喂，请问有什么可以帮您")], []),
        ([("agent", "移动，您要，请问有什么可以帮您")], []),
        ([("agent", "。"), ("customer", "喂"), ("agent", "请问有什么可以帮您")], []),
    ],
)
def test_the_first_words_beside_an_offer_of_help_may_be_a_greeting(finder, lines, quotes):
    found = finder.find(read(*dialogue(*lines, ("customer", "嗯"), ("agent", "好"))))
    assert [each.evidence.quote for each in found if each.label == "greeting"] == quotes
