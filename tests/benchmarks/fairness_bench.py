"""Whether verdicts hang on what they should not: each call judged again with another name, voice, region or spelling.

usage: python tests/benchmarks/fairness_bench.py [REFERENCE_DIR] [--only ID,ID] [--skip ID,ID] [--sound CALLS]

REFERENCE_DIR (else the sample calls) holds <id>.ref.json and, for voices, <id>.wav with a channel a side. The reference's words and
times are judged as a given transcript, changed in one thing and judged again. Counted are findings that come or go (label and
turn), criteria whose score moves by more than five points or that begin or cease to abstain, and bands that change.
The second table pools all changes of who speaks or is spoken to, by groups of calls.
With --sound, the recordings CALLS/<id>.wav that are chosen are recognised too, as usual, with noise and by another recogniser, and a third
table tells what flips. Turns are cut anew each time, so findings are told by label alone.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import cycle
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import parselmouth
from parselmouth.praat import call as praat

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.coverage_bench import PERTURBED, USUAL, Hearing, carded
from benchmarks.references import add_choice, print_table, read_reference, reference_files

from pipeline.asr import faster_whisper, openai_whisper, registry
from pipeline.audio.decode import load_audio
from pipeline.audio.quality import channel_quality
from pipeline.audio.room import RATE_HZ as RATE
from pipeline.call import judge
from pipeline.hearing import Heard
from pipeline.kit import Kit, load_kit
from pipeline.lexicon.corpus import read_corpus
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.misspelling import Misspeller
from pipeline.measures.voice import turn_voice
from pipeline.schema import Acoustics, Engine, Recording, Role, Roles, Scorecard, Span, Transcript, Turn
from pipeline.settings import Settings
from pipeline.speakers.activity import TIMING, find_speech

SAMPLES = Path(__file__).parents[1] / "data" / "calls"
MOVED = 5.0
SURNAMES = "马欧阿买木赵"
"""Of the majority and of minorities, one character each so that every place stays."""
SURNAME = re.compile(r"(?<=姓)(?![名氏])[一-鿿]|[一-鿿](?=先生|女士|小姐)")
SEXES = {"先生": "女士", "女士": "先生", "小姐": "先生"}
FILLERS = {"Sichuan": "噻", "north-east": "呗", "Cantonese": "喔"}
CLAUSE_END = re.compile(r"(?<=[一-鿿]{3})(?=[，。])")
RUN = re.compile(r"[一-鿿]+")
HEARD_RIGHT, HEARD_WRONG = 0.9, 0.5
"""Confidence of a recogniser in characters it heard right and in those it did not: about what Whisper gives."""
WHO = ("surname", "sex of address", "numbers", *FILLERS, "voice higher", "voice lower")
VOICES = {"voice higher": 1.5, "voice lower": 1 / 1.5}
NOISE = "noise at 15 dB"
HEARINGS: Mapping[str, tuple[str, Hearing]] = {
    "as usual": (faster_whisper.NAME, USUAL),
    NOISE: (faster_whisper.NAME, PERTURBED[NOISE]),
    "another recogniser": (openai_whisper.NAME, USUAL),
}
"""The recogniser and the sound with which a call is heard again; the first is what the others are held against."""

Change = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Flips:
    """Verdicts that changed, of those there were."""

    findings: tuple[int, int] = (0, 0)
    criteria: tuple[int, int] = (0, 0)
    bands: tuple[int, int] = (0, 0)

    def __add__(self, other: "Flips") -> "Flips":
        pairs = ((self.findings, other.findings), (self.criteria, other.criteria), (self.bands, other.bands))
        return Flips(*((one[0] + two[0], one[1] + two[1]) for one, two in pairs))

    def told(self) -> list[str]:
        return [f"{part / whole:.1%} ({part}/{whole})" if whole else "–" for part, whole in self.parts()]

    def parts(self) -> tuple[tuple[int, int], ...]:
        return self.findings, self.criteria, self.bands


def flips(before: Scorecard, after: Scorecard, *, same_turns: bool = True) -> Flips:
    """What changed from one scorecard to the other.

    Parameters
    ----------
    same_turns
        False where the turns were cut anew: then a finding is known by its label alone.
    """
    cards = (before, after)
    old, new = (Counter((each.label, same_turns and each.evidence.turn) for each in card.findings) for card in cards)
    pairs = zip(before.criteria, after.criteria, strict=True)
    moved = sum(_moved(one.score, two.score) for one, two in pairs)
    changed = ((old - new) + (new - old)).total()
    return Flips(
        (changed, (old | new).total()),
        (moved, len(before.criteria)),
        (int(before.affinity.band != after.affinity.band), 1),
    )


def _moved(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is not after
    return abs(before - after) > MOVED


def other_surname(text: str) -> str:
    """Another surname, the same one for the same one."""
    return SURNAME.sub(lambda name: SURNAMES[(ord(name[0]) + 1) % len(SURNAMES)], text)


def other_sex(text: str) -> str:
    """The other form of address."""
    return re.sub("|".join(SEXES), lambda found: SEXES[found[0]], text)


def other_numbers(text: str) -> str:
    """Other digits, spoken or written; short ones, such as prices and hours, stay."""
    spoken = "零一二三四五六七八九"
    shifted = {digit: spoken[(i + 3) % 10] for i, digit in enumerate(spoken)}
    runs = re.sub(rf"[{spoken}幺]{{3,}}", lambda run: "".join(shifted.get(char, char) for char in run[0]), text)
    return re.sub(r"\d{3,}", lambda run: "".join(str((int(char) + 3) % 10) for char in run[0]), runs)


def with_filler(filler: str) -> Change:
    """A regional particle behind every third clause."""

    def change(text: str) -> str:
        turns = cycle((filler, "", ""))
        return CLAUSE_END.sub(lambda _: next(turns), text)

    return change


def by_sound(misspell: Change, kit: Kit) -> Change:
    """Misspelt, then written by sound as the product writes what a recogniser gives."""
    speller = kit.speller

    def change(text: str) -> str:
        noisy = misspell(text)
        sure = [HEARD_RIGHT if one == two else HEARD_WRONG for one, two in zip(text, noisy, strict=True)]
        return RUN.sub(lambda run: speller.respell(run[0], sure[run.start() : run.end()]), noisy) if speller else noisy

    return change


def misspeller(settings: Settings) -> Misspeller:
    """The recogniser's noise as the phrase model is trained with."""
    labels = frozenset(load_lexicon(settings.lexicons_dir).labels)
    return Misspeller(each.text for each in read_corpus(settings.lexicons_dir / "corpus", labels=labels))


