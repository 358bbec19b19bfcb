"""Text that goes round in circles: what Whisper writes when it has lost the sound."""

import re

_LOOP = re.compile(r"(.)\1{9,}|(.{2,3}?)\2{5,}|(.{4,12}?)\3{3,}")
"""One character ten times on end, two or three six times, more four times.

People say 谢谢谢谢谢谢, 好的好的好的 and numbers such as 8888 8888.
"""

_PUNCTUATION = re.compile(r"[\W_]+")


def is_looping(text: str) -> bool:
    """Whether a short piece of text is repeated over and over without a break."""
    return _LOOP.search(_PUNCTUATION.sub("", text)) is not None
