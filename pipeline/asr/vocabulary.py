"""Whisper's vocabulary narrowed to what Mandarin needs: two thirds of a decoder's step go into scoring tokens of all languages.

Kept are the tokens that are pieces of Chinese text (Chinese characters and punctuation, whole or cut between bytes, digits,
punctuation, up to three Latin letters), the control tokens, and every single byte, so that anything can still be written.
Dropped are longer words of other languages, their scripts, and timestamps.
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.asr.model_file import has_known_format, with_rows

LANGUAGES = frozenset({"zh"})
"""Languages that are written with the narrowed vocabulary."""

_MULTILINGUAL = 51_865
"""Fewer tokens have only the models that know nothing but English."""

_TEXT = re.compile(r"(?:(?![A-Za-z]{4})[\u3400-\u9fff\u3000-\u303f\uff00-\uffef\u2010-\u2027\u00b7\x00-\x7f])*")
"""Chinese, its punctuation and ASCII, but no four Latin letters together: names like VIP stay whole."""

_CUT = re.compile(rb"[\x80-\xbf]{0,2}((?:[\xe3-\xe9\xef][\x80-\xbf]{2})*)(?:[\xe3-\xe9\xef][\x80-\xbf]?)?")
"""Bytes of three-byte characters, the first and the last cut; U+3000 to U+9FFF and U+FF00 begin with these bytes."""

_ID_LISTS = ("lang_ids", "suppress_ids", "suppress_ids_begin")


def narrowed(folder: Path, language: str) -> dict[str, bytes] | None:
    """The model's files with the narrowed vocabulary, to load in place of the folder; None where that cannot be.

    Parameters
    ----------
    folder
        A CTranslate2 Whisper model.
    """
    lists = [path for path in (folder / "vocabulary.json", folder / "vocabulary.txt") if path.is_file()]
    if language not in LANGUAGES or not lists or not (folder / "tokenizer.json").is_file():
        return None
    words = _words(lists[0])
    if len(words) < _MULTILINGUAL or not has_known_format(folder / "model.bin"):
        return None
    tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    kept = _kept(tokenizer)
    return {
        "model.bin": with_rows(folder / "model.bin", len(words), kept),
        "vocabulary.json": json.dumps([words[number] for number in kept]).encode(),
        "config.json": json.dumps(_config(folder / "config.json", kept)).encode(),
        "tokenizer.json": json.dumps(_tokenizer(tokenizer, kept)).encode(),
    }


def _words(path: Path) -> list[str]:
    text = path.read_text("utf-8")
    words: list[str] = json.loads(text) if path.suffix == ".json" else text.removesuffix("\n").split("\n")
    return words


def _kept(tokenizer: Mapping[str, Any]) -> tuple[int, ...]:
    """Numbers of the tokens that stay, in order."""
    control = {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    text = {number for token, number in tokenizer["model"]["vocab"].items() if token not in control and _needed(token)}
    timeless = {number for token, number in control.items() if not re.fullmatch(r"<\|\d+\.\d+\|>", token)}
    return tuple(sorted(text | timeless))


def _needed(token: str) -> bool:
    content = bytes(_BYTES[char] for char in token)
    if len(content) == 1:
        return True
    try:
        return bool(_TEXT.fullmatch(content.decode("utf-8")))
    except UnicodeDecodeError:
        cut = _CUT.fullmatch(content.removeprefix(b" "))
        return bool(cut and _TEXT.fullmatch(cut[1].decode("utf-8", "replace")))


def _byte_letters() -> dict[str, int]:
    """Byte-level BPE writes each byte as one visible letter: those that are one as themselves, the others from U+0100 on."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(0x100) if byte not in visible]
    return {chr(byte): byte for byte in visible} | {chr(0x100 + n): byte for n, byte in enumerate(hidden)}


_BYTES = _byte_letters()


def _config(path: Path, kept: Sequence[int]) -> dict[str, Any]:
    numbers = {old: new for new, old in enumerate(kept)}
    config: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return config | {key: [numbers[n] for n in config[key] if n in numbers] for key in _ID_LISTS if key in config}


def _tokenizer(tokenizer: Mapping[str, Any], kept: Sequence[int]) -> dict[str, Any]:
    """The tokenizer with new numbers; it writes texts and needs no merges but those whose parts stay."""
    numbers = {old: new for new, old in enumerate(kept)}
    model = tokenizer["model"]
    vocab = {token: numbers[number] for token, number in model["vocab"].items() if number in numbers}
    added = [t | {"id": numbers[t["id"]]} for t in tokenizer["added_tokens"] if t["id"] in numbers]
    pairs = [(merge, merge.split(" ") if isinstance(merge, str) else merge) for merge in model["merges"]]
    merges = [merge for merge, (a, b) in pairs if a in vocab and b in vocab and a + b in vocab]
    return dict(tokenizer) | {
        "model": model | {"vocab": vocab, "merges": merges},
        "added_tokens": added,
        "post_processor": None,
    }
