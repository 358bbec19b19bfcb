"""Who speaks how much, how long the answers are and how fast the words come."""

import statistics
from collections.abc import Sequence

from pipeline.measures.spans import total_s, within
from pipeline.measures.words import DIGIT_STRING, is_question, spoken_length
from pipeline.schema import Acoustics, Role, Span, Transcript, Turn
from pipeline.settings import Settings


def speech_s(turn: Turn, acoustics: Acoustics) -> float:
    """Seconds of speech in a turn: by speech activity on two channels, else by its words, else by its span."""
    if len(acoustics.speech) > turn.channel and len(acoustics.speech) > 1:
        return total_s(within(acoustics.speech[turn.channel], turn.span))
    return total_s([word.span for word in turn.words]) if turn.words else turn.span.duration_s


def turn_rate_cpm(turn: Turn, acoustics: Acoustics, settings: Settings) -> float | None:
    """Characters a minute of one turn, without numbers read out and their time; None for turns too short to tell."""
    chars, seconds = _pace(turn, acoustics)
    return 60 * chars / seconds if chars >= settings.rate_min_chars and seconds > 0 else None


def rate_cpm(turns: Sequence[Turn], acoustics: Acoustics, settings: Settings) -> float | None:
    """Characters a minute over the speech time of these turns."""
    paces = [
        (chars, seconds)
        for chars, seconds in (_pace(turn, acoustics) for turn in turns)
        if chars >= settings.rate_min_chars and seconds > 0
    ]
    return 60 * sum(chars for chars, _ in paces) / sum(seconds for _, seconds in paces) if paces else None


def answer_lengths(transcript: Transcript) -> tuple[int, ...]:
    """Spoken characters of each agent turn that follows a customer's question."""
    pairs = zip(transcript.turns, transcript.turns[1:], strict=False)
    return tuple(
        spoken_length(after.text)
        for before, after in pairs
        if before.role is Role.CUSTOMER and after.role is Role.AGENT and is_question(before.text)
    )


def talk_ratio(transcript: Transcript, acoustics: Acoustics) -> float | None:
    """The agent's share of both speakers' speech time."""
    agent, customer = (
        sum(speech_s(turn, acoustics) for turn in transcript.turns if turn.role is role)
        for role in (Role.AGENT, Role.CUSTOMER)
    )
    return agent / (agent + customer) if agent + customer > 0 else None


def median_answer_chars(transcript: Transcript) -> float | None:
    """Median length of the answers to questions, in characters."""
    lengths = answer_lengths(transcript)
    return float(statistics.median(lengths)) if lengths else None


def _pace(turn: Turn, acoustics: Acoustics) -> tuple[int, float]:
    """Characters and seconds of a turn, without numbers read out."""
    strings = [Span(match.start(), match.end()) for match in DIGIT_STRING.finditer(turn.text)]
    if not strings:
        return spoken_length(turn.text), speech_s(turn, acoustics)
    read_out = [span for start, span in _timed(turn) if any(each.start_s <= start < each.end_s for each in strings)]
    chars = spoken_length(DIGIT_STRING.sub("", turn.text))
    share = total_s(read_out) if read_out else _share(turn, chars)
    return chars, max(0.0, speech_s(turn, acoustics) - share)


def _timed(turn: Turn) -> list[tuple[int, Span]]:
    """Each word's first character and its time."""
    timed, position = [], 0
    for word in turn.words:
        timed.append((position, word.span))
        position += len(word.text)
    return timed


def _share(turn: Turn, chars: int) -> float:
    """Time of the numbers in proportion to their characters, for turns without word times."""
    return turn.span.duration_s * (1 - chars / max(1, spoken_length(turn.text)))
