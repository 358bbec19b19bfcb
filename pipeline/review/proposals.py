"""Proposed entries for the phrase lists: tried like any other, kept for whoever keeps the lists, never written into them."""

import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from pipeline.lexicon.trials import test_lexicon
from pipeline.store.desk import Proposal

KIND = "lexicon.entry"
_PATTERN = re.compile(r"[\[\](){}|]")


@dataclass(frozen=True, slots=True)
class Wish:
    """An entry as somebody writes it down.

    Parameters
    ----------
    hit, miss
        Sentences that must be found, and that must not.
    """

    label: str
    text: str
    hit: tuple[str, ...]
    miss: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A proposal that was kept."""

    at: datetime
    who: str
    why: str
    entry: str


def entry_of(wish: Wish, at: datetime) -> dict[str, Any]:
    """The entry as it would stand in a list."""
    key = "pattern" if _PATTERN.search(wish.text) else "text"
    return {
        "id": f"{wish.label}.proposed_{at:%Y%m%d_%H%M%S}",
        "label": wish.label,
        key: wish.text,
        "examples": {"hit": list(wish.hit), "miss": list(wish.miss)},
        "source": wish.source or "质检员建议",
    }


def as_yaml(entries: Iterable[dict[str, Any]]) -> str:
    """Entries as a list that can be put into ``lexicons/`` as it is."""
    return yaml.safe_dump(list(entries), allow_unicode=True, sort_keys=False, width=120)


def problems(entry: dict[str, Any], labels: Path) -> tuple[str, ...]:
    """What is wrong with an entry, a line each: its form, and examples that do not come out; empty when all is well.

    Parameters
    ----------
    labels
        The file of labels that it must fit.
    """
    with tempfile.TemporaryDirectory(prefix="qinhe-entry-") as name:
        folder = Path(name)
        shutil.copyfile(labels, folder / "labels.yaml")
        (folder / "proposed.yaml").write_text(as_yaml([entry]), encoding="utf-8")
        report = test_lexicon(folder)
    wrong = [_without_place(problem, folder) for problem in report.check.problems]
    said = {"hit": "应当命中，却没有", "miss": "不应命中，却命中了"}
    return (*wrong, *(f"例句「{failed.sentence}」{said[failed.expected]}" for failed in report.failed))


def document(entry: dict[str, Any], why: str) -> str:
    """What is kept of a proposal."""
    return json.dumps({"entry": entry, "why": why}, ensure_ascii=False)


def kept(proposals: Iterable[Proposal]) -> tuple[Kept, ...]:
    """Proposals as pages show them."""
    return tuple(_kept(each) for each in proposals)


def entries(proposals: Iterable[Proposal]) -> tuple[dict[str, Any], ...]:
    """The proposed entries alone."""
    return tuple(json.loads(each.document)["entry"] for each in proposals)


def _kept(proposal: Proposal) -> Kept:
    content = json.loads(proposal.document)
    return Kept(proposal.at, proposal.who, content["why"], as_yaml([content["entry"]]))


def _without_place(problem: str, folder: Path) -> str:
    """A complaint without the name of the file, which is gone by now."""
    return re.sub(rf"^{re.escape(str(folder))}/[^:]*(:\d+)?: ", "", problem)
