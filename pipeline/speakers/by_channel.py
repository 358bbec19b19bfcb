"""Turns of a recording that has one speaker on each channel.

A line leaks: what one side says is often heard faintly on the other channel and recognised there again. Such echoes are taken out before turns are made.
"""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from pipeline.schema import Role, Span, Turn, Utterance

MERGE_GAP_S = 1.0
"""Longer pauses end a turn; the recognisers split utterances at the same length."""

BACK_CHANNEL_CHARS = 3
"""A word this short (嗯, 好的) from the other side does not end a turn; the norm's interruption begins at 4 characters."""

_NO_GAP_S = 0.3
"""A shorter pause is none: who talks on while the other begins has not ended the turn."""

_ECHO_OVERLAP_RATIO = 0.6
"""Share of the shorter utterance's time that an echo shares with its source."""

_ECHO_SIMILARITY = 50.0
"""Percent of characters that agree with the best part of the other; a back-channel proves nothing."""

_SPOKEN = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")


def make_turns(utterances: Sequence[Utterance]) -> tuple[Turn, ...]:
    """One speaker's maximal stretches in the order they begin, all roles unknown.

    Utterances of one channel join while the pause between them is under a second and nobody else said more than a back-channel in between; the joined
    words still give the joined text.
    """
    ordered = sorted(without_echoes(utterances), key=lambda u: (u.span.start_s, u.channel))
    groups: list[list[Utterance]] = []
    for utterance in ordered:
        group = next((g for g in reversed(groups) if g[0].channel == utterance.channel), None)
        if group is not None and _continues(group, utterance, ordered):
            group.append(utterance)
        else:
            groups.append([utterance])
    return tuple(_turn(index, group) for index, group in enumerate(groups))


def without_echoes(utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
    """What is left when the same words at the same time on two channels are kept only where they were heard better."""
    return tuple(
        u for u in utterances if not any(_is_echo(u, other) for other in utterances if other.channel != u.channel)
    )


def _is_echo(utterance: Utterance, other: Utterance) -> bool:
    text, source = _spoken(utterance.text), _spoken(other.text)
    shorter_s = min(utterance.span.duration_s, other.span.duration_s)
    together = utterance.span.overlap_s(other.span) > _ECHO_OVERLAP_RATIO * shorter_s
    if not together or min(len(text), len(source)) <= BACK_CHANNEL_CHARS:
        return False
    heard_worse = (utterance.confidence, -utterance.channel) < (other.confidence, -other.channel)
    return heard_worse and fuzz.partial_ratio(text, source) >= _ECHO_SIMILARITY


def _continues(group: Sequence[Utterance], utterance: Utterance, ordered: Iterable[Utterance]) -> bool:
    last = group[-1]
    gap_s = utterance.span.start_s - last.span.end_s
    if gap_s < _NO_GAP_S or gap_s >= MERGE_GAP_S:
        return gap_s < _NO_GAP_S
    between = (
        u
        for u in ordered
        if u.channel != utterance.channel and last.span.start_s <= u.span.start_s <= utterance.span.start_s
    )
    return all(len(_spoken(u.text)) <= BACK_CHANNEL_CHARS for u in between)


def _spoken(text: str) -> str:
    return "".join(_SPOKEN.findall(text))


def _turn(index: int, group: Sequence[Utterance]) -> Turn:
    weights = [max(1, len(u.text)) for u in group]
    words = tuple(word for u in group for word in u.words)
    return Turn(
        index,
        Role.UNKNOWN,
        Span(group[0].span.start_s, max(u.span.end_s for u in group)),
        "".join(u.text for u in group),
        words if all(u.words for u in group) else (),
        sum(u.confidence * w for u, w in zip(group, weights, strict=True)) / sum(weights),
        group[0].channel,
    )
