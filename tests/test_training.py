"""A small corpus, fitted here: the model learns what its hands mark, and nothing from the hand that is held back."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phrases import entry, write_lexicon

from pipeline.errors import LexiconError
from pipeline.language.syllables import code_distance, sound_codes
from pipeline.lexicon.clauses import clauses
from pipeline.lexicon.corpus import parse_line, read_corpus
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.hands import HELD_BACK
from pipeline.lexicon.meaning import load_model
from pipeline.lexicon.misspelling import Misspeller
from pipeline.lexicon.training import fit, labels_of, main, read_text, samples_of, version_of
from pipeline.settings import Settings

LABELS = frozenset({"greeting", "refuse", "goodbye"})
CORPUS = """
[greeting|您好]，请讲
[greeting|您好]，这里是客服
先生[greeting|您好]
[greeting|早上好]，您请说
[greeting|您好呀]，我在听
[refuse|这个办不了]
对不起，[refuse|真的办不了]
[refuse|没办法]，就这样
[refuse|那也没办法]呀
[refuse|我们办不了这个]
嗯，[goodbye|再见]
感谢来电，[goodbye|再见]
[goodbye|那再见啊]
好的[goodbye|再见]
行，[goodbye|拜拜再见]
我给您查一下
套餐是一百二十八元
这个月用了三个G
师傅明天上门
请您稍等
短信一会儿就到
光猫的灯亮吗
他说[~refuse|办不了]是吧
"""
HANDS = ("hand_a", "hand_b", "hand_c")


def example(line, *, hand="hand_a", role="agent"):
    return parse_line(f"{role}\t{line}", hand=hand, labels=LABELS)


def corpus(*more):
    lines = [example(line, hand=hand) for hand in HANDS for line in CORPUS.split("\n") if line]
    return [*lines, *more]


@cache
def model():
    return fit(corpus())


def likely(fitted, text):
    """Labels of a text's clauses that are more likely than not, in order."""
    found = clauses(read_text(text))
    return [name for row in fitted.probabilities(found) for name, p in zip(fitted.labels, row, strict=True) if p > 0.5]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("您好，请说", ["greeting"]),
        ("这个真办不了", ["refuse"]),
        ("好的，再见", ["goodbye"]),
        ("您好，办不了，再见", ["greeting", "refuse", "goodbye"]),
        ("套餐是九十八元", []),
        ("師傅明天上門", []),
    ],
)
def test_what_hands_mark_is_learned(text, labels):
    assert likely(model(), text) == labels


@pytest.mark.parametrize("text", ["宁好，请讲", "您号，请讲"])
def test_words_misspelt_by_their_sound_are_known_still(text):
    assert likely(model(), text) == ["greeting"]


def test_the_same_corpus_gives_the_same_numbers():
    again = fit(corpus())
    assert again.vocabulary == model().vocabulary
    for name in ("idf", "weights", "bias", "slope", "offset"):
        np.testing.assert_array_equal(getattr(again, name), getattr(model(), name))


def test_the_held_back_hand_is_never_learned_from():
    held_back = [
        example(line, hand=HELD_BACK) for line in ("[refuse|您好]", "[greeting|那可不成]", "[refuse|蘑菇]") * 9
    ]
    fitted = fit(corpus(*held_back))
    assert fitted.vocabulary == model().vocabulary
    np.testing.assert_array_equal(fitted.weights, model().weights)
    assert (fitted.phrases, fitted.version) == (model().phrases, model().version)


def test_a_hand_that_wrote_tone_alone_teaches_words_but_not_how_usual_they_are():
    crowd = [
        "[refuse|这个免谈]，先生",
        "[refuse|免谈]，您请回",
        "咱们[refuse|免谈]",
        "[refuse|一律免谈]呀",
        "[refuse|跟您免谈]",
    ] * 20
    tone = fit(corpus(*(example(line, hand="tone_a") for line in crowd)))
    assert likely(tone, "这个免谈") == ["refuse"] != likely(model(), "这个免谈")
    usual = fit(corpus(*(example(line, hand="hand_d") for line in crowd)))
    (plain,) = (
        [row[tone.labels.index("refuse")] for row in each.probabilities(clauses(read_text("套餐")))] for each in (tone,)
    )
    (swayed,) = (row[usual.labels.index("refuse")] for row in usual.probabilities(clauses(read_text("套餐"))))
    assert plain[0] < swayed


def test_customers_words_teach_nothing_but_other_hands_do():
    customers = fit(corpus(*[example("[refuse|蘑菇]", role="customer")] * 9))
    assert "蘑菇" not in customers.phrases["refuse"]
    assert "c蘑" not in customers.vocabulary
    agents = fit(corpus(*[example("[refuse|蘑菇]", hand=hand) for hand in HANDS] * 3))
    assert "蘑菇" in agents.phrases["refuse"]
    assert likely(agents, "蘑菇") == ["refuse"]


