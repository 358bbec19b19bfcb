import pytest

from pipeline.asr.numerals import tokens_with_figures

VOCABULARY = {"号": 0, "1": 1, "138": 2, " 5": 3, "5G": 4, "<|0.02|>": 5, "一": 6, "\ufffd7": 7, "\n8": 8}


@pytest.mark.parametrize(("language", "never"), [("zh", (1, 2, 3, 4, 7, 8)), ("en", ())])
def test_tokens_with_figures(language, never):
    assert tokens_with_figures(VOCABULARY, language) == never
