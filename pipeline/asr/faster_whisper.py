"""The usual recogniser: Whisper on CTranslate2, quantised to 8 bits on a CPU."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.asr import weights
from pipeline.asr.base import Samples
from pipeline.asr.packing import Window, pack
from pipeline.asr.words import utterances
from pipeline.errors import EngineError, ModelError
from pipeline.schema import Engine, Span, Utterance, Word
from pipeline.settings import Settings

_TEMPERATURES = (0.0, 0.4, 0.8)
"""Tried in turn while the text loops or is improbable; the stock list of six costs up to six decodings for noise."""


@dataclass(frozen=True, slots=True)
class FasterWhisper:
    """Whisper on CTranslate2, see ``create``."""

    engine: Engine
    _model: Any

    def transcribe(self, samples: Samples, *, speech: Sequence[Span], channel: int) -> tuple[Utterance, ...]:
        """Recognise the speech in one channel, see ``Transcriber``."""
        found = [utterance for window in pack(samples, speech) for utterance in self._window(window, channel)]
        return tuple(sorted(found, key=lambda u: u.span.start_s))

    def _window(self, window: Window, channel: int) -> Iterator[Utterance]:
        try:
            segments, _ = self._model.transcribe(
                window.samples,
                language=self.engine.options["language"],
                beam_size=self.engine.options["beam"],
                temperature=_TEMPERATURES,
                condition_on_previous_text=False,
                word_timestamps=True,
            )
            for segment in segments:
                words = [Word(w.word, Span(w.start, w.end), w.probability) for w in segment.words]
                yield from utterances(words, window, channel, no_speech=segment.no_speech_prob)
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"faster-whisper failed at {window.pieces[0].start_s:.1f} s ({error}); try --engine openai-whisper") from error


def create(model: str, settings: Settings, *, beam: int = 5) -> FasterWhisper:
    """Load a model by name or folder.

    Raises
    ------
    ModelError
        The weights are missing or cannot be loaded.
    """
    from faster_whisper import WhisperModel

    folder = weights.ctranslate2_folder(model, settings)
    try:
        loaded = WhisperModel(str(folder), device="cpu", compute_type="int8")
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(f"{folder}: cannot be loaded as a CTranslate2 model ({error}); run qinhe models verify") from error
    return FasterWhisper(Engine("faster-whisper", model, {"language": settings.language, "beam": beam, "compute": "int8"}), loaded)
