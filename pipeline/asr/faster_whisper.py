"""The usual recogniser: Whisper on CTranslate2, quantised to 8 bits on a CPU.

Windows are decoded in batches without timestamp tokens (words get their times from the attention) and without sampling,
so that the same recording always gives the same words.
"""

import os
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from pipeline.asr import weights
from pipeline.asr.base import RATE_HZ, Samples
from pipeline.asr.loops import is_looping
from pipeline.asr.packing import Window, pack
from pipeline.asr.words import Heard, utterances
from pipeline.errors import EngineError, ModelError
from pipeline.schema import Engine, Span, Utterance, Word
from pipeline.settings import Settings

_BATCH = 8
"""Windows decoded at once; more needs more memory and is no faster on a CPU."""

_RETRY_WINDOW_S = 10.0
"""Where the text of a window loops, its stretches are decoded again in windows this short."""

_RETRY_NGRAM = 3
"""In that second try no three tokens may come twice."""

_SEEK_SLACK_S = 0.05
"""A segment names its window's start rounded down to a hundredth of a second."""


@dataclass(frozen=True, slots=True)
class FasterWhisper:
    """Whisper on CTranslate2, see ``create``."""

    engine: Engine
    _pipeline: Any

    def transcribe(self, samples: Samples, *, speech: Sequence[Span], channel: int) -> tuple[Utterance, ...]:
        """Recognise the speech in one channel, see ``Transcriber``."""
        windows = pack(samples, speech)
        batches = [windows[start : start + _BATCH] for start in range(0, len(windows), _BATCH)]
        try:
            heard = [part for batch in batches for item in self._decode(batch) for part in self._settled(samples, item)]
        except (RuntimeError, ValueError) as error:
            raise EngineError(f"faster-whisper failed ({error}); try --engine openai-whisper") from error
        return utterances(heard, channel)

    def _settled(self, samples: Samples, heard: Heard) -> Sequence[Heard]:
        """What was heard in a window; where the text loops, what a second try in shorter windows gives."""
        if not is_looping(heard.text):
            return (heard,)
        shorter = pack(samples, heard.window.pieces, window_s=_RETRY_WINDOW_S)
        return tuple(self._decode(shorter, no_repeat_ngram_size=_RETRY_NGRAM))

    def _decode(self, windows: Sequence[Window], *, no_repeat_ngram_size: int = 0) -> Iterator[Heard]:
        starts = [n / RATE_HZ for n in accumulate((len(window.samples) for window in windows), initial=0)]
        segments, _ = self._pipeline.transcribe(
            np.concatenate([window.samples for window in windows]),
            clip_timestamps=[{"start": start, "end": end} for start, end in pairwise(starts)],
            vad_filter=False,
            without_timestamps=True,
            word_timestamps=True,
            language=self.engine.options["language"],
            beam_size=self.engine.options["beam"],
            batch_size=_BATCH,
            no_repeat_ngram_size=no_repeat_ngram_size,
        )
        for segment in segments:
            index = bisect_right(starts, segment.seek / 100 + _SEEK_SLACK_S) - 1
            yield Heard(windows[index], _words(segment, starts[index]), segment.no_speech_prob)


def _words(segment: Any, offset_s: float) -> tuple[Word, ...]:  # noqa: ANN401 - the library's own segment
    return tuple(Word(w.word, Span(w.start - offset_s, w.end - offset_s), float(w.probability)) for w in segment.words)


def create(model: str, settings: Settings, *, beam: int = 5) -> FasterWhisper:
    """Load a model by name or folder.

    Parameters
    ----------
    beam
        Hypotheses kept while decoding. On simulated hotline calls the character error is 0.175 with 5, 0.179 with 3 and
        0.194 with 1, and the time grows by a tenth and a fifth.

    Raises
    ------
    ModelError
        The weights are missing or cannot be loaded.
    """
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    folder = weights.ctranslate2_folder(model, settings)
    threads = max(1, len(os.sched_getaffinity(0)) // settings.workers)
    try:
        loaded = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(f"{folder}: is no CTranslate2 model that can be loaded ({error}); fetch it again") from error
    options = {"language": settings.language, "beam": beam, "compute": "int8"}
    return FasterWhisper(Engine("faster-whisper", model, options), BatchedInferencePipeline(loaded))
