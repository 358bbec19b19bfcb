"""Makes hostile files out of good ones, the same every time."""

from random import Random

TOKENS = tuple(
    token if isinstance(token, bytes) else token.encode("utf-8", "surrogatepass")
    for token in (
        *(
            "",
            "\0",
            "\r",
            "\n",
            "\t",
            " ",
            '"',
            "'",
            ",",
            ":",
            "-",
            "- ",
            "[",
            "]",
            "{",
            "}",
            "\\",
            "#",
            "%",
            "&a ",
            "*a",
            "<<: ",
        ),
        *(
            "\\ud800",
            "\ud800",
            "\u202e",
            "\u2028",
            "\ufeff",
            "\x1b[2J",
            "𠮷",
            "＝",
            "=cmd|' /C calc'!A0",
            "<script>alert(1)</script>",
        ),
        *("null", "true", "NaN", "Infinity", "-1", "1e999", "9" * 5000, "0x10", "2026-99-99", "2026-03-01", "1:60:60"),
        *(
            "!!python/object/apply:os.system [id]",
            "!!binary x",
            "[" * 200,
            "{a: " * 200,
            "甲" * 5000,
            "(" * 60 + ")*" * 60,
        ),
        *(b"\xff", b"\xfe\xff", b"RIFF", b"fmt ", b"data", b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x01\x00"),
    )
)


def mutated(content: bytes, chance: Random) -> bytes:
    """The content after one to four random changes."""
    for _ in range(chance.randint(1, 4)):
        content = chance.choice(_CHANGES)(content, chance)
    return content


def _flip(content, chance):
    if not content:
        return content
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ (1 << chance.randrange(8))]) + content[at + 1 :]


def _flip_early(content, chance):
    """Change a byte near the beginning, where headers are."""
    head = _flip(content[:64], chance)
    return head + content[64:]


def _cut(content, chance):
    start, end = _stretch(content, chance)
    return content[:start] + content[end:]


def _truncate(content, chance):
    return content[: chance.randrange(len(content) + 1)]


def _double(content, chance):
    start, end = _stretch(content, chance)
    return content[:end] + content[start:end] * chance.randint(1, 30) + content[end:]


def _insert(content, chance):
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(TOKENS) + content[at:]


def _replace(content, chance):
    start, end = _stretch(content, chance, most=12)
    return content[:start] + chance.choice(TOKENS) + content[end:]


def _swap(content, chance):
    start, end = _stretch(content, chance)
    middle = (start + end) // 2
    return content[:start] + content[middle:end] + content[start:middle] + content[end:]


def _stretch(content, chance, most=400):
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.randint(0, most))


_CHANGES = (_flip, _flip_early, _cut, _truncate, _double, _insert, _insert, _replace, _replace, _swap)
