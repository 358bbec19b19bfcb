"""Report pages that open without a network: one file each, beside playable copies of the recordings."""

import hashlib
import heapq
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from pipeline.agents.report import AgentReport, build_reports
from pipeline.errors import AudioError, StoreError
from pipeline.privacy.masking import find_private, mask_scorecard
from pipeline.reports import views
from pipeline.reports.clips import SUFFIX, write_clip
from pipeline.reports.files import write_text
from pipeline.reports.words import Words, clock, interval
from pipeline.schema import Scorecard
from pipeline.store.repository import Store

_DIMENSIONS = ("politeness", "patience", "communication")
_HEARD_FIRST = 10
_FEW_CALLS = 10


class ReportKind(StrEnum):
    """Which pages are made."""

    AGENT = "agent"
    TEAM = "team"
    CALL = "call"


def write_report(
    kind: ReportKind | str,
    ids: Sequence[str],
    store: Store,
    out: Path,
    *,
    words: Words | None = None,
    audio: bool = True,
) -> tuple[Path, ...]:
    """Write pages of calls, of agents with their calls, or of the whole team; returns the first pages to open.

    Parameters
    ----------
    ids
        Recording ids (or their beginnings) for calls, agent ids for agents, none for all; unused for the team.
    out
        Folder: ``index.html``, ``agents/``, ``calls/`` and ``audio/`` are made in it.
    audio
        Whether playable copies of the recordings are made; a recording that is gone or broken makes a page without sound.

    Raises
    ------
    StoreError
        An id is unknown, or a file cannot be written.
    """
    pages = _Pages(out, words or Words(), audio=audio)
    kind = ReportKind(kind)
    if kind is ReportKind.CALL:
        cards = map(store.scorecard, ids) if ids else store.scorecards()
        return tuple(pages.call(card, alone=True) for card in cards)
    reports = build_reports(map(mask_scorecard, store.scorecards()), severities=pages.words.severities)
    if kind is ReportKind.TEAM:
        return (_write_team(pages, reports, store),)
    return tuple(
        _write_agent(pages, report, store, alone=True)[0] for report in _wanted(reports, ids or store.agents())
    )


def _wanted(reports: Sequence[AgentReport], ids: Sequence[str]) -> Iterator[AgentReport]:
    own = {report.agent_id: report for report in reports}
    for agent_id in ids:
        if agent_id not in own:
            raise StoreError(
                f"no scorecards of agent {agent_id!r}; there are some of: {', '.join(list(own)[:20]) or 'nobody'}"
            )
        yield own[agent_id]


def _write_agent(
    pages: "_Pages", report: AgentReport, store: Store, *, alone: bool = False
) -> tuple[Path, tuple[views.CallSummary, ...]]:
    """Write an agent's page and the pages of the agent's calls; gives the page and a line a call."""
    calls = tuple(_written_calls(pages, store.scorecards(report.agent_id)))
    return pages.agent(report, calls, alone=alone), calls


def _written_calls(pages: "_Pages", cards: Iterable[Scorecard]) -> Iterator[views.CallSummary]:
    for card in cards:
        pages.call(card)
        yield views.summary(mask_scorecard(card))


def _write_team(pages: "_Pages", reports: Sequence[AgentReport], store: Store) -> Path:
    first: list[views.CallSummary] = []
    for report in reports:
        calls = _write_agent(pages, report, store)[1]
        first = heapq.nsmallest(_HEARD_FIRST, [*first, *calls], key=_urgency)
    return pages.team(reports, [call for call in first if call.scores["affinity"] is not None])


def _urgency(call: views.CallSummary) -> tuple[bool, float, str]:
    score = call.scores["affinity"]
    return call.red_line is None, 101.0 if score is None else score, call.recording_id


def page_name(name: str) -> str:
    """A file name for an id that anybody may have written: readable where it is harmless, else with a hash."""
    plain = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff_-]", "_", name)[:60]
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


class _Pages:
    """Lays out and writes pages below one folder."""

    def __init__(self, out: Path, words: Words, *, audio: bool) -> None:
        self.words = words
        self._out, self._audio = out, audio
        self._environment = Environment(
            loader=PackageLoader("pipeline.reports"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"zh": words.of, "clock": clock, "page": page_name, "key": views.call_key}
        self._environment.globals |= {"interval": interval, "clauses": words.clauses, "dimensions": _DIMENSIONS}

    def call(self, card: Scorecard, *, alone: bool = False) -> Path:
        """Write a call's page and its sound."""
        shown = mask_scorecard(card)
        out = self._out / "calls" / f"{views.call_key(card.recording.id)}.html"
        content = {
            "card": shown,
            "call": views.summary(shown),
            "file": Path(shown.recording.path).name,
            "lines": views.lines(shown, self.words),
            "groups": views.groups(shown.criteria, _DIMENSIONS),
            "findings": views.by_time(shown.findings),
            "turn_marks": views.turn_marks(shown, self.words),
            "event_marks": views.event_marks(shown, self.words),
            "finding_marks": views.finding_marks(shown, self.words),
            "ticks": views.ticks(shown.recording.duration_s),
            "sound": self._sound(card),
        }
        return self._write("call.html", out, alone=alone, **content)

    def agent(self, report: AgentReport, calls: Sequence[views.CallSummary], *, alone: bool = False) -> Path:
        """Write an agent's page."""
        out = self._out / "agents" / f"{page_name(report.agent_id)}.html"
        few = report.affinity.calls < _FEW_CALLS
        newest = sorted(calls, key=lambda call: (call.date, call.key), reverse=True)
        return self._write("agent.html", out, alone=alone, report=report, calls=newest, few=few)

    def team(self, reports: Sequence[AgentReport], first: Sequence[views.CallSummary]) -> Path:
        """Write the team's page."""
        scored = [report.affinity for report in reports if report.affinity.mean is not None]
        calls = sum(estimate.calls for estimate in scored)
        mean = sum(estimate.calls * (estimate.mean or 0.0) for estimate in scored) / calls if calls else None
        return self._write("team.html", self._out / "index.html", reports=reports, first=first, mean=mean)

    def _write(self, template: str, out: Path, **content: object) -> Path:
        write_text(out, self._environment.get_template(template).render(content))
        return out

    def _sound(self, card: Scorecard) -> str | None:
        """Link from a call's page to its playable copy; None where there is nothing to play."""
        recording = Path(card.recording.path)
        if not self._audio or card.recording.channels == 0 or not recording.is_file():
            return None
        name = f"{views.call_key(card.recording.id)}{SUFFIX}"
        silenced = [span.span for span in find_private(card.transcript.turns)]
        try:
            write_clip(recording, self._out / "audio" / name, silenced)
        except AudioError:
            return None
        return f"../audio/{name}"
