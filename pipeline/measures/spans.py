"""Arithmetic of time spans: joined, overlapping, parted and the gaps between."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TypeVar

from pipeline.schema import Span

Item = TypeVar("Item")


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Spans in order, those that touch or overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda each: (each.start_s, each.end_s)):
        if merged and span.start_s <= merged[-1].end_s:
            merged[-1] = Span(merged[-1].start_s, max(merged[-1].end_s, span.end_s))
        else:
            merged.append(span)
    return tuple(merged)


def bridged(spans: Iterable[Span], gap_s: float) -> tuple[Span, ...]:
    """Spans in order, those with at most so long between them made one."""
    longer = joined(Span(span.start_s, span.end_s + gap_s) for span in spans)
    return tuple(Span(span.start_s, span.end_s - gap_s) for span in longer)


def parted(items: Iterable[Item], *, between: Callable[[Item, Item], bool]) -> Iterator[list[Item]]:
    """The items in runs, cut between neighbours of which this holds."""
    run: list[Item] = []
    for item in items:
        if run and between(run[-1], item):
            yield run
            run = []
        run.append(item)
    if run:
        yield run


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


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """What is left of the spans where others are taken out."""
    cut = joined(taken)
    return tuple(part for span in joined(spans) for part in _left(span, within(cut, span)))


def _left(span: Span, cut: Sequence[Span]) -> Iterator[Span]:
    edges = [span.start_s, *(edge for each in cut for edge in (each.start_s, each.end_s)), span.end_s]
    for start_s, end_s in zip(edges[::2], edges[1::2], strict=True):
        if start_s < end_s:
            yield Span(start_s, end_s)
