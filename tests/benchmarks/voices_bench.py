"""What the known voice of the agent adds to who is the agent, on one channel and on two.

usage: python tests/benchmarks/voices_bench.py CALLS --two STORE --mono STORE [--cut SECONDS …] [--only ID,ID] [--skip ID,ID]

CALLS holds <id>.ref.json with the agents' voices by name; the stores hold the same calls scored on two channels and on one
(``qinhe score``), their recordings where they were. Each agent whose voice occurs in more than one call is learned from the
others of these, two channels; the call itself is left out. Besides whole calls, every stretch of so many seconds is taken
alone, as if a recorder had kept no more: there, words often do not tell. Roles by words, by the voice alone, by both.
"""

import argparse
import math
import sys
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import SIDES, add_choice, print_table, read_reference, reference_files

from pipeline.audio.decode import load_audio
from pipeline.kit import load_kit
from pipeline.language.text import read_turns
from pipeline.schema import Scorecard, Span, Turn
from pipeline.settings import Settings
from pipeline.speakers import roles
from pipeline.speakers.known import points, spoken_alone, voice_of
from pipeline.speakers.roles import agent_chances
from pipeline.store.repository import Store

WAYS = ("words", "voice", "words and voice")


@dataclass
class Count:
    """Seconds spoken with the right role, of those named; calls or stretches withheld, of all."""

    right_s: float = 0.0
    named_s: float = 0.0
    withheld: int = 0
    parts: int = 0


@cache
def sound(path: str) -> np.ndarray:
    return load_audio(Path(path), settings=Settings()).samples


def read_cards(url: str, names: Container[str]) -> dict[str, Scorecard]:
    with Store(url) as store:
        found = {Path(path).stem.removesuffix(".mono"): key for key, path in store.paths().items()}
        return {name: store.scorecard(key) for name, key in found.items() if name in names}


def known_voices(two: Mapping[str, Scorecard], agents: Mapping[str, str]) -> dict[str, np.ndarray]:
    """Per call, the voice of its agent learned from the agent's other calls; agents with a single call have none."""
    own = {
        name: voice_of(sound(card.recording.path)[0], spoken_alone(card.transcript.turns, 0))
        for name, card in two.items()
    }
    known = {}
    for name, agent in agents.items():
        others = [own[other] for other in own if other != name and agents[other] == agent]
        if others:
            known[name] = np.average(
                [vector for vector, _ in others], axis=0, weights=[seconds for _, seconds in others]
            )
    return known


def parts(card: Scorecard, length_s: float | None) -> Iterator[tuple[Turn, ...]]:
    """The whole call, or its stretches in which both sides speak; turns belong to the one in which they begin."""
    for start_s in np.arange(0.0, card.recording.duration_s, length_s or card.recording.duration_s):
        end_s = start_s + (length_s or card.recording.duration_s)
        part = tuple(turn for turn in card.transcript.turns if start_s <= turn.span.start_s < end_s)
        if len({turn.channel for turn in part}) > 1:
            yield part


def by_voice_alone(turns: Sequence[Turn], voices: Mapping[int, float]) -> dict[int, float]:
    """Chances of being the agent when nothing is known of what is said."""
    chance = {turn.channel: 0.5 for turn in turns}
    for likest, lead in voices.items():
        sure = 1 / (1 + math.exp(-roles._SHARPNESS * lead))
        chance = {person: sure if person == likest else 1 - sure for person in chance}
    return chance


def add(
    tally: Count, turns: Sequence[Turn], chances: Mapping[int, float], spoken: Mapping[str, Sequence[Span]]
) -> None:
    least = Settings().min_role_confidence
    named = {person: chance >= 0.5 for person, chance in chances.items() if max(chance, 1 - chance) >= least}
    tally.parts += 1
    if len(set(named.values())) < 2:
        tally.withheld += 1
        return
    for turn in (turn for turn in turns if turn.channel in named):
        shared = {role: sum(turn.span.overlap_s(span) for span in spans) for role, spans in spoken.items()}
        tally.right_s += shared["agent" if named[turn.channel] else "customer"]
        tally.named_s += sum(shared.values())


def speech(path: Path) -> dict[str, list[Span]]:
    """Per role, when it speaks in the reference."""
    turns = read_reference(path)["turns"]
    return {role: [Span(turn["start"], turn["end"]) for turn in turns if turn["role"] == role] for role in SIDES}


def compare(
    cards: Mapping[str, Scorecard],
    known: Mapping[str, np.ndarray],
    references: Mapping[str, Path],
    length_s: float | None,
) -> dict[str, Count]:
    kit, counts = load_kit(Settings()), {way: Count() for way in WAYS}
    for name, voice in known.items():
        samples = sound(cards[name].recording.path)
        spoken = speech(references[name])
        for turns in parts(cards[name], length_s):
            people = max(turn.channel for turn in turns) + 1
            voices = points(turns, samples, range(people) if len(samples) == 2 else [0] * people, voice)
            texts = read_turns(turns, kit.segmenter)
            add(counts["words"], turns, agent_chances(texts, kit.finder), spoken)
            add(counts["voice"], turns, by_voice_alone(turns, voices), spoken)
            add(counts["words and voice"], turns, agent_chances(texts, kit.finder, voices=voices), spoken)
    return counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("calls", type=Path)
    parser.add_argument("--two", required=True, metavar="STORE", help="store of the two-channel calls")
    parser.add_argument("--mono", required=True, metavar="STORE", help="store of the same calls on one channel")
    parser.add_argument("--cut", type=float, nargs="*", default=[], metavar="SECONDS")
    add_choice(parser)
    options = parser.parse_args()
    references = reference_files(options.calls, options)
    agents = {name: read_reference(path)["voices"]["agent1"] for name, path in references.items()}
    forms = {"two channels": read_cards(options.two, agents), "one channel": read_cards(options.mono, agents)}
    known = known_voices(forms["two channels"], agents)
    rows = []
    for form, length_s in product(forms, (None, *options.cut)):
        for way, tally in compare(forms[form], known, references, length_s).items():
            kept = f"stretches of {length_s:g} s" if length_s else "whole calls"
            rows.append([form, kept, way, tally.parts, tally.withheld / tally.parts, tally.right_s / tally.named_s])
    print_table(("form", "kept", "roles by", "number", "withheld", "named time with the right role"), rows)


if __name__ == "__main__":
    main()
