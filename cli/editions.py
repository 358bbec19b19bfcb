"""``qinhe lexicon publish|versions|diff|hits``: lists put in force from a day, compared, and whom their entries concern."""

import csv
import sys
from collections import Counter
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from cli.console import LexiconsOption, StoreOption, load_settings, out, progress
from cli.rules import agent_hits_table, decisions, known_in
from pipeline.errors import InputError
from pipeline.lexicon import editions
from pipeline.lexicon.comparison import compare
from pipeline.lexicon.entries import load_lexicon
from pipeline.lists import check_lists
from pipeline.rules.reader import RULES_FILE, read_rules
from pipeline.scoring.hits import Hit, by_agent, hits_in
from pipeline.scoring.rubric import load_rubric
from pipeline.store.repository import Store


class DiffFormat(StrEnum):
    """How differences are written."""

    TEXT = "text"
    CSV = "csv"


def publish(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder with the new lists, or those that change.")],
    begins: Annotated[str, typer.Option("--from", metavar="DATE", help="First day of calls that they hold for.")],
    lexicons: LexiconsOption = None,
) -> None:
    """Put phrase lists and rules in force from a day on; calls of earlier days keep the version that held then."""
    try:
        day = date.fromisoformat(begins)
    except ValueError as error:
        raise InputError(f"--from {begins!r} is no day; write a date like 2026-03-01") from error
    settings = load_settings(lexicons_dir=lexicons)
    home = settings.lexicons_dir
    rubric = load_rubric(home / "rubric.yaml", labels=home / "labels.yaml")
    kept = editions.publish(folder, home, day, partial(check_lists, settings=settings, rubric=rubric))
    out.print(
        f"{kept.folder}: holds for calls from {day} on; qinhe rescore judges stored calls by the version of their day"
    )


def versions(lexicons: LexiconsOption = None) -> None:
    """List the published versions: from when each holds, until the next begins, and what is in it."""
    home = load_settings(lexicons_dir=lexicons).lexicons_dir
    table = Table("from", "published", "phrases", "lists", "rules", title=str(home))
    table.add_row("first call", "—", *_content(home, home))
    for each in editions.editions(home):
        table.add_row(str(each.begins), each.published_at[:10], *_content(home, each.folder))
    out.print(table)


def _content(home: Path, folder: Path) -> tuple[str, str, str]:
    """Number of phrases, and the versions of phrases and rules as scorecards name them."""
    lexicon = load_lexicon(folder)
    rules, _ = read_rules(folder / RULES_FILE, known_in(home, folder)[0])
    return str(len(lexicon.entries)), lexicon.version, rules.version


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A folder of lists, or the first day of a version.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Another.")],
    out_format: Annotated[DiffFormat, typer.Option("--format", help="How to write it.")] = DiffFormat.TEXT,
    lexicons: LexiconsOption = None,
) -> None:
    """Say what differs between two folders of lists or published versions: one line an entry, rule, label or cue."""
    home = load_settings(lexicons_dir=lexicons).lexicons_dir
    found = compare(_folder(old, home), _folder(new, home))
    rows = [(each.kind.value, each.file, each.item, each.what) for each in found]
    if out_format is DiffFormat.CSV:
        csv.writer(sys.stdout).writerows([("kind", "file", "item", "what"), *rows])
        return
    for kind, *where in rows:
        out.print(f"{kind:<8}", *where, markup=False)
    counts = Counter(each.kind.value for each in found)
    out.print(", ".join(f"{counts[kind]} {kind}" for kind in ("added", "removed", "changed")))


def _folder(named: str, home: Path) -> Path:
    """The folder somebody means: a path, or a version by its first day."""
    by_day = {str(each.begins): each.folder for each in editions.editions(home)}
    if named not in by_day and not Path(named).is_dir():
        raise InputError(
            f"{named!r} is neither a folder nor a published version; versions are {', '.join(by_day) or 'none'}"
        )
    return by_day.get(named, Path(named))


def hits(
    name: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of an entry or rule, or a label.")],
    lexicons: LexiconsOption = None,
    store: StoreOption = None,
) -> None:
    """Say whose stored calls an entry, rule or label hits, how often, and what inspectors decided on it."""
    settings = load_settings(lexicons_dir=lexicons, store_url=store)
    calls: Counter[str] = Counter()
    found: list[Hit] = []
    with Store(settings.store_url) as kept, progress(kept.count(), "counting") as bar:
        for card in kept.scorecards():
            calls[card.recording.agent_id] += 1
            found += hits_in(card, name)
            bar.update(bar.task_ids[0], advance=1)
    if not found:
        _refuse_unknown(name, settings.lexicons_dir)
    agents = by_agent(found, calls, decisions(settings.store_url))
    if agents:
        out.print(agent_hits_table(agents, name))
    out.print(f"{len(found)} hits in {sum(each.hit_calls for each in agents)} of {calls.total()} calls")


def _refuse_unknown(name: str, home: Path) -> None:
    """Where nothing was found, say so when it is because nobody knows the name."""
    folder = editions.folder_at(home)
    lexicon = load_lexicon(folder)
    rules, _ = read_rules(folder / RULES_FILE, known_in(home, folder)[0])
    if name not in {*lexicon.by_id, *lexicon.labels, *(rule.id for rule in rules.rules)}:
        raise InputError(f"{name!r} is no entry, rule or label of {folder}; copy its id from the lists")
