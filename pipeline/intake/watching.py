"""Folders that recordings keep coming into: a file is taken when it has stopped growing."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from watchfiles import watch

from pipeline.errors import InputError
from pipeline.intake.sources import AUDIO_SUFFIXES, TRANSCRIPT_SUFFIXES, SourceReader, recordings_below
from pipeline.schema import Source

_TICK_MS = 500
_RESCAN_S = 30.0
"""Shared folders do not always tell of changes: so often they are looked through in any case."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Size and time of change: while these move, someone is writing."""

    size: int
    changed_ns: int


@dataclass(frozen=True, slots=True)
class Sighting:
    """How a file looked, and since when it has looked so.

    Parameters
    ----------
    taken
        It was handed on as it looks now.
    """

    stamp: Stamp
    since_s: float
    taken: bool = False


def look_again(before: Mapping[Path, Sighting], stamps: Mapping[Path, Stamp], now_s: float) -> dict[Path, Sighting]:
    """Sightings after another look: a file that looks as before keeps its time, a changed or new one starts anew."""
    return {
        path: seen if (seen := before.get(path)) and seen.stamp == stamp else Sighting(stamp, now_s)
        for path, stamp in stamps.items()
    }


def settled(seen: Mapping[Path, Sighting], now_s: float, settle_s: float) -> tuple[Path, ...]:
    """Files that have not changed for a while and were not handed on yet, sorted."""
    return tuple(sorted(path for path, each in seen.items() if not each.taken and now_s - each.since_s >= settle_s))


def watch_sources(
    folders: Sequence[Path], reader: SourceReader, *, stop: Event, settle_s: float, transcripts: bool = False
) -> Iterator[Source | None]:
    """Yield each recording in these folders once it has stopped growing, those already there first, until stopped.

    None is yielded about twice a second while nothing is ready, so that the caller can do other things meanwhile.

    Parameters
    ----------
    stop
        Ends the watch when it is set.

    Raises
    ------
    InputError
        One of them is no folder on this machine.
    """
    for folder in folders:
        if not folder.is_dir():
            raise InputError(f"{folder}: only folders can be watched; give the folder that recordings are copied into")
    suffixes = TRANSCRIPT_SUFFIXES if transcripts else AUDIO_SUFFIXES
    seen: dict[Path, Sighting] = {}
    rescan_s = 0.0
    for changes in watch(*folders, stop_event=stop, rust_timeout=_TICK_MS, yield_on_timeout=True, debounce=_TICK_MS):
        now_s = time.monotonic()
        if changes or now_s >= rescan_s or not all(each.taken for each in seen.values()):
            rescan_s = now_s + _RESCAN_S
            seen = look_again(seen, _stamps(folders, suffixes), now_s)
        for path in settled(seen, now_s, settle_s):
            if stop.is_set():
                return
            seen[path] = replace(seen[path], taken=True)
            yield reader.read(str(path.resolve()))
        yield None


def _stamps(folders: Sequence[Path], suffixes: frozenset[str]) -> dict[Path, Stamp]:
    stamps: dict[Path, Stamp] = {}
    for path in (path for folder in folders for path in recordings_below(folder, suffixes)):
        with suppress(FileNotFoundError):  # renamed or moved away since it was listed
            told = path.stat()
            stamps[path] = Stamp(told.st_size, told.st_mtime_ns)
    return stamps
