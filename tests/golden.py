"""Golden scorecards: what the sample calls' reference words must come to. ``python tests/golden.py`` writes them anew.

Look at the difference before you commit it: every change is a score that an agent would see change.
"""

import json
from pathlib import Path
from typing import Any

from pipeline.call import judge
from pipeline.hearing import GIVEN, Heard
from pipeline.kit import Kit, load_kit
from pipeline.schema import Acoustics, Recording, Role, Roles, Scorecard, Span, Transcript, Turn
from pipeline.settings import Settings

CALLS = Path(__file__).parent / "data" / "calls"
GOLDEN = Path(__file__).parent / "data" / "golden"


def heard(reference: Path) -> Heard:
    """A call as its reference tells it, without sound."""
    content = json.loads(reference.read_text(encoding="utf-8"))
    turns = tuple(
        Turn(i, Role(turn["role"]), Span(turn["start"], turn["end"]), turn["text"])
        for i, turn in enumerate(content["turns"])
    )
    recording = Recording(content["id"], reference.name, turns[-1].span.end_s + 1, 0)
    return Heard(recording, Transcript(turns, Roles("given", 1.0, False), GIVEN), Acoustics())


def essence(card: Scorecard) -> dict[str, Any]:
    """What an agent sees of a scorecard."""
    return {
        "affinity": card.affinity.score,
        "band": card.affinity.band,
        "dimensions": {each.dimension: [each.low, each.score, each.high] for each in card.dimensions},
        "criteria": {each.criterion: each.score for each in card.criteria},
        "opening": card.opening.complete,
        "closing": card.closing.complete,
        "scenario": card.scenario.name,
        "findings": [[f.evidence.turn, f.label, f.status.value, f.evidence.quote] for f in card.findings],
    }


def write(kit: Kit) -> None:
    """Write every golden scorecard as it comes out today."""
    for reference in sorted(CALLS.glob("*.ref.json")):
        text = json.dumps(essence(judge(heard(reference), kit)), ensure_ascii=False, indent=1)
        (GOLDEN / f"{reference.name.split('.')[0]}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(load_kit(Settings()))
