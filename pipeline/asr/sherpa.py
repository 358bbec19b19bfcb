"""Recognisers of sherpa-onnx from a folder of one's own: SenseVoice and Paraformer.

The folder is one of the project's releases as it unpacks: ``model.int8.onnx`` or ``model.onnx``, with ``tokens.txt``.
Which family it is stands in the model. Nothing is fetched, and no weights come with the installation.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.asr.packing import Window, pack
from pipeline.asr.words import Heard, utterances
from pipeline.audio.room import RATE_HZ, Samples
from pipeline.errors import EngineError, ModelError
from pipeline.schema import Engine, Span, Utterance, Word
from pipeline.settings import Settings

NAME = "sherpa-onnx"

_MODELS = ("model.int8.onnx", "model.onnx")
_TOKENS = "tokens.txt"

_BATCH = 8
"""Stretches decoded at once: bounds memory on long recordings."""

_SYLLABLE_S = 0.3
"""A character lasts until the next begins, at most this long: the models tell only its start."""

_GOES_ON = "@@"
"""Ends a piece of a Latin word that the next piece continues, in Paraformer's vocabulary."""

_SHARED_KEYS = frozenset({"vocab_size", "lfr_window_size", "lfr_window_shift", "neg_mean", "inv_stddev"})


@dataclass(frozen=True, slots=True)
class _Family:
    """A kind of model.

    Parameters
    ----------
    needs
        What its loader reads from the model; where one is missing it would end the whole process.
    load
        Model file, tokens file, threads and language to the library's recogniser.
    """

    needs: frozenset[str]
    load: Callable[[str, str, int, str], Any]


def _sense_voice(model: str, tokens: str, threads: int, language: str) -> Any:  # noqa: ANN401 - the library's own
    from sherpa_onnx import OfflineRecognizer

    return OfflineRecognizer.from_sense_voice(
        model=model, tokens=tokens, num_threads=threads, language=language, use_itn=True
    )


def _paraformer(model: str, tokens: str, threads: int, language: str) -> Any:  # noqa: ANN401 - the library's own
    from sherpa_onnx import OfflineRecognizer

    del language  # it knows the one it was trained on
    return OfflineRecognizer.from_paraformer(paraformer=model, tokens=tokens, num_threads=threads)


_SENSE_VOICE_KEYS = {"normalize_samples", "with_itn", "without_itn"} | {
    f"lang_{language}" for language in ("auto", "zh", "en", "ja", "ko", "yue")
}
_FAMILIES: Mapping[str, _Family] = {
    "sense_voice_ctc": _Family(_SHARED_KEYS | _SENSE_VOICE_KEYS, _sense_voice),
    "paraformer": _Family(_SHARED_KEYS, _paraformer),
}


@dataclass(frozen=True, slots=True)
class Sherpa:
    """A model of sherpa-onnx, see ``create``."""

    engine: Engine
    _recogniser: Any

    def transcribe(self, samples: Samples, *, speech: Sequence[Span], channel: int) -> tuple[Utterance, ...]:
        """Recognise the speech in one channel, see ``Transcriber``."""
        windows = [window for span in speech for window in pack(samples, [span])]
        try:
            return utterances(self._heard(windows), channel)
        except (RuntimeError, ValueError, IndexError) as error:
            raise EngineError(
                f"{NAME} failed with {self.engine.model} ({error}); try --engine faster-whisper"
            ) from error

    def _heard(self, windows: Sequence[Window]) -> Iterator[Heard]:
        """What was said in each stretch: these models need no full windows, so every stretch is heard by itself."""
        for start in range(0, len(windows), _BATCH):
            batch = windows[start : start + _BATCH]
            streams = [self._stream(window.samples) for window in batch]
            self._recogniser.decode_streams(streams)
            for window, stream in zip(batch, streams, strict=True):
                said = stream.result
                yield Heard(window, _words(said.tokens, said.timestamps, len(window.samples) / RATE_HZ))

    def _stream(self, samples: Samples) -> Any:  # noqa: ANN401 - the library's own
        stream = self._recogniser.create_stream()
        stream.accept_waveform(RATE_HZ, samples)
        return stream


