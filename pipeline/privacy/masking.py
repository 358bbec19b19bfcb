"""What must not be shown, and the same nouns without it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from pipeline.privacy.addresses import ASKED_ADDRESS, private_addresses
from pipeline.privacy.identifiers import ASKED_ACCOUNT, private_identifiers
from pipeline.privacy.names import ASKED_NAME, private_names
from pipeline.privacy.numbers import ASKED, Private, dictates, private_numbers
from pipeline.schema import (
    Completeness,
    CriterionScore,
    Event,
    Finding,
    Recording,
    Role,
    Scorecard,
    Span,
    Transcript,
    Turn,
    Word,
)

MASK = "＊"
# A number is given at the latest this many turns after it was asked for: 好的, 您说 and the like stand between.
_ASKED_TURNS = 3
_TELLING_CHARS = 3
_PHONE_IN_NAME = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class PrivateSpan:
    """A private stretch of a turn.

    Parameters
    ----------
    char_start, char_end
        Characters of ``Turn.text``, half-open.
    kind
        ``phone``, ``identity``, ``card``, ``account``, ``code``, ``number``, ``name`` or ``address``.
    span
        When it was said; the whole turn where words have no times.
    """

    turn: int
    char_start: int
    char_end: int
    kind: str
    span: Span


def find_private(turns: Sequence[Turn]) -> tuple[PrivateSpan, ...]:
    """Find what must not be shown, in the order it was said; spans do not overlap.

    What is private in one turn is private in every other where it is said again.
    """
    found: list[Sequence[Private]] = []
    number_until = -1
    for position, turn in enumerate(turns):
        before = turns[position - 1].text if position else ""
        found.append(_merged(_find_in(turn, before, number_asked=position <= number_until)))
        if ASKED.search(turn.text) or (position <= number_until and dictates(turn.text)):
            number_until = position + _ASKED_TURNS
    known = _known(turns, found)
    return tuple(
        span
        for turn, parts in zip(turns, found, strict=True)
        for span in _spans(turn, _merged([*parts, *_said_again(turn.text, known)]))
    )


def _known(turns: Sequence[Turn], found: Sequence[Sequence[Private]]) -> Mapping[str, str]:
    """Private wording of the call that is long enough to mean nothing else, and its kind."""
    return {
        said: part.kind
        for turn, parts in zip(turns, found, strict=True)
        for part in parts
        if len(said := turn.text[part.start : part.end]) >= _TELLING_CHARS
    }


def _said_again(text: str, known: Mapping[str, str]) -> Iterator[Private]:
    for said, kind in known.items():
        at = text.find(said)
        while at >= 0:
            yield Private(at, at + len(said), kind)
            at = text.find(said, at + len(said))


def mask_text(text: str, spans: Iterable[PrivateSpan]) -> str:
    """Put one ＊ for each private character, so that offsets still hold; spans are those of this text."""
    masked = list(text)
    for span in spans:
        masked[span.char_start : span.char_end] = MASK * (min(span.char_end, len(text)) - span.char_start)
    return "".join(masked)


def mask_scorecard(card: Scorecard) -> Scorecard:
    """Make the scorecard as it may be shown: turns, words, quotes and reasons are masked alike, whoever called is left out."""
    turns = card.transcript.turns
    spans = _by_turn(find_private(turns))
    masked = {turn.index: mask_text(turn.text, spans.get(turn.index, ())) for turn in turns}
    said = _said(card, masked, spans)
    return replace(
        card,
        recording=_mask_recording(card.recording),
        transcript=_mask_transcript(card.transcript, masked),
        findings=tuple(_mask_finding(finding, masked, said) for finding in card.findings),
        opening=_mask_part(card.opening, said),
        closing=_mask_part(card.closing, said),
        events=tuple(_mask_event(event, said) for event in card.events),
        criteria=tuple(_mask_criterion(score, said) for score in card.criteria),
    )


def _find_in(turn: Turn, before: str, *, number_asked: bool) -> Iterator[Private]:
    """What is private in a turn as it is read and, where that differs, as the recogniser wrote it."""
    asked_here = turn.role is not Role.AGENT
    for text in dict.fromkeys((turn.text, turn.recognised)):
        yield from private_numbers(text, asked=number_asked)
        yield from private_identifiers(text, asked=asked_here and bool(ASKED_ACCOUNT.search(before)))
        yield from private_names(
            text, by_agent=turn.role is Role.AGENT, asked=asked_here and bool(ASKED_NAME.search(before))
        )
        yield from private_addresses(text, asked=asked_here and bool(ASKED_ADDRESS.search(before)))


def _merged(privates: Iterable[Private]) -> list[Private]:
    """Join what overlaps; the longer part names the kind."""
    merged: list[Private] = []
    for part in sorted(privates, key=lambda part: (part.start, -part.end)):
        if merged and part.start < merged[-1].end:
            merged[-1] = replace(merged[-1], end=max(merged[-1].end, part.end))
        else:
            merged.append(part)
    return merged


def _spans(turn: Turn, parts: Sequence[Private]) -> Iterator[PrivateSpan]:
    """Give parts their time: from the first to the last word that each touches."""
    ends = list(accumulate(len(word.text) for word in turn.words))
    for part in parts:
        first, last = bisect_right(ends, part.start), bisect_left(ends, part.end)
        known = last < len(turn.words)
        span = Span(turn.words[first].span.start_s, turn.words[last].span.end_s) if known else turn.span
        yield PrivateSpan(turn.index, part.start, part.end, part.kind, span)


def _by_turn(spans: Iterable[PrivateSpan]) -> Mapping[int, list[PrivateSpan]]:
    grouped: dict[int, list[PrivateSpan]] = {}
    for span in spans:
        grouped.setdefault(span.turn, []).append(span)
    return grouped


def _said(card: Scorecard, masked: Mapping[int, str], spans: Mapping[int, Sequence[PrivateSpan]]) -> Mapping[str, str]:
    """Private wording to its masked form, longest first: whole quotes, and private parts long enough to mean nothing else."""
    pairs = {}
    for finding in card.findings:
        shown = masked[finding.evidence.turn][finding.evidence.char_start : finding.evidence.char_end]
        pairs[finding.evidence.quote] = shown
    for turn in card.transcript.turns:
        parts = (turn.text[span.char_start : span.char_end] for span in spans.get(turn.index, ()))
        pairs |= {part: MASK * len(part) for part in parts if len(part) > 1}
    changed = {quote: shown for quote, shown in pairs.items() if quote != shown}
    return dict(sorted(changed.items(), key=lambda pair: -len(pair[0])))


def _mask_loose(text: str, said: Mapping[str, str]) -> str:
    """Mask a free text such as a reason: what was masked in the turns, then what is private by itself."""
    text = _mask_said(text, said)
    alone = Turn(0, Role.UNKNOWN, Span(0.0, 0.0), text)
    return mask_text(text, find_private((alone,)))


def _mask_said(text: str, said: Mapping[str, str]) -> str:
    for quote, shown in said.items():
        text = text.replace(quote, shown)
    return text


def _mask_recording(recording: Recording) -> Recording:
    def hide(name: str) -> str:
        return _PHONE_IN_NAME.sub(lambda match: MASK * len(match.group()), name)

    call_id = hide(recording.call_id) if recording.call_id else None
    return replace(recording, path=hide(recording.path), call_id=call_id, customer_id=None)


def _mask_transcript(transcript: Transcript, masked: Mapping[int, str]) -> Transcript:
    turns = tuple(
        replace(turn, text=masked[turn.index], words=_mask_words(turn.words, masked[turn.index]))
        for turn in transcript.turns
    )
    return replace(transcript, turns=turns, dropped=tuple(_mask_loose(reason, {}) for reason in transcript.dropped))


def _mask_words(words: Sequence[Word], masked: str) -> tuple[Word, ...]:
    ends = accumulate(len(word.text) for word in words)
    return tuple(_mask_word(word, masked[end - len(word.text) : end]) for word, end in zip(words, ends, strict=True))


def _mask_word(word: Word, masked: str) -> Word:
    """The word as it may be shown; what the recogniser wrote in its place is hidden at the same characters."""
    heard = "".join(MASK if shown == MASK else char for char, shown in zip(word.heard, masked, strict=False))
    return replace(word, text=masked, heard=heard)


def _mask_finding(finding: Finding, masked: Mapping[int, str], said: Mapping[str, str]) -> Finding:
    evidence = finding.evidence
    quote = masked[evidence.turn][evidence.char_start : evidence.char_end]
    return replace(finding, evidence=replace(evidence, quote=quote), explanation=_mask_said(finding.explanation, said))


def _mask_part(part: Completeness, said: Mapping[str, str]) -> Completeness:
    return replace(part, reason=_mask_loose(part.reason, said) if part.reason else part.reason)


def _mask_event(event: Event, said: Mapping[str, str]) -> Event:
    detail = {
        name: _mask_loose(value, said) if isinstance(value, str) else value for name, value in event.detail.items()
    }
    return replace(event, detail=detail)


def _mask_criterion(score: CriterionScore, said: Mapping[str, str]) -> CriterionScore:
    return replace(score, reason=_mask_loose(score.reason, said))
