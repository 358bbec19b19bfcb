import random

import pytest
from phrases import agent, entry, matcher

from pipeline.language.syllables import sound_codes
from pipeline.lexicon.sound_index import SoundIndex, limit
from pipeline.schema import Status


@pytest.fixture(scope="module")
def finder(tmp_path_factory):
    return matcher(
        tmp_path_factory.mktemp("lexicon"),
        entry("offer_help.ask", "offer_help", "请问有什么可以帮您"),
        entry("further_help.ask", "further_help", "请问还有其他可以帮您的吗"),
        entry("self_intro.number", "self_intro", "工号{number}"),
        entry("address.name", "address", "{surname}女士"),
        entry("wait.please", "wait_notice", "请您稍等"),
        entry("goodbye.zai_jian", "goodbye", "再见"),
        entry("refuse.no", "refuse", "不能给您办理"),
        entry("shirk.ours", "shirk", "不归我们部门管"),
        entry("blame.exact", "blame", "您自己按错", exact_only=True),
    )


@pytest.mark.parametrize(
    ("text", "label", "quote"),
    [
        ("请文有神么可以邦您", "offer_help", "请文有神么可以邦您"),
        ("也好行问有什么可以半您", "offer_help", "行问有什么可以半您"),
        ("公号1205", "self_intro", "公号1205"),
        ("工号二零要五", "self_intro", "工号二零要五"),
        ("好的汪女是，", "address", "汪女是"),
        ("请您烧灯", "wait_notice", "请您烧灯"),
        ("不归我们不门馆", "shirk", "不归我们不门馆"),
        ("不归我们部门的管", "shirk", "不归我们部门的管"),
        ("不能给您搬理", "refuse", "不能给您搬理"),
        ("在见", "goodbye", "在见"),
    ],
)
def test_wrong_characters_with_the_right_sound_are_found(finder, text, label, quote):
    assert (label, quote) in {(f.label, f.evidence.quote) for f in finder.find(agent(text))}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("能给您办理", "refuse"),  # the negation is what matters
        ("不能给您办理吗", None),
        ("归我们部门管", "shirk"),
        ("现在见您", "goodbye"),  # 现在 is a word
        ("这个在建", "goodbye"),  # 在建 is another word
        ("请您说等", "wait_notice"),
        ("赢自己按错", "blame"),  # exact only
        ("请问您什么时候方便", "offer_help"),
        ("先请，您烧灯", "wait_notice"),  # two clauses
        ("申请您烧灯", "wait_notice"),  # 申请 is a word
    ],
)
def test_what_only_resembles_is_not_found(finder, text, label):
    labels = {finding.label for finding in finder.find(agent(text))}
    assert label not in labels if label else "refuse" in labels


def test_what_sounds_alike_is_less_sure_than_what_is_written(finder):
    written, heard = (finder.find(agent(text))[0] for text in ("请问有什么可以帮您", "请文有神么可以半您"))
    assert written.rule == "phrase.exact"
    assert heard.rule == "phrase.sound"
    assert heard.evidence.certainty < written.evidence.certainty
    assert "读音相近" in heard.explanation


def test_far_sounds_are_doubtful(finder):
    (finding,) = [f for f in finder.find(agent("清温友神乐可疑办")) if f.label == "offer_help"]
    assert finding.status is Status.DOUBTFUL


def test_a_surer_label_wins_over_one_that_merely_sounds_alike(finder):
    assert {f.label for f in finder.find(agent("请问还有其他可以帮您的吗"))} == {"further_help"}


@pytest.mark.parametrize(
    ("phrase", "said", "near"),
    [
        ("请问有什么可以帮您", "请问有什么可以帮您", True),
        ("请问有什么可以帮您", "请问有可以帮您", False),  # two lost
        ("请问有什么可以帮您", "请问有什可以帮您", True),  # one lost
        ("请问有什么可以帮您", "请问有什么的可以帮您", True),  # one put in
        ("请问的套餐", "请问套餐", True),  # a particle lost, and one pair on each side of it is left
        ("不归我们管", "归我们管", False),  # a negation lost
        ("没有办法", "没得办法", False),  # too short to change so much
        ("机主本人", "基础本人", True),
        ("是", "是", False),  # a single syllable is no phrase by sound
    ],
)
def test_how_much_a_phrase_may_change(phrase, said, near):
    hits = list(SoundIndex([sound_codes(phrase)]).search(f"{sound_codes('嗯')}{sound_codes(said)}{sound_codes('啊')}"))
    assert bool(hits) is near
    for hit in hits:
        assert hit.distance <= limit(len(phrase))


def test_places_are_told_in_syllables_of_the_text():
    (hit,) = SoundIndex([sound_codes("请您稍等")]).search(sound_codes("那就请您稍等一下"))
    assert (hit.phrase, hit.start, hit.end, hit.distance) == (0, 2, 6, 0.0)


def test_an_index_of_nothing_and_a_text_of_nothing():
    assert list(SoundIndex([]).search(sound_codes("您好"))) == []
    assert list(SoundIndex([sound_codes("您好")]).search("")) == []


def test_the_index_finds_what_a_full_search_finds():
    """Phrases of four to seven syllables, misheard within their classes, are found where they stand."""
    rnd = random.Random(7)
    words = "请问您好稍等办理业务查询核实宽带流量套餐话费账单安装师傅预约时间地址电话号码" * 2
    phrases = ["".join(rnd.choices(words, k=rnd.randint(4, 7))) for _ in range(200)]
    index = SoundIndex([sound_codes(phrase) for phrase in phrases])
    alike = {
        "请": "轻",
        "您": "宁",
        "稍": "扫",
        "等": "邓",
        "办": "半",
        "查": "擦",
        "流": "刘",
        "装": "庄",
        "师": "四",
        "账": "藏",
    }
    for number, phrase in enumerate(phrases):
        said = "".join(alike.get(char, char) for char in phrase)
        hits = index.search(sound_codes(f"嗯嗯{said}嗯嗯"))
        assert any((hit.phrase, hit.start, hit.end) == (number, 2, 2 + len(phrase)) for hit in hits), (phrase, said)


def test_phrases_of_any_length_keep_their_numbers():
    phrases = ["不归我们部门管的业务", "稍等", "请您稍等一下", "没有办法", "您好"]
    index = SoundIndex([sound_codes(phrase) for phrase in phrases])
    for number, phrase in enumerate(phrases):
        assert number in {hit.phrase for hit in index.search(sound_codes(phrase)) if hit.distance == 0.0}