def test_a_label_needs_two_hands():
    with pytest.raises(LexiconError, match="refuse is marked by one hand only"):
        fit(
            [
                example(line, hand=hand)
                for hand, line in (("a", "[greeting|您好]"), ("b", "[greeting|您好]"), ("a", "[refuse|没办法]"))
            ]
        )


def test_a_corpus_without_marks_is_refused():
    with pytest.raises(LexiconError, match="no label"):
        fit([example("好的", hand=hand) for hand in HANDS])


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ("[greeting|您好]，请讲", [{"greeting"}, set()]),
        ("您[greeting|好]，请讲", [{"greeting"}, set()]),  # half of the clause
        ("那请问您[greeting|好]，请讲", [{"greeting"}, set()]),  # the whole mark
        ("[refuse|没办法，就这样]", [{"refuse"}, {"refuse"}]),
        ("[~refuse|没办法]", [set()]),
        ("[greeting|您好][goodbye|再见]", [{"greeting", "goodbye"}]),
        ("[refuse|这可真的是没办法了，唉]", [{"refuse"}, {"refuse"}]),  # half of which the clause covers, or all of it
        ("好的", [set()]),
    ],
)
def test_a_clause_has_the_labels_of_the_marks_it_shares(line, labels):
    made = example(line)
    assert [labels_of(made, clause) for clause in clauses(read_text(made.text))] == labels


def test_a_customers_clause_is_no_sample_and_an_agents_is_three():
    samples = list(samples_of([example("[greeting|您好]"), example("[refuse|没办法]", role="customer")]))
    assert [sample.labels for sample in samples] == [{"greeting"}] * 3


SPELLED = [example(line) for line in CORPUS.split("\n") if line]


@given(st.lists(st.sampled_from(SPELLED), max_size=40))
def test_a_misspelling_keeps_every_place(drawn):
    spelling = Misspeller(each.text for each in SPELLED)
    for each in drawn:
        written = spelling.misspell(each.text)
        assert len(written) == len(each.text)
        assert len(clauses(read_text(written))) <= len(clauses(read_text(each.text)))


def test_misspellings_mostly_sound_the_same_or_nearly_so_and_some_characters_are_lost():
    text = "您好这里是客服没办法" * 200
    written = Misspeller([text, *(each.text for each in SPELLED)]).misspell(text)
    changed = [(one, other) for one, other in zip(text, written, strict=True) if one != other]
    assert 0.1 * len(text) < len(changed) < 0.21 * len(text)
    heard = [code_distance(sound_codes(one), sound_codes(other)) for one, other in changed if other != "·"]
    assert 0.65 < sum(distance <= 0.45 for distance in heard) / len(heard) < 1
    assert 0.005 * len(text) < sum(other == "·" for _, other in changed) < 0.03 * len(text)


def test_a_character_without_another_of_its_sound_stays():
    assert set(Misspeller(["好"]).misspell("好" * 500)) == {"好", "·"}


def test_half_of_the_marks_are_not_written():
    text = "您好，" * 500
    kept = Misspeller([text]).misspell(text).count("，")
    assert 200 < kept < 300


def test_the_version_follows_the_examples_that_are_learned_from():
    plain = corpus()
    assert version_of(plain) == model().version
    assert version_of([*plain, example("好", hand=HELD_BACK)]) == version_of(plain)
    assert version_of([*plain, example("好")]) != version_of(plain)
    assert version_of([example("[greeting|您好]")]) != version_of([example("[~greeting|您好]")])


def test_training_writes_a_model_that_can_be_read(tmp_path):
    folder = write_lexicon(tmp_path, [entry("greeting.nin_hao", "greeting", "您好")])
    for hand in HANDS:
        (folder / "corpus" / hand).mkdir(parents=True)
        lines = "".join(f"agent\t{line}\n" for line in CORPUS.split("\n") if line)
        (folder / "corpus" / hand / "all.txt").write_text(lines, encoding="utf-8")
    written = load_model(main(Settings(lexicons_dir=folder, models_dir=tmp_path)))
    assert written.version == model().version
    assert likely(written, "您好，办不了") == ["greeting", "refuse"]


def test_the_shipped_model_was_fitted_on_the_shipped_corpus():
    settings = Settings()
    labels = frozenset(load_lexicon(settings.lexicons_dir).labels)
    shipped = load_model(settings.models_dir / "meaning.npz")
    assert shipped.version == version_of(read_corpus(settings.lexicons_dir / "corpus", labels=labels))
    assert set(shipped.labels) == labels
