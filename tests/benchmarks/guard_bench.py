"""What is scored where nobody speaks: silence, tones, music, noise and leaking lines, through telephone codecs.

usage: python tests/benchmarks/guard_bench.py [--only SOUND,SOUND] [--calls FOLDER]

Each clip is the agent's channel of a two-channel recording, so that whatever is made of it would be scored as the agent's.
The other channel is silent; of the leaking lines it holds a customer, 25 dB louder. Printed per kind of line: clips, how many
woke the speech detector, utterances that the guard dropped, utterances kept on the agent's channel, and courtesy and forbidden
findings (certain or not). The last two have to be zero.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.references import print_table
from speechless import FEW, MANY, RATE_HZ, noise, telephone
from telephony import can_encode, encode, through

from pipeline.audio.decode import load_audio
from pipeline.call import Scored, Scorer
from pipeline.schema import Polarity, Source
from pipeline.settings import Settings
from pipeline.speakers.activity import RECOGNITION, find_speech

LINES = ("plain", "A-law", "AMR-NB", "Opus", "GSM 06.10")
CALLS = Path(__file__).parents[1] / "data/calls"
LEAK = 10 ** (-25 / 20)


@dataclass
class Count:
    """What became of the clips of one line."""

    clips: int = 0
    woken: int = 0
    dropped: int = 0
    kept: int = 0
    courtesy: int = 0
    forbidden: int = 0


def clips(folder: Path, calls: Path) -> Iterator[tuple[str, str, np.ndarray, np.ndarray]]:
    """Line, name, the agent's channel and the customer's."""
    for index, (name, make) in enumerate({**FEW, **MANY}.items()):
        sound = make()
        lines = ["plain", LINES[1 + index % 3]] if name not in FEW else LINES
        for line in (each for each in lines if each == "plain" or can_encode(each)):
            heard = sound if line == "plain" else through(line, sound, folder)
            yield line, name, heard, np.zeros_like(heard)
    for path in sorted(calls.glob("d*.wav")):
        customer = load_audio(path, settings=Settings()).samples[1][: 40 * RATE_HZ]
        leak = LEAK * telephone(customer) + noise(len(customer) / RATE_HZ, 0.0005)
        yield "leaking", path.stem, leak, customer


def measure(scorer: Scorer, path: Path, count: Count) -> list[str]:
    """Score one clip, add to the count, and return the texts kept on the agent's channel."""
    outcome = scorer.score(Source(str(path), agent_channel=0), path.name)
    if not isinstance(outcome, Scored):
        return []
    transcript = outcome.card.transcript
    kept = [turn.text for turn in transcript.turns if turn.channel == 0]
    count.kept += len(kept)
    count.dropped += len(transcript.dropped)
    for finding in outcome.card.findings:
        count.courtesy += finding.polarity is Polarity.STANDARD
        count.forbidden += finding.polarity is Polarity.FORBIDDEN
    return kept


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=lambda text: set(text.split(",")), default=set(), metavar="SOUND,SOUND")
    parser.add_argument("--calls", type=Path, default=CALLS, help="two-channel calls whose customers leak")
    options = parser.parse_args()
    scorer, counts = Scorer(Settings()), defaultdict(Count)
    with TemporaryDirectory() as name:
        for line, sound, agent, customer in clips(Path(name), options.calls):
            if options.only and sound not in options.only:
                continue
            count = counts[line]
            count.clips += 1
            count.woken += bool(find_speech(agent, RECOGNITION))
            kept = measure(scorer, encode(Path(name) / "clip.wav", [agent, customer]), count)
            if kept:
                print(f"{line}, {sound}: kept {kept}", file=sys.stderr, flush=True)
    columns = ("clips", "woken", "dropped", "kept", "courtesy", "forbidden")
    total = Count(**{name: sum(getattr(each, name) for each in counts.values()) for name in columns})
    rows = [*counts.items(), ("all", total)]
    print_table(("line", *columns), ([line, *(getattr(each, name) for name in columns)] for line, each in rows))


if __name__ == "__main__":
    main()
