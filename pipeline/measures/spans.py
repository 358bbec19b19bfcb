"""Arithmetic of time spans: joined, overlapping and the gaps between."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from pipeline.schema import Span


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start_s, each.end_s)):
        if merged and span.start_s <= merged[-1].end_s:
            merged[-1] = Span(merged[-1].start_s, max(merged[-1].end_s, span.end_s))
        else:
            merged.append(span)
    return tuple(merged)


def gaps(spans: Iterable[Span]) -> tuple[Span, ...]:
    """What lies between the spans, before the last and after the first."""
    merged = joined(spans)
    return tuple(Span(left.end_s, right.start_s) for left, right in pairwise(merged))


def within(spans: Iterable[Span], window: Span) -> tuple[Span, ...]:
    """The spans cut to a window, those that touch or overlap made one."""
    return tuple(
        Span(max(span.start_s, window.start_s), min(span.end_s, window.end_s))
        for span in _near(spans, window)
        if span.overlap_s(window) > 0
    )


def covered_s(spans: Iterable[Span], window: Span) -> float:
    """Seconds of a window that the spans cover, overlaps once."""
    return sum(span.overlap_s(window) for span in _near(spans, window))


def total_s(spans: Sequence[Span]) -> float:
    """Seconds covered, overlaps once."""
    return sum(span.duration_s for span in joined(spans))


def _near(spans: Iterable[Span], window: Span) -> tuple[Span, ...]:
    """The spans that reach into a window, those that touch or overlap made one."""
    return joined(span for span in spans if span.start_s < window.end_s and span.end_s > window.start_s)
