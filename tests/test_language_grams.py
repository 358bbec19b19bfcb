"""n-grams looked up by number: what is known, in the order asked, as one by one in the vocabulary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.language.grams import GramTable

TEXT = st.text("您好吗^$𠮷\u0000a", max_size=12)


def grams(kind, texts, length, skip):
    """Owner and name of every n-gram, spelt out."""
    for owner, text in enumerate(texts):
        if skip:
            yield from ((owner, f"{kind}{skip}{a}{b}") for a, b in zip(text, text[skip:], strict=False))
        else:
            yield from ((owner, kind + text[i : i + length]) for i in range(len(text) - length + 1))


@given(
    st.lists(st.tuples(st.sampled_from("csk"), st.text("您好吗^$23a", max_size=4)).map("".join), unique=True),
    st.lists(TEXT, max_size=4),
    st.sampled_from("csx"),
    st.integers(1, 4),
)
def test_known_grams_are_those_of_the_vocabulary(names, texts, kind, length):
    vocabulary = {name: 10 + row for row, name in enumerate(names)}
    table = GramTable(vocabulary)
    spelt = table.spelt(texts)
    owners, rows = table.known([table.grams(kind, spelt, length), table.grams("k", spelt, 3, skip=2)])
    spelt_out = [*grams(kind, texts, length, 0), *grams("k", texts, 3, 2)]
    expected = [(owner, vocabulary[name]) for owner, name in spelt_out if name in vocabulary]
    assert list(zip(owners.tolist(), rows.tolist(), strict=True)) == expected


@pytest.mark.parametrize(("names", "expected"), [(["e", "e?", "e"], [0, 1, 0]), (["x", "e!", "e"], [0]), ([], [])])
def test_whole_names_are_looked_up(names, expected):
    table = GramTable({"e": 0, "e?": 1})
    assert table.known([table.whole(names)])[1].tolist() == expected


def test_a_vocabulary_of_too_many_characters_is_refused():
    with pytest.raises(ValueError, match="20000 characters"):
        GramTable({f"c{chr(0x4E00 + number)}": number for number in range(20_000)})
