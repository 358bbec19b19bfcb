"""What is played and drawn of a recording: a copy that every browser plays, with private words silent, and its peaks."""

import hashlib
import json
import os
import time
import wave
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

from pipeline.errors import AudioError
from pipeline.privacy.masking import find_private
from pipeline.reports.clips import QUICK_SUFFIX, write_clip
from pipeline.reports.files import write_text
from pipeline.schema import Scorecard, Span

# Raised whenever copies or peaks are made differently, so that older ones are not used.
_MADE = "1"
_PEAKS_PER_S = 40
_MOST_PEAKS = 6000
_FULL_SCALE = 32_768
_BLOCK = 1 << 20
_KEEP_BYTES = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Sound:
    """A playable copy and what is drawn of it.

    Parameters
    ----------
    tag
        Changes when the copy does: with what is silenced, and with how copies are made.
    peaks
        JSON file: ``duration_s``, and ``peaks``, per channel the loudest sample of each stretch from 0 to 100.
    """

    tag: str
    audio: Path
    peaks: Path


class Sounds:
    """Playable copies in a folder, made when they are first asked for or ahead of that.

    Parameters
    ----------
    keep_bytes
        The copies last made or asked for are kept up to this size together.
    """

    def __init__(self, folder: Path, *, keep_bytes: int = _KEEP_BYTES) -> None:
        self._folder, self._keep_bytes = folder, keep_bytes
        self._guard = Lock()
        self._locks: defaultdict[str, Lock] = defaultdict(Lock)

    def find(self, card: Scorecard, *, masked: bool) -> Sound:
        """Where the copy of a recording is or would be.

        Parameters
        ----------
        card
            As it was stored: what is private is found in its own words.
        """
        silenced = _silenced(card) if masked else ()
        spans = [(round(span.start_s, 3), round(span.end_s, 3)) for span in silenced]
        tag = hashlib.sha256(json.dumps([_MADE, spans]).encode()).hexdigest()[:12]
        name = f"{hashlib.sha256(card.recording.id.encode()).hexdigest()[:32]}-{tag}"
        return Sound(tag, self._folder / f"{name}{QUICK_SUFFIX}", self._folder / f"{name}.json")

    def make(self, card: Scorecard, *, masked: bool) -> Sound:
        """Give the copy of a recording, made now where it is missing.

        Raises
        ------
        AudioError
            There is no sound, or the recording is gone or cannot be read.
        StoreError
            The copy cannot be written.
        """
        sound = self.find(card, masked=masked)
        with self._lock(sound.audio.name):
            if not (sound.audio.is_file() and sound.peaks.is_file()):
                self._write(card, sound, _silenced(card) if masked else ())
        # Only when it was last asked for: browsers go by the time of change to tell whether they hold the same sound.
        os.utime(sound.audio, (time.time(), sound.audio.stat().st_mtime))
        return sound

    def _write(self, card: Scorecard, sound: Sound, silenced: Sequence[Span]) -> None:
        if not has_sound(card):
            raise AudioError(f"{card.recording.path} is gone or holds no sound: put the recording back to hear it")
        write_clip(Path(card.recording.path), sound.audio, silenced)
        write_text(sound.peaks, json.dumps(_drawing(sound.audio), separators=(",", ":")))
        self._prune(sound)

    def _prune(self, newest: Sound) -> None:
        """Remove the copies that nobody asked for longest, so that the folder does not fill the disk."""
        with self._guard:
            copies = sorted(self._folder.glob(f"*{QUICK_SUFFIX}"), key=lambda path: path.stat().st_atime, reverse=True)
            room = self._keep_bytes
            for copy in copies:
                room -= copy.stat().st_size
                if room < 0 and copy != newest.audio:
                    copy.unlink(missing_ok=True)
                    copy.with_suffix(".json").unlink(missing_ok=True)

    def _lock(self, name: str) -> Lock:
        with self._guard:
            return self._locks[name]


def has_sound(card: Scorecard) -> bool:
    """Whether there is a recording to play."""
    return card.recording.channels > 0 and Path(card.recording.path).is_file()


def _silenced(card: Scorecard) -> tuple[Span, ...]:
    return tuple(private.span for private in find_private(card.transcript.turns))


def _drawing(audio: Path) -> dict[str, float | list[list[int]]]:
    """Duration and peaks of a 16-bit copy."""
    with wave.open(str(audio), "rb") as file:
        frames, rate = file.getnframes(), file.getframerate()
        wanted = min(_MOST_PEAKS, int(frames / rate * _PEAKS_PER_S)) or 1
        step = max(1, -(-frames // wanted))
        peaks = np.concatenate([_peaks(block, step) for block in _blocks(file, step)], axis=0)
    return {"duration_s": round(frames / rate, 3), "peaks": peaks.T.tolist()}


def _blocks(file: wave.Wave_read, step: int) -> Iterator[npt.NDArray[np.int16]]:
    """Samples of shape (n, channels), in blocks that hold whole steps but for the last."""
    size = step * max(1, _BLOCK // step)
    while content := file.readframes(size):
        yield np.frombuffer(content, dtype="<i2").reshape(-1, file.getnchannels())


def _peaks(block: npt.NDArray[np.int16], step: int) -> npt.NDArray[np.int64]:
    starts = np.arange(0, len(block), step)
    loudest = np.maximum.reduceat(np.abs(block.astype(np.int32)), starts, axis=0)
    return (loudest * 100) // _FULL_SCALE
