"""Lays out and writes pages below one folder."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pipeline.errors import AudioError
from pipeline.privacy.masking import find_private, mask_scorecard
from pipeline.reports import views
from pipeline.reports.clips import SUFFIX, write_clip
from pipeline.reports.files import write_text
from pipeline.reports.words import Words, clock, interval
from pipeline.schema import Scorecard

DIMENSIONS = ("politeness", "patience", "communication")


@dataclass(frozen=True, slots=True)
class Shown:
    """A call whose page was written: the masked card, its page, and its sound as other folders see it."""

    card: Scorecard
    page: Path
    sound: str | None


def page_name(name: str) -> str:
    """A file name for an id that anybody may have written: readable where it is harmless, else with a hash."""
    plain = re.sub(r"[^0-9A-Za-z\u4e00-\u9fff_-]", "_", name)[:60]
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:8]}"


def environment(words: Words) -> Environment:
    """Templates with the names and clauses of this installation."""
    made = Environment(
        loader=PackageLoader("pipeline.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # Charts come from a library that escapes every text it draws.
    made.filters |= {"zh": words.of, "clock": clock, "page": page_name, "key": views.call_key, "drawn": Markup}
    made.globals |= {
        "interval": interval,
        "clauses": words.clauses,
        "guidance": words.guidance,
        "dimensions": DIMENSIONS,
    }
    return made


class Pages:
    """Writes pages; a call's page and sound are written once, however often they are asked for.

    Parameters
    ----------
    audio
        Whether playable copies of the recordings are made.
    """

    def __init__(self, out: Path, words: Words, *, audio: bool) -> None:
        self.words = words
        self._out, self._audio = out, audio
        self._environment = environment(words)
        self._written: dict[str, tuple[Path, str | None]] = {}

    def call(self, card: Scorecard, *, alone: bool = False, agent_page: bool = True) -> Shown:
        """Write a call's page and its sound.

        Parameters
        ----------
        alone, agent_page
            Whether no other page is made, and whether the agent's is, so that no link leads nowhere.
        """
        shown = mask_scorecard(card)
        key = views.call_key(card.recording.id)
        if key not in self._written:
            sound = self._sound(card)
            content = self._call_content(shown) | {"sound": sound, "agent_page": agent_page}
            self._written[key] = self.write("call.html", f"calls/{key}.html", alone=alone, **content), sound
        return Shown(shown, *self._written[key])

    def write(self, template: str, name: str, **content: object) -> Path:
        """Fill a template; gives the file."""
        out = self._out / name
        write_text(out, self._environment.get_template(template).render(content))
        return out

    def _call_content(self, shown: Scorecard) -> dict[str, object]:
        return {
            "card": shown,
            "call": views.summary(shown),
            "file": Path(shown.recording.path).name,
            "lines": views.lines(shown, self.words),
            "groups": views.groups(shown.criteria, DIMENSIONS),
            "findings": views.by_bearing(shown.findings),
            "turn_marks": views.turn_marks(shown, self.words),
            "event_marks": views.event_marks(shown, self.words),
            "finding_marks": views.finding_marks(shown, self.words),
            "ticks": views.ticks(shown.recording.duration_s),
        }

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


def newest_first(calls: Sequence[views.CallSummary]) -> list[views.CallSummary]:
    """Calls as an agent's page lists them."""
    return sorted(calls, key=lambda call: (call.date, call.key), reverse=True)
