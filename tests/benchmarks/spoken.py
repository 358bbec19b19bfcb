"""Recordings with what is said in them: calls with two sides, and read sentences joined into longer recordings."""

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from benchmarks.references import ENDING, SIDES, chinese
from speechless import telephone
from telephony import encode

from pipeline.audio.decode import Audio, load_audio
from pipeline.settings import Settings

JOINED_S = 180
"""Length of a recording made of sentences."""

LINE = {"codec": "pcm_mulaw", "rate": 8_000}


@dataclass(frozen=True, slots=True)
class Spoken:
    """Sound files that follow one another in one recording, and what each channel says (Chinese characters only)."""

    files: tuple[Path, ...]
    said: tuple[str, ...]
    through_line: bool = False

    def load(self, settings: Settings) -> Audio:
        if len(self.files) == 1 and not self.through_line:
            return load_audio(self.files[0], settings=settings)
        return joined(self, settings)


def joined(spoken: Spoken, settings: Settings) -> Audio:
    short = settings.model_copy(update={"min_duration_s": 0.0})
    sound = np.concatenate([load_audio(path, settings=short).samples[0] for path in spoken.files])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "joined.wav"
        if spoken.through_line:
            encode(path, [telephone(sound)], **LINE)
        else:
            encode(path, [sound])
        return load_audio(path, settings=settings)


def open_folder(folder: Path, only: Sequence[str], minutes: float) -> Mapping[str, tuple[Spoken, ...]]:
    """Recordings by what they are: calls, or read speech in two bands."""
    if not (folder / "text.json").is_file():
        return {"calls, each channel on its own": calls(folder, only)}
    return {
        "read speech, 16 kHz": read(folder, minutes),
        "read speech through a telephone line": read(folder, minutes, through_line=True),
    }


def calls(folder: Path, only: Sequence[str]) -> tuple[Spoken, ...]:
    names = [path.name.removesuffix(ENDING) for path in sorted(folder.glob(f"*{ENDING}"))]
    return tuple(call(folder, name) for name in names if not only or name in only)


def call(folder: Path, name: str) -> Spoken:
    turns = json.loads((folder / f"{name}{ENDING}").read_text("utf-8"))["turns"]
    said = (chinese("".join(turn["text"] for turn in turns if turn["role"] == side)) for side in SIDES)
    return Spoken((folder / f"{name}.wav",), tuple(said))


def read(folder: Path, minutes: float, *, through_line: bool = False) -> tuple[Spoken, ...]:
    """The sentences in order of their names, as many as fit into so many minutes."""
    texts = json.loads((folder / "text.json").read_text("utf-8"))
    groups: list[list[str]] = [[]]
    filled_s = total_s = 0.0
    for name in sorted(texts):
        length_s = duration_s(folder / f"{name}.flac")
        if (total_s := total_s + length_s) > 60 * minutes:
            break
        if groups[-1] and filled_s + length_s > JOINED_S:
            groups.append([])
            filled_s = 0.0
        groups[-1].append(name)
        filled_s += length_s
    return tuple(
        Spoken(
            tuple(folder / f"{name}.flac" for name in group),
            (chinese("".join(texts[name] for name in group)),),
            through_line,
        )
        for group in groups
        if group
    )


def duration_s(path: Path) -> float:
    return load_audio(path, settings=Settings(min_duration_s=0.0)).duration_s