def wordings(kit: Kit) -> Mapping[str, Change]:
    """The changes of words by name."""
    noise, same_noise = misspeller(kit.settings), misspeller(kit.settings)
    return {
        "surname": other_surname,
        "sex of address": other_sex,
        "numbers": other_numbers,
        **{name: with_filler(filler) for name, filler in FILLERS.items()},
        "misheard": noise.misspell,
        "misheard, written by sound": by_sound(same_noise.misspell, kit),
    }


def heard(reference: Mapping[str, Any], change: Change = str, *, acoustics: Acoustics | None = None) -> Heard:
    """A reference as if it had been heard, its words changed; each turn's time stretches with them, or more words would be faster speech."""
    turns, shift_s = [], 0.0
    for each in reference["turns"]:
        text = change(each["text"])
        start_s, duration_s = each["start"] + shift_s, each["end"] - each["start"]
        stretched_s = duration_s * len(text) / len(each["text"])
        shift_s += stretched_s - duration_s
        channel = 0 if each["role"] == "agent" else 1
        turns.append(
            Turn(each["index"], Role(each["role"]), Span(start_s, start_s + stretched_s), text, channel=channel)
        )
    transcript = Transcript(tuple(turns), Roles("given", 1.0, withheld=False), Engine("given", "transcript"))
    recording = Recording(reference["id"], reference["id"], reference["duration_s"] + shift_s, 2)
    return Heard(recording, transcript, acoustics or Acoustics())


def acoustics_of(reference: Mapping[str, Any], samples: Sequence[np.ndarray]) -> Acoustics:
    """What is measured of the sound, at the reference's times."""
    speech = tuple(find_speech(channel, TIMING) for channel in samples)
    turns = heard(reference).transcript.turns
    return Acoustics(
        speech=speech,
        voices=tuple(turn_voice(samples[turn.channel], turn) for turn in turns),
        quality=tuple(channel_quality(channel, speech[i], i) for i, channel in enumerate(samples)),
    )


def channels(reference: Mapping[str, Any], path: Path, settings: Settings) -> tuple[np.ndarray, np.ndarray] | None:
    """The agent's and the customer's sound; None where there is no recording or only one channel for both."""
    found = load_audio(path, settings=settings).samples if path.exists() else ()
    if len(found) < 2:
        return None
    left = reference.get("channels", {}).get("left", "agent") == "agent"
    return (found[0], found[1]) if left else (found[1], found[0])


