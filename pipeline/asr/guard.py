"""Text that a recogniser invented is thrown away before anything is scored: each time with its reason."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.asr.loops import is_looping
from pipeline.errors import LexiconError
from pipeline.safe_yaml import check_yaml
from pipeline.schema import Span, Utterance

_MIN_VOICED_S = 0.12
"""Less voice than this under a whole utterance is a click; the shortest word is longer."""

_MIN_VOICED_RATIO = 0.15
"""An utterance lies over pauses too, but not over six times as much pause as voice."""

_SHORT_WORD_VOICED_S = 0.25
"""A real 谢谢 or 再见 takes 0.3 s and more."""

_MAX_CHARS_PER_SECOND = 15.0
"""The fastest speakers reach 9."""

_MIN_DENSE_CHARS = 8
"""Shorter utterances are too short to be too dense: word times are good to a tenth of a second."""

_NO_SPEECH = 0.8
_UNSURE = 0.4
"""Together: the recogniser itself doubts that this is speech, and its words are improbable."""

_NO_SPEECH_AT_ALL = 0.5
_GUESSED = 0.25
"""Together, for any text: on music it guesses at under 0.1 with doubts over 0.55; in calls doubts stay under 0.35."""

_REPEATED = 0.7
"""In place of the last for one character again and again: a modem is heard as 啊啊啊 at 0.56, a real 谢谢 over 0.9."""

_MOSTLY = 0.6
"""Share of an utterance; a caller may quote a subtitle in a longer sentence."""

_IGNORED = re.compile(r"[\W_]+")
_ANNOTATION = re.compile(r"\([^()]*\)|（[^（）]*）|\[[^\[\]]*\]|【[^【】]*】|\*[^*]*\*|♪[^♪]*♪")
"""(音乐), [Music], ♪ … ♪: what is heard, written as subtitles do."""


@dataclass(frozen=True, slots=True)
class InventedPhrases:
    """What recognisers are known to write by themselves, see ``lexicons/invented.yaml``."""

    always: tuple[re.Pattern[str], ...]
    echoed: tuple[re.Pattern[str], ...]
    on_little_speech: tuple[re.Pattern[str], ...]


def load_invented(path: Path) -> InventedPhrases:
    """Read the list of invented phrases.

    Raises
    ------
    LexiconError
        The file is missing, or does not hold exactly the three lists of text.
    """
    try:
        text = path.read_text("utf-8")
        check_yaml(text)
        content = yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise LexiconError(f"{path}: cannot be read ({' '.join(str(error).split())}); correct or restore it") from error
    names = InventedPhrases.__slots__
    if not isinstance(content, dict) or set(content) != set(names):
        raise LexiconError(f"{path}: must hold exactly the lists {', '.join(names)}; add or remove what differs")
    return InventedPhrases(*(_patterns(path, name, content[name]) for name in names))


def _patterns(path: Path, name: str, phrases: object) -> tuple[re.Pattern[str], ...]:
    if not isinstance(phrases, list) or not phrases:
        raise LexiconError(f"{path}: {name} is no list of phrases; write one phrase a line, each after a dash")
    for phrase in phrases:
        if not isinstance(phrase, str) or len(_bare(phrase)) == 0:
            raise LexiconError(f"{path}: {name}: {phrase!r} is no phrase; write a text with at least one character")
    return tuple(_pattern(phrase) for phrase in phrases)


def _pattern(phrase: str) -> re.Pattern[str]:
    *parts, last = (re.escape(_bare(part)) for part in phrase.split("…"))
    return re.compile(".*?".join([*parts, last]) if last else ".*?".join(parts) + ".*")


def drop_invented(
    utterances: Iterable[Utterance], speech: Sequence[Sequence[Span]], phrases: InventedPhrases
) -> tuple[tuple[Utterance, ...], tuple[str, ...]]:
    """Split utterances into those that were said and the reasons why others were not.

    Parameters
    ----------
    speech
        Per channel, where somebody speaks, cut close to the voice (``activity.TIMING``).

    Returns
    -------
    The utterances kept, in their order, and one reason in Chinese for each one dropped.
    """
    kept: list[Utterance] = []
    reasons: list[str] = []
    for utterance in utterances:
        reason = _reason(utterance, _voiced_s(utterance, speech), phrases)
        if reason is None:
            kept.append(utterance)
        else:
            reasons.append(f"{utterance.span.start_s:.1f} 秒，声道 {utterance.channel}：{reason}")
    return tuple(kept), tuple(reasons)


def _reason(utterance: Utterance, voiced_s: float, phrases: InventedPhrases) -> str | None:
    text = _bare(_ANNOTATION.sub("", utterance.text))
    if not text:
        return "只有符号或旁注，没有说的话"
    return (
        _voice_reason(utterance, text, voiced_s)
        or _text_reason(text, phrases)
        or _courtesy_reason(utterance, text, voiced_s, phrases)
    )


def _voice_reason(utterance: Utterance, text: str, voiced_s: float) -> str | None:
    if voiced_s < max(_MIN_VOICED_S, _MIN_VOICED_RATIO * utterance.span.duration_s):
        return f"识别出 {len(text)} 个字，下面没有人声"
    if len(text) >= _MIN_DENSE_CHARS and len(text) > _MAX_CHARS_PER_SECOND * utterance.span.duration_s:
        return f"{utterance.span.duration_s:.1f} 秒里识别出 {len(text)} 个字，没有人说得这么快"
    sure_from = _GUESSED if len(set(text)) > 1 else _REPEATED
    if utterance.no_speech_probability > _NO_SPEECH_AT_ALL and utterance.confidence < sure_from:
        return "识别器自己认为这里没有人说话"
    return None


def _text_reason(text: str, phrases: InventedPhrases) -> str | None:
    if is_looping(text):
        return "文字循环重复，识别器没有听清"
    if _covered_ratio(text, phrases.always) >= _MOSTLY:
        return "视频字幕常见语，通话中没有人说"
    if _covered_ratio(text, phrases.echoed) >= _MOSTLY:
        return "识别器写回了提示词"
    return None


def _courtesy_reason(utterance: Utterance, text: str, voiced_s: float, phrases: InventedPhrases) -> str | None:
    if not any(pattern.fullmatch(text) for pattern in phrases.on_little_speech):
        return None
    if voiced_s < _SHORT_WORD_VOICED_S:
        return f"客套话下面只有 {voiced_s:.1f} 秒人声"
    if utterance.no_speech_probability > _NO_SPEECH and utterance.confidence < _UNSURE:
        return "客套话，识别器自己认为这里没有人说话"
    return None


def _covered_ratio(text: str, patterns: Iterable[re.Pattern[str]]) -> float:
    covered = {at for pattern in patterns for match in pattern.finditer(text) for at in range(*match.span())}
    return len(covered) / len(text)


def _voiced_s(utterance: Utterance, speech: Sequence[Sequence[Span]]) -> float:
    spans = speech[utterance.channel] if utterance.channel < len(speech) else ()
    return sum(span.overlap_s(utterance.span) for span in spans)


def _bare(text: str) -> str:
    return _IGNORED.sub("", text).casefold()
