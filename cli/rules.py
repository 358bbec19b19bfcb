"""``qinhe lexicon explain|try|import-rules``: rules told in words, tried on stored calls, taken over."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.table import Table

from cli.console import LexiconsOption, StoreOption, err, load_settings, out, progress
from cli.rescore import agents_table
from pipeline.errors import InputError
from pipeline.kit import load_kit
from pipeline.language.segment import Segmenter
from pipeline.lexicon.editions import editions, folder_at
from pipeline.lexicon.entries import load_labels, load_lexicon
from pipeline.lexicon.finder import Finder
from pipeline.lexicon.meaning import load_model
from pipeline.people import Decision
from pipeline.privacy.masking import mask_scorecard
from pipeline.reports.wording import chinese_words
from pipeline.rescore import Change, Rescored, rescore
from pipeline.rules.reader import RULES_FILE, Known, load_rules, read_rules
from pipeline.rules.tell import Names, explain_rule
from pipeline.rules.trials import FailedTrial, failed_trials
from pipeline.rules.upload import take_over
from pipeline.schema import Scorecard
from pipeline.scoring.hits import AgentHits, HitChange, by_agent, hit_changes
from pipeline.scoring.rubric import load_rubric
from pipeline.settings import Settings
from pipeline.store.desk import Desk
from pipeline.store.repository import Store

SHOWN_CHANGES = 40
SHOWN_NEW = 10
SHOWN_AGENTS = 10


def known_in(home: Path, version: Path | None = None) -> tuple[Known, Names]:
    """What the rules of a lexicons folder, or of a published version of it, may name, and the Chinese names."""
    labels = load_labels(version or home)
    rubric = load_rubric(home / "rubric.yaml", labels=home / "labels.yaml")
    zh = {name: label.zh for name, label in labels.items()} | {rule.id: rule.zh for rule in rubric.criteria}
    return Known(labels, tuple(rule.id for rule in rubric.criteria)), Names(zh)


def check_rules(folder: Path) -> tuple[int, tuple[str, ...]]:
    """How many rules a folder holds, and the text of every problem; published versions must be as they were published."""
    editions(folder)
    if not (folder / RULES_FILE).is_file():
        return 0, ()
    book, problems = read_rules(folder / RULES_FILE, known_in(folder)[0])
    return len(book.rules), problems


def try_dialogues(settings: Settings) -> tuple[int, tuple[FailedTrial, ...]]:
    """How many test dialogues the rules hold, and those that do not come out as their authors say."""
    folder = settings.lexicons_dir
    if not (folder / RULES_FILE).is_file():
        return 0, ()
    book, _ = read_rules(folder / RULES_FILE, known_in(folder)[0])
    lexicon = load_lexicon(folder)
    finder = Finder(lexicon, load_model(settings.models_dir / "meaning.npz"))
    failed = failed_trials(book, finder, Segmenter(lexicon.words), settings)
    return sum(len(rule.trials) for rule in book.rules), failed


def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="Id of a rule; `all` for every rule.")],
    lexicons: LexiconsOption = None,
) -> None:
    """Say in Chinese what a rule does, when it holds, how it scores, with an example."""
    home = load_settings(lexicons_dir=lexicons).lexicons_dir
    folder = folder_at(home)
    known, names = known_in(home, folder)
    book = load_rules(folder / RULES_FILE, known)
    chosen = book.rules if rule == "all" else tuple(each for each in book.rules if each.id == rule)
    if not chosen:
        ids = ", ".join(each.id for each in book.rules) or "none"
        raise InputError(f"rule {rule!r} is not in {folder / RULES_FILE}; its rules are {ids}")
    out.print("\n\n".join(explain_rule(each, names) for each in chosen), markup=False)


def try_rules(lexicons: LexiconsOption = None, store: StoreOption = None) -> None:
    """Judge stored calls under other lists and rules; say what newly hits, what no longer does, and whose. Nothing is kept."""
    settings = load_settings(lexicons_dir=lexicons, store_url=store)
    kit = load_kit(settings)
    tried = Tried()
    with Store(settings.store_url) as kept, progress(kept.count(), "trying") as bar:
        tick = partial(bar.update, bar.task_ids[0], advance=1)
        hits = hit_changes(tried.masked(rescore(kept, kit), tick))
    names = Names(dict(chinese_words(settings).names))
    if tried.changed:
        out.print(changes_table(hits, names))
        decided = decisions(settings.store_url)
        for each in [change for change in hits if change.found][:SHOWN_NEW]:
            rows = by_agent(each.found, tried.calls, decided)[:SHOWN_AGENTS]
            out.print(agent_hits_table(rows, f"新命中：{names.of(each.label)}"))
        out.print(agents_table(tried.changed))
    out.print(f"{len(tried.changed)} calls would change; nothing was kept")


class Tried:
    """Calls that were judged again: how many of each agent, and what becomes of the scores that differ."""

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.changed: list[Change] = []

    def masked(self, calls: Iterable[Rescored], tick: Callable[[], None]) -> Iterator[tuple[Scorecard, Scorecard]]:
        """The judgements that differ, as they may be shown."""
        for call in calls:
            tick()
            before, after = call.before, call.after.card
            recording = before.recording
            self.calls[recording.agent_id] += 1
            if call.changed:
                self.changed.append(
                    Change(recording.id, recording.agent_id, before.affinity, after.affinity, changed=True)
                )
                yield mask_scorecard(before), mask_scorecard(after)


def decisions(store_url: str) -> dict[tuple[str, str], Decision]:
    """What inspectors decided, by recording and finding."""
    with Desk(store_url) as desk:
        return {(verdict.recording_id, verdict.finding): verdict.decision for verdict in desk.all_verdicts()}


def agent_hits_table(agents: Iterable[AgentHits], title: str) -> Table:
    """Whose calls, how often, and what inspectors said of it."""
    table = Table("坐席", "通话", "命中通话", "命中", "其中存疑", "每通命中", "确认", "驳回或改判", title=title)
    for each in agents:
        counts = (each.calls, each.hit_calls, each.hits, each.doubtful)
        table.add_row(each.agent_id, *map(str, counts), f"{each.per_call:.2f}", str(each.confirmed), str(each.rejected))
    return table


def changes_table(changes: Iterable[HitChange], names: Names) -> Table:
    """What newly hits and no longer does."""
    table = Table("规则或标签", "新命中", "不再命中", "通话", "坐席", "示例", title="命中变化")
    for each in list(changes)[:SHOWN_CHANGES]:
        whose = "、".join(sorted(each.agents))
        table.add_row(names.of(each.label), str(each.new), str(each.gone), str(len(each.calls)), whose, each.example)
    return table


def import_rules(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.json", help="Rule set as UploadRule of another product takes it.")
    ],
    out_file: Annotated[
        Path, typer.Option("--out", metavar="FILE.yaml", help="Rules file to write; must not be there.")
    ],
    criterion: Annotated[str, typer.Option(help="Criterion under which its rules are listed.")] = "politeness.process",
    lexicons: LexiconsOption = None,
) -> None:
    """Take over rules written for another product; say what could not be taken."""
    known, _ = known_in(load_settings(lexicons_dir=lexicons).lexicons_dir)
    if criterion not in known.criteria:
        raise InputError(f"--criterion {criterion!r} is unknown; known are {', '.join(known.criteria)}")
    if out_file.exists():
        raise InputError(f"{out_file}: is there already; name a new file")
    taken = take_over(file, criterion=criterion)
    text = yaml.dump(list(taken.entries), Dumper=_Plain, allow_unicode=True, sort_keys=False, width=160)
    out_file.write_text(text, encoding="utf-8")
    for line in (*taken.left, *read_rules(out_file, known)[1]):
        err.print(line, markup=False)
    out.print(f"{len(taken.entries)} rules written to {out_file}; nothing scores until you set points")


class _Plain(yaml.SafeDumper):
    """Writes shared parts in full: rules files have no references."""

    def ignore_aliases(self, data: object) -> bool:
        """Never refer back."""
        del data
        return True
