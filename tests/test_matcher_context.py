import pytest
from builders import dialogue
from phrases import entry, matcher, read


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    return matcher(
        tmp_path_factory.mktemp("lexicon"),
        entry("refuse.no_way", "refuse", "没办法"),
        entry("refuse.rule", "refuse", "规定就是这样"),
        entry("refuse.no", "refuse", "不给您办"),
        entry("shirk.care", "shirk", "不管您"),
        entry("shirk.not_ours", "shirk", "不归我们管"),
        entry("blame.self", "blame", "您自己弄坏的"),
        entry("blame.changed", "blame", "您自己改过密码"),
        entry("impatience.bother", "impatience", "嫌您烦"),
        entry("wait.please", "wait_notice", "请稍等"),
    )


def forbidden(finder, *lines):
    return {finding.evidence.quote for finding in finder.find(read(*dialogue(*lines)))}


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("我们绝对不会不管您的", "不管您"),
        ("不是说没办法，是要等两天", "没办法"),
        ("您放心，我们不会嫌您烦的", "嫌您烦"),
        ("也不是不给您办，得先核实一下", "不给您办"),
        ("我不会拿规定就是这样来搪塞您", "规定就是这样"),
        ("您别觉得我们嫌您烦", "嫌您烦"),
        ("您说上一位同事讲过规定就是这样", "规定就是这样"),
        ("他跟您说没办法是吧", "没办法"),
        ("营业厅的人回复您不归我们管", "不归我们管"),
        ("您刚才说没办法上网", "没办法"),
        ("不是我推给别人、说声不归我们管就完了", "不归我们管"),
        ("我也不跟您讲句没办法就打发您", "没办法"),
        ("您是不是您自己改过密码呢", "您自己改过密码"),
    ],
)
def test_denied_quoted_and_politely_asked_wording_is_innocent(finder, text, quote):
    assert quote in text
    assert forbidden(finder, ("agent", text)) == set()


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("这个真没办法", "没办法"),
        ("我跟您说了规定就是这样", "规定就是这样"),
        ("不是您自己弄坏的吗", "您自己弄坏的"),
        ("没有，不归我们管", "不归我们管"),
        ("我不会。规定就是这样", "规定就是这样"),
        ("对您说没办法也不好", "没办法"),
        ("师傅来了也没办法", "没办法"),
        ("这个没办法，就完了", "没办法"),
    ],
)
def test_what_is_meant_stays(finder, text, quote):
    assert forbidden(finder, ("agent", text)) == {quote}


def test_the_customers_own_words_said_back_are_innocent(finder):
    customer = ("customer", "我打给你们，你们说不归我们管，就挂了")
    assert forbidden(finder, customer, ("agent", "不归我们管是吧，我来看看")) == set()
    assert forbidden(finder, customer, ("agent", "这个不归我们管")) == {"不归我们管"}
    assert forbidden(finder, ("customer", "帮我看看"), ("agent", "不归我们管是吧")) == {"不归我们管"}


def test_context_never_takes_away_good_wording(finder):
    assert forbidden(finder, ("agent", "不会的，请稍等")) == {"请稍等"}
    assert forbidden(finder, ("agent", "您说请稍等")) == {"请稍等"}


@pytest.mark.parametrize(
    ("said", "answer", "found"),
    [
        ("他说您自己弄坏的怪得了谁", "您自己弄坏的怪得了谁，要真这么讲是我们不对", set()),
        ("你们也没办法吗", "没办法", {"没办法"}),
        ("网断了", "您自己弄坏的怪得了谁", {"您自己弄坏的"}),
    ],
)
def test_a_whole_clause_of_the_customers_is_his(finder, said, answer, found):
    assert forbidden(finder, ("customer", said), ("agent", answer)) == found
