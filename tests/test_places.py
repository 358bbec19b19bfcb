"""What the place of words says of them: thanks that end a call, labels that are a part of others."""

import pytest
from builders import dialogue
from phrases import entry, finder_of, read


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    return finder_of(
        tmp_path_factory.mktemp("lexicon"),
        entry("thanks.you", "thanks", "谢谢您"),
        entry("thanks.care", "thanks", "感谢您的包容"),
        entry("wait_thanks.wait", "wait_thanks", "让您久等了"),
        entry("wish.day", "wish", "祝您工作顺利"),
        entry("goodbye.bye", "goodbye", "再见"),
        entry("offer_help.what", "offer_help", "有什么需要我帮您"),
        entry("solicit.need", "solicit", "需要我帮您"),
    )


@pytest.mark.parametrize(
    ("said", "labels"),
    [
        ("感谢您的包容，祝您工作顺利，再见", ["closing_thanks", "wish", "goodbye"]),
        ("感谢您的包容祝您工作顺利再见", ["closing_thanks", "wish", "goodbye"]),
        ("谢谢您把话说开，再见", ["closing_thanks", "goodbye"]),
        ("谢谢您，已经给您办好了，再见", ["thanks", "goodbye"]),
        ("再见，谢谢您", ["goodbye", "thanks"]),
        ("谢谢您", ["thanks"]),
        ("让您久等了，谢谢您", ["wait_thanks"]),
        ("让您久等了，结果出来了，谢谢您", ["wait_thanks", "thanks"]),
        ("您好，有什么需要我帮您", ["offer_help"]),
        ("那需要我帮您改吗", ["solicit"]),
    ],
)
def test_what_stands_beside_words_says_what_they_are(finder, said, labels):
    call = read(*dialogue(("agent", "嗯"), ("customer", "嗯"), ("agent", said)))
    assert [finding.label for finding in finder.find(call)] == labels
