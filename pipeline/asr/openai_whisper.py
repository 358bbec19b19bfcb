"""The recogniser of the original package, for comparison and for checkpoints that exist only in its format."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pickle import UnpicklingError
from threading import Lock
from typing import Any

from pipeline.asr import weights
from pipeline.asr.numerals import tokens_with_figures
from pipeline.asr.packing import Window
from pipeline.asr.recognise import recognise
from pipeline.asr.words import Heard
from pipeline.audio.room import Samples
from pipeline.errors import EngineError, ModelError
from pipeline.schema import Engine, Span, Utterance, Word
from pipeline.settings import Settings

NAME = "openai-whisper"

_RETRY_BEAM = 5
"""A second try keeps more hypotheses: a loop is seldom the best of five."""


@dataclass(frozen=True, slots=True)
class OpenaiWhisper:
    """openai-whisper on PyTorch, see ``create``."""

    engine: Engine
    _model: Any
    _never: tuple[int, ...]
    _alone: Lock = field(default_factory=Lock)
    """While it decodes, the package keeps what it has computed in the model itself."""

    def transcribe(self, samples: Samples, *, speech: Sequence[Span], channel: int) -> tuple[Utterance, ...]:
        """Recognise the speech in one channel, see ``Transcriber``."""
        try:
            return recognise(samples, speech, channel, self._decode)
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"{NAME} failed ({error}); try --engine faster-whisper") from error

    def _decode(self, windows: Sequence[Window], again: bool) -> Iterator[Heard]:
        beam = self.engine.options["beam"]
        for window in windows:
            with self._alone:
                result = self._model.transcribe(
                    window.samples,
                    language=self.engine.options["language"],
                    beam_size=_RETRY_BEAM if again else beam,
                    temperature=0.0,
                    condition_on_previous_text=False,
                    suppress_tokens=self._never,
                    word_timestamps=True,
                    fp16=False,
                    verbose=None,
                )
            for segment in result["segments"]:
                yield Heard(window, _words(segment), segment["no_speech_prob"])


def _words(segment: dict[str, Any]) -> tuple[Word, ...]:
    return tuple(
        Word(w["word"], Span(float(w["start"]), float(w["end"])), float(w["probability"])) for w in segment["words"]
    )


def create(model: str, settings: Settings, *, beam: int | None = None) -> OpenaiWhisper:
    """Load a model by name or from a checkpoint file.

    Parameters
    ----------
    beam
        Hypotheses kept while decoding; None decodes greedily, as the package does by itself.

    Raises
    ------
    ModelError
        The weights are missing or cannot be loaded.
    """
    import whisper
    from whisper.tokenizer import get_tokenizer

    checkpoint = weights.openai_checkpoint(model, settings)
    try:
        loaded = whisper.load_model(str(checkpoint), device="cpu")
    except (RuntimeError, ValueError, OSError, KeyError, TypeError, EOFError, UnpicklingError) as error:
        reason = type(error).__name__
        raise ModelError(f"{checkpoint}: is no openai-whisper checkpoint ({reason}); fetch it again") from error
    if model in whisper.available_models():
        loaded.set_alignment_heads(whisper._ALIGNMENT_HEADS[model])  # a file does not carry them; word times need them
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the package leaves its vocabulary file open
        tokenizer = get_tokenizer(loaded.is_multilingual, num_languages=loaded.num_languages)
    engine = Engine(NAME, model, {"language": settings.language, "beam": beam, "compute": "float32"})
    return OpenaiWhisper(engine, loaded, _never_written(tokenizer.encoding, settings.language))


def _never_written(encoding: Any, language: str) -> tuple[int, ...]:  # noqa: ANN401 - the library's own
    """Tokens with figures, and those that the package suppresses by itself: it takes -1 for them."""
    vocabulary = {encoding.decode([number]): number for number in range(encoding.n_vocab)}
    return (-1, *tokens_with_figures(vocabulary, language))