def revoiced(samples: np.ndarray, factor: float) -> np.ndarray:
    """The same words by a throat of another size: pitch moved by the factor, formants by its cube root."""
    sound = parselmouth.Sound(samples.astype(np.float64), sampling_frequency=RATE)
    pitch = praat(sound.to_pitch(pitch_floor=75.0, pitch_ceiling=500.0), "Get quantile", 0, 0, 0.5, "Hertz")
    new = praat(sound, "Change gender", 75, 500, factor ** (1 / 3), pitch * factor, 1.0, 1.0)
    return np.resize(new.values[0], samples.shape).astype(np.float32)


def tried(reference: Mapping[str, Any], folder: Path, kit: Kit, changes: Mapping[str, Change]) -> dict[str, Flips]:
    """What flips in one call, by change."""
    before = judge(heard(reference), kit)
    found = {name: flips(before, judge(heard(reference, change), kit)) for name, change in changes.items()}
    sound = channels(reference, folder / f"{reference['id']}.wav", kit.settings)
    return found | (dict(voices(reference, sound, kit)) if sound else {})


def voices(reference: Mapping[str, Any], sound: tuple[np.ndarray, np.ndarray], kit: Kit) -> Iterator[tuple[str, Flips]]:
    """What flips when the agent speaks with another voice."""
    before = judge(heard(reference, acoustics=acoustics_of(reference, sound)), kit)
    for name, factor in VOICES.items():
        other = acoustics_of(reference, (revoiced(sound[0], factor), sound[1]))
        yield name, flips(before, judge(heard(reference, acoustics=other), kit))


def heard_again(paths: Sequence[Path], kit: Kit) -> dict[str, list[Flips]]:
    """What flips in each recording when it is heard with noise or by another recogniser."""
    cards = {name: _carded(paths, *how, kit) for name, how in HEARINGS.items()}
    usual, *others = cards
    return {
        name: [flips(one, two, same_turns=False) for one, two in zip(cards[usual], cards[name], strict=True)]
        for name in others
    }


def _carded(paths: Sequence[Path], engine: str, hearing: Hearing, kit: Kit) -> list[Scorecard]:
    transcriber = registry.create(engine, kit.settings.model, kit.settings)
    return [carded(path, hearing, transcriber, kit) for path in paths]


def groups(reference: Mapping[str, Any]) -> Iterator[str]:
    """The groups a call belongs to: what it is about, and the sex of the agent's voice where the reference tells."""
    yield f"scenario {reference['scenario']}"
    voice = reference.get("voices", {}).get("agent1", "")
    sexes = {"f": "a woman's", "m": "a man's"}
    if voice[1:2] in sexes:
        yield f"agent's voice {sexes[voice[1]]}"


def by_group(calls: Iterable[tuple[Mapping[str, Any], Mapping[str, Flips]]]) -> dict[str, list[Flips]]:
    """A group's flips, a call each, all changes of who speaks or is spoken to together."""
    pooled = defaultdict(list)
    for reference, found in calls:
        for group in groups(reference):
            pooled[group].append(reduce(add, (found[name] for name in WHO if name in found), Flips()))
    return dict(sorted(pooled.items()))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("references", type=Path, nargs="?", default=SAMPLES)
    parser.add_argument("--sound", type=Path, metavar="CALLS", help="folder of recordings to hear again")
    add_choice(parser)
    options = parser.parse_args()
    kit = load_kit(Settings(calibration=None, write_by_sound=True))
    references = [read_reference(file) for file in reference_files(options.references, options).values()]
    changes = wordings(kit)
    calls = [(reference, tried(reference, options.references, kit, changes)) for reference in references]
    head = ("findings", f"criteria moved > {MOVED:.0f}", "band")
    names = dict.fromkeys(name for _, found in calls for name in found)
    tables = {
        "changed": {name: [found[name] for _, found in calls if name in found] for name in names},
        "group": by_group(calls),
    }
    if options.sound:
        paths = [options.sound / f"{name}.wav" for name in reference_files(options.sound, options)]
        tables["heard again"] = heard_again(paths, kit)
    for first, rows in tables.items():
        print_table((first, "calls", *head), ((n, len(e), *reduce(add, e).told()) for n, e in rows.items()))


if __name__ == "__main__":
    main()
