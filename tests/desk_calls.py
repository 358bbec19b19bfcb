"""The sample calls as the review desk keeps them: their reference words, one word a character, on their real sound."""

import csv
import json
from datetime import datetime
from pathlib import Path

from pipeline.audio.decode import content_hash
from pipeline.call import judge
from pipeline.hearing import Heard
from pipeline.kit import Kit
from pipeline.schema import Acoustics, Engine, Recording, Role, Roles, Span, Transcript, Turn, Word
from pipeline.store.repository import Store

CALLS = Path(__file__).parent / "data" / "calls"


def heard(name: str) -> Heard:
    """A sample call with its sound, as a recogniser without faults would hear it."""
    content = json.loads((CALLS / f"{name}.ref.json").read_text(encoding="utf-8"))
    turns = tuple(_turn(i, turn) for i, turn in enumerate(content["turns"]))
    path = CALLS / f"{name}.wav"
    with (CALLS / "calls.csv").open(encoding="utf-8") as file:
        told = next(row for row in csv.DictReader(file) if row["path"] == path.name)
    recording = Recording(
        id=content_hash(path),
        path=str(path),
        duration_s=content["duration_s"],
        channels=2,
        agent_id=told["agent_id"],
        started_at=datetime.fromisoformat(told["started_at"]).astimezone(),
        queue=told["queue"],
    )
    speech = tuple(tuple(turn.span for turn in turns if turn.channel == channel) for channel in (0, 1))
    transcript = Transcript(turns, Roles("channel", 0.99, False), Engine("given", "reference"))
    return Heard(recording, transcript, Acoustics(speech=speech))


def keep(store: Store, kit: Kit, *names: str) -> list[str]:
    """Judge sample calls and keep them; gives their ids."""
    ids = []
    for name in names:
        call = heard(name)
        store.save_scorecard(judge(call, kit), call.acoustics)
        ids.append(call.recording.id)
    return ids


def _turn(index: int, told: dict) -> Turn:
    text, role = told["text"], Role(told["role"])
    start, end = told["start"], told["end"]
    step = (end - start) / len(text)
    words = tuple(Word(char, Span(start + i * step, start + (i + 1) * step), 0.95) for i, char in enumerate(text))
    return Turn(index, role, Span(start, end), text, words, 0.95, 0 if role is Role.AGENT else 1)
