"""The labelled corpus: its format, and that what ships keeps it."""

import pytest

from pipeline.errors import LexiconError
from pipeline.lexicon.corpus import parse_line, read_corpus
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.hands import HELD_BACK
from pipeline.schema import Role
from pipeline.settings import Settings

LABELS = frozenset({"greeting", "refuse"})


@pytest.mark.parametrize(
    ("line", "text", "marks"),
    [
        ("agent\t[greeting|您好]，请讲", "您好，请讲", [("greeting", "您好", True)]),
        ("agent\t他说[~refuse|没办法]是吧", "他说没办法是吧", [("refuse", "没办法", False)]),
        ("customer\t[~refuse|没办法]呀", "没办法呀", [("refuse", "没办法", False)]),
        ("customer\t[refuse|没办法]呀", "没办法呀", [("refuse", "没办法", False)]),
        ("agent\t嗯好的", "嗯好的", []),
    ],
)
def test_marks_are_read(line, text, marks):
    example = parse_line(line, hand="x", labels=LABELS)
    assert example.text == text
    assert [(m.label, text[m.char_start : m.char_end], m.genuine) for m in example.marks] == marks


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("您好", "a tab"),
        ("boss\t您好", "agent or customer"),
        ("agent\t[hello|您好]", "not in labels"),
        ("agent\t[greeting您好", "broken"),
    ],
)
def test_broken_lines_are_refused(tmp_path, line, message):
    (tmp_path / "hand").mkdir()
    (tmp_path / "hand" / "a.txt").write_text(f"# a comment\n{line}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=rf"a.txt:2: .*{message}"):
        read_corpus(tmp_path, labels=LABELS)


def test_what_ships_is_whole():
    settings = Settings()
    labels = load_lexicon(settings.lexicons_dir).labels
    corpus = read_corpus(settings.lexicons_dir / "corpus", labels=frozenset(labels))
    hands = {example.hand for example in corpus}
    assert HELD_BACK in hands
    assert len(hands) > 1
    for label in labels:
        assert any(mark.label == label and mark.genuine for example in corpus for mark in example.marks)
    assert any(example.role is Role.CUSTOMER for example in corpus)
