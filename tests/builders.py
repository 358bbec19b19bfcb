"""Short ways to write turns, transcripts and evidence in tests."""

from pipeline.schema import Engine, Role, Roles, Span, Transcript, Turn, Word

CHARS_PER_SECOND = 4.5


def turn(
    role: str, text: str, at: float = 0.0, *, index: int = 0, until: float | None = None, confidence: float = 0.95
) -> Turn:
    """A turn with one word per character, spread evenly over its time."""
    end = until if until is not None else at + max(0.3, len(text) / CHARS_PER_SECOND)
    step = (end - at) / max(1, len(text))
    words = tuple(Word(char, Span(at + i * step, at + (i + 1) * step), confidence) for i, char in enumerate(text))
    return Turn(index, Role(role), Span(at, end), text, words, confidence, 0 if role == "agent" else 1)


def dialogue(*lines: tuple[str, str] | tuple[str, str, float], gap: float = 0.5) -> tuple[Turn, ...]:
    """Turns one after the other: (role, text) or (role, text, seconds since the last turn's end)."""
    turns: list[Turn] = []
    clock = 0.0
    for index, line in enumerate(lines):
        clock += line[2] if len(line) > 2 else gap
        turns.append(turn(line[0], line[1], clock, index=index))
        clock = turns[-1].span.end_s
    return tuple(turns)


def transcript(*lines: tuple[str, str] | tuple[str, str, float], withheld: bool = False) -> Transcript:
    """A two-channel transcript of these lines."""
    return Transcript(dialogue(*lines), Roles("channel", 0.99, withheld), Engine("given", "none"))
