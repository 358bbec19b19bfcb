"""The usual recogniser: Whisper on CTranslate2, quantised to 8 bits on a CPU.

Windows are decoded without timestamp tokens (words get their times from the attention) and without sampling, each by itself
on one core: the same recording always gives the same words, however many cores there are and whatever lies beside it. Of the
hypotheses the beam ends with, the hotline's language helps to choose.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.asr import vocabulary, weights
from pipeline.asr.numerals import tokens_with_figures
from pipeline.asr.packing import Window
from pipeline.asr.recognise import recognise
from pipeline.asr.words import Heard, to_simplified
from pipeline.audio.room import RATE_HZ, Samples
from pipeline.errors import EngineError, ModelError
from pipeline.schema import Engine, Span, Utterance, Word
from pipeline.settings import Settings
from pipeline.spelling.choice import Hypothesis, likeliest
from pipeline.spelling.search import Speller, load_speller

NAME = "faster-whisper"

WINDOW_S = 20.0
"""Less than Whisper can hear at once: attention grows with the square of the length, and nothing is padded to 30 s.

On six simulated hotline calls the character error, written by sound, is 0.108 with 29 s, 0.114 with 24 s and 20 s and 0.120 with
15 s, at 1.22, 1.13, 1 and 0.84 of the time.
"""

_QUIET_S = 1.0
"""Silence after the last word: without it Whisper, used to padding, goes on writing where the sound has ended."""

_MAX_TOKENS = 440
"""In 20 s the fastest speakers reach 160 characters, of two tokens at most."""

_RETRY_NGRAM = 3
"""In a second try no three tokens may come twice."""

_OPENING, _CLOSING = "\"'“¿([{-", "\"'.。,，!！?？:：”)]}、"
"""Punctuation that belongs to the next and to the last word."""

_FRAME = RATE_HZ // 100


@dataclass(frozen=True, slots=True)
class FasterWhisper:
    """Whisper on CTranslate2, see ``create``."""

    engine: Engine
    _model: Any
    _tokenizer: Any
    _threads: int
    _never: Sequence[int]
    _speller: Speller | None

    def transcribe(self, samples: Samples, *, speech: Sequence[Span], channel: int) -> tuple[Utterance, ...]:
        """Recognise the speech in one channel, see ``Transcriber``."""
        try:
            return recognise(samples, speech, channel, self._decode, window_s=WINDOW_S)
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"{NAME} failed ({error}); try --engine openai-whisper") from error

    def _decode(self, windows: Sequence[Window], again: bool) -> Iterator[Heard]:
        with ThreadPoolExecutor(self._threads) as pool:
            yield from pool.map(lambda window: self._hear(window, again), windows)

    def _hear(self, window: Window, again: bool) -> Heard:
        sound = np.pad(window.samples, (0, round(_QUIET_S * RATE_HZ)))
        encoded = self._model.encode(self._model.feature_extractor(sound))
        [result] = self._model.model.generate(
            encoded,
            [[*self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]],
            beam_size=self.engine.options["beam"],
            num_hypotheses=self.engine.options["beam"],
            return_scores=True,
            no_repeat_ngram_size=_RETRY_NGRAM if again else 0,
            max_length=_MAX_TOKENS,
            suppress_tokens=self._never,
            return_no_speech_prob=True,
        )
        return Heard(window, self._words(encoded, self._likeliest(result), window), result.no_speech_prob)

    def _likeliest(self, result: Any) -> Sequence[int]:  # noqa: ANN401 - the library's own
        """The tokens that the hotline's language finds likeliest; without a speller, that the recogniser does."""
        tokens: Sequence[Sequence[int]] = result.sequences_ids
        if self._speller is None:
            return tokens[0]
        hypotheses = [
            Hypothesis(to_simplified(self._tokenizer.decode(list(each))), score)
            for each, score in zip(tokens, result.scores, strict=True)
        ]
        return tokens[likeliest(hypotheses, len(tokens[0]), self._speller)]

    def _words(self, encoded: Any, tokens: Sequence[int], window: Window) -> tuple[Word, ...]:  # noqa: ANN401 - the library's own
        """The tokens as words with the times at which the decoder looked at the sound."""
        length = len(window.samples)
        segment: dict[str, Any] = {"seek": 0, "start": 0.0, "end": length / RATE_HZ, "tokens": tokens}
        self._model.add_word_timestamps(
            [[segment]], self._tokenizer, encoded, [length // _FRAME], _OPENING, _CLOSING, 0.0
        )
        return tuple(
            Word(word["word"], Span(float(word["start"]), float(word["end"])), float(word["probability"]))
            for word in segment["words"]
        )


def create(model: str, settings: Settings, *, beam: int = 5) -> FasterWhisper:
    """Load a model by name or folder.

    Parameters
    ----------
    beam
        Hypotheses kept while decoding. On simulated hotline calls the character error, written by sound, is, in windows of
        15 s, 0.156 with 5 and 0.159 with 3, in the same time.

    Raises
    ------
    ModelError
        The weights are missing or cannot be loaded, or do not know the language.
    """
    folder = weights.ctranslate2_folder(model, settings)
    threads = max(1, (os.cpu_count() or 1) // settings.workers)
    files = vocabulary.narrowed(folder, settings.language)
    loaded = _load(folder, files, threads=threads, precision=settings.precision)
    tokenizer = _tokenizer(loaded, settings.language, files is not None or loaded.model.is_multilingual)
    never = _never_written(tokenizer, settings.language)
    engine = Engine(
        NAME, model, {"language": settings.language, "beam": beam, "compute": settings.precision, "window_s": WINDOW_S}
    )
    return FasterWhisper(engine, loaded, tokenizer, threads, never, load_speller(settings))


def _never_written(tokenizer: Any, language: str) -> list[int]:  # noqa: ANN401 - the library's own
    from faster_whisper.transcribe import get_suppressed_tokens

    figures = tokens_with_figures(tokenizer.tokenizer.get_vocab(), language)
    return [*get_suppressed_tokens(tokenizer, [-1]), *figures]


def _load(folder: Path, files: dict[str, bytes] | None, *, threads: int, precision: str) -> Any:  # noqa: ANN401 - the library's own
    from faster_whisper import WhisperModel

    options = {"device": "cpu", "compute_type": precision, "cpu_threads": 1, "num_workers": threads}
    try:
        return WhisperModel(str(folder), files=files, **options)
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(f"{folder}: is no CTranslate2 model that can be loaded ({error}); fetch it again") from error


def _tokenizer(loaded: Any, language: str, multilingual: bool) -> Any:  # noqa: ANN401 - the library's own
    from faster_whisper.tokenizer import Tokenizer

    try:
        return Tokenizer(loaded.hf_tokenizer, multilingual, task="transcribe", language=language)
    except ValueError as error:
        raise ModelError(f"language {language}: not known to Whisper; set QINHE_LANGUAGE to zh") from error
