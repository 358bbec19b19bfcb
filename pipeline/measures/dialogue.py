"""Who speaks how much, how long the answers are and how fast the words come."""

import statistics
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.measures.spans import bridged, covered_s, total_s, within
from pipeline.measures.words import DIGIT_STRING, is_question, spoken_length
from pipeline.schema import Acoustics, Role, Span, Transcript, Turn
from pipeline.settings import Settings

BREATH_PAUSE_S = 0.4
"""Own choice: longer than the stop of a consonant, and room for a breath."""


class Pace(NamedTuple):
    """Characters and seconds of a turn, without numbers read out."""

    chars: int
    seconds: float


def speech_s(turn: Turn, acoustics: Acoustics) -> float:
    """Seconds of speech in a turn: by speech activity on two channels, else by its words, else by its span."""
    if len(acoustics.speech) > turn.channel and len(acoustics.speech) > 1:
        return covered_s(acoustics.speech[turn.channel], turn.span)
    return total_s([word.span for word in turn.words]) if turn.words else turn.span.duration_s


def longest_breath(agent: Sequence[Turn], acoustics: Acoustics) -> Span | None:
    """The longest stretch that the agent speaks without a pause, over turns where nothing parts them."""
    said = [span for turn in agent for span in _said(turn, acoustics)]
    return max(bridged(said, BREATH_PAUSE_S), key=lambda span: span.duration_s, default=None)


def _said(turn: Turn, acoustics: Acoustics) -> Sequence[Span]:
    """When somebody speaks within a turn: by speech activity on two channels, else by its words, else throughout."""
    if len(acoustics.speech) > turn.channel and len(acoustics.speech) > 1:
        return within(acoustics.speech[turn.channel], turn.span)
    return [word.span for word in turn.words] or [turn.span]


def turn_rate_cpm(turn: Turn, acoustics: Acoustics, settings: Settings) -> float | None:
    """Characters a minute of one turn, without numbers read out and their time; None for turns too short to tell."""
    return rate_cpm([turn], acoustics, settings)


def rate_cpm(turns: Sequence[Turn], acoustics: Acoustics, settings: Settings) -> float | None:
    """Characters a minute over the speech time of these turns."""
    return cpm([pace(turn, acoustics) for turn in turns], settings)


def cpm(paces: Sequence[Pace], settings: Settings) -> float | None:
    """Characters a minute of the turns that are long enough to tell."""
    long = [each for each in paces if each.chars >= settings.rate_min_chars and each.seconds > 0]
    return 60 * sum(each.chars for each in long) / sum(each.seconds for each in long) if long else None


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


def pace(turn: Turn, acoustics: Acoustics) -> Pace:
    """Characters and seconds of a turn, without numbers read out."""
    strings = [Span(match.start(), match.end()) for match in DIGIT_STRING.finditer(turn.text)]
    if not strings:
        return Pace(spoken_length(turn.text), speech_s(turn, acoustics))
    read_out = [span for start, span in _timed(turn) if any(each.start_s <= start < each.end_s for each in strings)]
    chars = spoken_length(DIGIT_STRING.sub("", turn.text))
    share = total_s(read_out) if read_out else _share(turn, chars)
    return Pace(chars, max(0.0, speech_s(turn, acoustics) - share))


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
