"""Small phrase lists for tests, written as files and loaded as the program loads them."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from builders import turn
from meanings import meaning_model

from pipeline.language.segment import Segmenter
from pipeline.language.text import TurnText, read_turns
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.finder import Finder
from pipeline.lexicon.matcher import Matcher
from pipeline.schema import Turn
from pipeline.settings import Settings

LABELS = {
    "greeting": ("问候", "standard"),
    "self_intro": ("报工号或姓名", "standard"),
    "offer_help": ("询问需求", "standard"),
    "further_help": ("延伸服务", "standard"),
    "address": ("称呼姓氏", "standard"),
    "wait_notice": ("请客户等待", "standard"),
    "goodbye": ("再见", "standard"),
    "refuse": ("生硬拒绝", "forbidden"),
    "shirk": ("推诿", "forbidden"),
    "blame": ("责备埋怨", "forbidden"),
    "impatience": ("不耐烦", "forbidden"),
}


def entry(name: str, label: str, text: str, **more: Any) -> dict[str, Any]:
    """An entry as it stands in a file; a text with brackets is a pattern."""
    key = "pattern" if set(text) & set("[({") else "text"
    return {"id": name, "label": label, key: text, "examples": {"hit": ["例"], "miss": ["例"]}, **more}


def write_lexicon(folder: Path, entries: Sequence[dict[str, Any]], *, file: str = "phrases.yaml") -> Path:
    """A folder with ``labels.yaml`` and one phrase file."""
    labels = {
        name: {"zh": zh, "polarity": polarity, "criterion": "politeness.wording"}
        for name, (zh, polarity) in LABELS.items()
    }
    (folder / "labels.yaml").write_text(yaml.safe_dump({"labels": labels}, allow_unicode=True), encoding="utf-8")
    (folder / file).write_text(yaml.safe_dump(list(entries), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def matcher(folder: Path, *entries: dict[str, Any]) -> Matcher:
    """A matcher of these entries."""
    return Matcher(load_lexicon(write_lexicon(folder, entries)))


def finder_of(folder: Path, *entries: dict[str, Any]) -> Finder:
    """A finder of these phrases under the shipped labels; the meaning of what is said is none of them."""
    write_lexicon(folder, entries)
    labels = (Settings().lexicons_dir / "labels.yaml").read_text(encoding="utf-8")
    (folder / "labels.yaml").write_text(labels, encoding="utf-8")
    return Finder(load_lexicon(folder), meaning_model({"thanks": {"龘": 0.9}}))


@lru_cache(maxsize=1)
def segmenter() -> Segmenter:
    """One segmenter for all tests: its dictionary takes a second to read."""
    return Segmenter()


def read(*turns: Turn) -> tuple[TurnText, ...]:
    """These turns read."""
    return read_turns(turns, segmenter())


def agent(text: str) -> tuple[TurnText, ...]:
    """A call of a single turn of the agent's."""
    return read(turn("agent", text))