def _words(tokens: Sequence[str], starts_s: Sequence[float], duration_s: float) -> tuple[Word, ...]:
    """A word a token; evenly spread where the model tells no times. No confidence is told, so it is full."""
    if len(starts_s) != len(tokens):
        starts_s = [duration_s * index / len(tokens) for index in range(len(tokens))]
    edges = pairwise([*starts_s, duration_s])
    spans = (Span(start_s, max(start_s, min(end_s, start_s + _SYLLABLE_S))) for start_s, end_s in edges)
    return tuple(Word(text, span, 1.0) for text, span in zip(_texts(tokens), spans, strict=True))


def _texts(tokens: Sequence[str]) -> Iterator[str]:
    """The tokens as they are written; Paraformer marks the pieces of a Latin word, SenseVoice puts its own spaces."""
    marked = any(token.endswith(_GOES_ON) for token in tokens)
    goes_on = False
    for token in tokens:
        begins = marked and not goes_on and token.isascii()
        yield " " * begins + token.removesuffix(_GOES_ON)
        goes_on = token.endswith(_GOES_ON)


def create(model: str, settings: Settings) -> Sherpa:
    """Load a model from its folder.

    Raises
    ------
    ModelError
        sherpa-onnx is not installed, or the folder holds no model of a known family that can be loaded.
    """
    path, tokens = _files(model)
    family, facts = _identified(path)
    _check(path, tokens, facts, settings.language)
    threads = max(1, (os.cpu_count() or 1) // settings.workers)
    try:
        loaded = _FAMILIES[family].load(str(path), str(tokens), threads, settings.language)
    except ImportError as error:
        raise ModelError(f"engine {NAME}: is not installed; run pip install 'qinhe[sherpa]'") from error
    except (RuntimeError, ValueError) as error:
        raise ModelError(f"{path}: cannot be loaded ({error}); fetch it again") from error
    return Sherpa(Engine(NAME, model, {"language": settings.language, "family": family, "file": path.name}), loaded)


def _files(model: str) -> tuple[Path, Path]:
    """Files of the model and of its tokens."""
    folder, wanted = Path(model), f"{' or '.join(_MODELS)} and {_TOKENS}, as sherpa-onnx releases them"
    if not folder.is_dir():
        raise ModelError(f"model {model}: not known for {NAME}; give --model a folder with {wanted}")
    path = next((folder / name for name in _MODELS if (folder / name).is_file()), None)
    if path is None or not (folder / _TOKENS).is_file():
        raise ModelError(f"{folder}: lacks {wanted}; fetch it again")
    return path, folder / _TOKENS


def _identified(path: Path) -> tuple[str, Mapping[str, str]]:
    """The family of a model and what it tells of itself."""
    from onnxruntime import InferenceSession

    try:
        session = InferenceSession(path, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors have no base of their own
        raise ModelError(f"{path}: is no ONNX model that can be loaded ({error}); fetch it again") from error
    facts: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
    family = facts.get("model_type", "none")
    if family not in _FAMILIES:
        raise ModelError(f"{path}: its model_type is {family}; give a model of type {' or '.join(_FAMILIES)}")
    return family, facts


def _check(path: Path, tokens: Path, facts: Mapping[str, str], language: str) -> None:
    """Refuse what the library would stop the process for, or misread."""
    missing = sorted(_FAMILIES[facts["model_type"]].needs - facts.keys())
    if missing:
        raise ModelError(f"{path}: does not tell its {', '.join(missing)}; export it again with sherpa-onnx's script")
    listed = len(tokens.read_text("utf-8").splitlines())
    if listed < int(facts["vocab_size"]):
        raise ModelError(f"{tokens}: lists {listed} of {facts['vocab_size']} tokens; fetch it again with its model")
    if "lang_zh" in facts and f"lang_{language}" not in facts:
        raise ModelError(f"{path}: knows no language {language}; set QINHE_LANGUAGE to zh")
