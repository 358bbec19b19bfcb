"""Phrases checked against the sound: whether the recogniser, asked again, would as soon have written the phrase itself."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from rapidfuzz.distance import Levenshtein

from pipeline.asr import weights
from pipeline.audio.room import RATE_HZ
from pipeline.language.syllables import sound_codes
from pipeline.lexicon.evidence import covered
from pipeline.lexicon.phrases import Entry, Lexicon
from pipeline.lexicon.resolve import BY_SOUND
from pipeline.schema import Finding, Status, Turn
from pipeline.settings import Settings

LONGEST_S = 30.0
"""What the recogniser hears at once; longer turns are not checked."""
CONFIRMED = -3.0
"""Log likelihood that the phrase may lack against what was recognised: on tuning calls only phrases really said came so near."""
_FRAMES_PER_S = 100


class AudioCheck:
    """Asks the recogniser's decoder about wordings of a turn."""

    def __init__(self, lexicon: Lexicon, settings: Settings) -> None:
        self._lexicon = lexicon
        folder = weights.ctranslate2_folder(settings.model, settings)
        self._whisper = WhisperModel(str(folder), device="cpu", compute_type="int8")
        self._tokens = Tokenizer(self._whisper.hf_tokenizer, True, task="transcribe", language=settings.language)

    def checked(
        self, found: Sequence[Finding], listed: Sequence[Finding], turns: Sequence[Turn], samples: np.ndarray
    ) -> list[Finding]:
        """Findings without doubtful ones by sound, and of all that was listed by sound what the decoder confirms.

        Parameters
        ----------
        listed
            All evidence of phrases, also what was found nowhere else.
        samples
            The agent's sound, shape (n,), 16 kHz.
        """
        sure = [each for each in found if each.rule != BY_SOUND or each.status is Status.CERTAIN]
        by_index = {turn.index: turn for turn in turns}
        for finding in sorted(listed, key=lambda each: -each.evidence.certainty):
            new = finding.rule == BY_SOUND and not any(_same(finding, other) for other in sure)
            if new and self._gain(finding, by_index[finding.evidence.turn], samples) >= CONFIRMED:
                sure.append(finding)
        return sure

    def _gain(self, finding: Finding, turn: Turn, samples: np.ndarray) -> float:
        """By how much the decoder likes the turn better with the phrase's own wording."""
        proof = finding.evidence
        wording = nearest(self._lexicon.by_id[finding.phrase or ""], proof.quote)
        if wording is None or turn.span.duration_s > LONGEST_S:
            return -math.inf
        sound = samples[round(turn.span.start_s * RATE_HZ) : round(turn.span.end_s * RATE_HZ)]
        other = turn.text[: proof.char_start] + wording + turn.text[proof.char_end :]
        before, after = self._likelihoods(sound, (turn.text, other))
        return after - before

    def _likelihoods(self, sound: np.ndarray, texts: Sequence[str]) -> Iterator[float]:
        features = self._whisper.feature_extractor(sound)[:, : round(LONGEST_S * _FRAMES_PER_S)]
        padded = np.pad(features, ((0, 0), (0, round(LONGEST_S * _FRAMES_PER_S) - features.shape[1])))
        encoded = self._whisper.encode(padded)
        start = [*self._tokens.sot_sequence, self._tokens.no_timestamps]
        for text in texts:
            (aligned,) = self._whisper.model.align(encoded, start, [self._tokens.encode(text)], features.shape[1])
            yield float(np.log(np.maximum(aligned.text_token_probs, 1e-9)).sum())


def nearest(entry: Entry, quote: str) -> str | None:
    """Of the wordings that an entry writes out the one that sounds most like the quote; None where all have slots."""
    written = ["".join(map(str, form)) for form in entry.forms if all(isinstance(piece, str) for piece in form)]
    return min(written, key=lambda each: Levenshtein.distance(*map(sound_codes, (each, quote))), default=None)


def _same(one: Finding, other: Finding) -> bool:
    together = one.evidence.turn == other.evidence.turn and one.label == other.label
    return together and covered(one.evidence, other.evidence) > 0
