"""Utterances with their text written by sound; what the recogniser wrote stays beside it, word by word."""

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice

from pipeline.schema import Utterance, Word
from pipeline.spelling.search import RUN, Speller

_SURNAME = re.compile(r"(?<=姓)[一-鿿]|[一-鿿](?=先生|女士|小姐)")
"""A frequent surname is likelier than the right one, so surnames stay as they were recognised."""

_NOT_CERTAIN = 0.999
"""A recogniser is never certain, whatever it says."""


def respell(utterance: Utterance, speller: Speller) -> Utterance:
    """Write an utterance by sound: as long as it was, so that times and confidences still hold."""
    confidences = [min(word.confidence, _NOT_CERTAIN) for word in utterance.words for _ in word.text]
    if len(confidences) != len(utterance.text):
        return utterance
    for surname in _SURNAME.finditer(utterance.text):
        confidences[surname.start()] = 1.0
    text = RUN.sub(
        lambda run: speller.respell(run.group(), confidences[run.start() : run.end()]),
        utterance.text,
    )
    return replace(utterance, text=text, words=_words(utterance.words, text))


def _words(words: Iterable[Word], text: str) -> tuple[Word, ...]:
    characters = iter(text)
    return tuple(_word(word, "".join(islice(characters, len(word.text)))) for word in words)


def _word(word: Word, text: str) -> Word:
    return word if text == word.text else replace(word, text=text, heard=word.text)
