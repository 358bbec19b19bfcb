"""Text that goes round in circles: what Whisper writes when it has lost the sound."""

import re

_LOOP = re.compile(r"(.{1,12}?)\1{5,}")
"""The same one to twelve characters six times on end; people say 对对对对 up to four or five times."""

_PUNCTUATION = re.compile(r"[\s,.!?;:，。！？；：、…·~—\-\"'“”‘’()（）]+")


def is_looping(text: str) -> bool:
    """Whether a short piece of text is repeated six times or more without a break."""
    return _LOOP.search(_PUNCTUATION.sub("", text)) is not None
