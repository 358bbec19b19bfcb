"""What the dialogue quality model sees of a dialogue: its words by who said them and when, and figures that can be named."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.criteria.cues import Cue, Signs, turns_with
from pipeline.criteria.wordings import load_wordings
from pipeline.errors import LexiconError
from pipeline.language.normalise import fold_characters
from pipeline.schema import Finding, Role, Transcript

VIEWS: Mapping[str, float] = {
    "customer": 0.15,
    "agent": 0.15,
    "customer_last": 0.3,
    "end": 0.2,
    "customer_later": 0.1,
    "agent_last": 0.1,
    "customer_first": 0.05,
}
"""Parts of a dialogue and their weights among the words: what the customer says last tells most."""

_ADDRESS = re.compile(r"https?://[!-~]+|t\.cn/[!-~]+")
_NAME = re.compile(r"@[\w\-\u4e00-\u9fff]{1,16}")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One dialogue as the model reads it.

    Parameters
    ----------
    views
        The words of each of ``VIEWS``; empty where nobody said any.
    figures
        Counts, lengths, findings and cues by name.
    """

    views: Mapping[str, str]
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Telling:
    """What words tell of satisfaction: patterns by side and name, and the wording of the cues."""

    customer: Mapping[str, re.Pattern[str]]
    agent: Mapping[str, re.Pattern[str]]
    cues: Signs


def read_dialogue(transcript: Transcript, findings: Sequence[Finding], telling: Telling) -> Dialogue:
    """Read a dialogue with its phrase evidence."""
    said = [(turn.role, plain(turn.text)) for turn in transcript.turns]
    customer = [text for role, text in said if role is Role.CUSTOMER] or [""]
    agent = [text for role, text in said if role is Role.AGENT] or [""]
    figures = {
        **dict(_sizes(customer, agent, ends=bool(said) and said[-1][0] is Role.CUSTOMER)),
        **dict(_told(customer, agent, telling)),
        **dict(_found(transcript, findings)),
        **dict(_cued(transcript, telling.cues)),
    }
    return Dialogue(_views(customer, agent, said[-1][1] if said else ""), figures)


def plain(text: str) -> str:
    """Lower case and simplified, addresses, names of accounts and numbers by one sign each."""
    return fold_characters(_NUMBER.sub("0", _NAME.sub("@", _ADDRESS.sub("U", text)))).lower()


def load_telling(folder: Path, *, reactions: Path) -> Telling:
    """Read the patterns and cues of a folder of lists.

    Parameters
    ----------
    reactions
        The model that knows how customers take what they are told.

    Raises
    ------
    LexiconError
        The file cannot be read or a pattern is broken.
    """
    path = folder / "satisfaction.yaml"
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        customer, agent = (
            {name: re.compile(each) for name, each in raw[side].items()} for side in ("customer", "agent")
        )
        return Telling(customer, agent, load_wordings(folder, reactions=reactions).cues)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, KeyError, TypeError, AttributeError, re.error) as error:
        raise LexiconError(f"{path}: {' '.join(str(error).split())}; write name: 'pattern' below each side") from error


def _views(customer: Sequence[str], agent: Sequence[str], end: str) -> Mapping[str, str]:
    return {
        "customer": "\n".join(customer),
        "agent": "\n".join(agent),
        "customer_last": _answer(customer),
        "end": end,
        "customer_later": "\n".join(customer[1:]),
        "agent_last": agent[-1],
        "customer_first": customer[0],
    }


def _answer(customer: Sequence[str]) -> str:
    """The customer's last words, unless they are the first too: then nothing was answered."""
    return customer[-1] if len(customer) > 1 else ""


def _sizes(customer: Sequence[str], agent: Sequence[str], *, ends: bool) -> Iterator[tuple[str, float]]:
    """How many turns and characters, who ends, whether the agent repeats itself."""
    yield from (("turns.customer", len(customer)), ("turns.agent", len(agent)), ("end.customer", float(ends)))
    for side, texts in (("customer", customer), ("agent", agent)):
        lengths = {"all": sum(map(len, texts)), "first": len(texts[0]), "last": len(texts[-1])}
        yield from ((f"chars.{side}.{place}", math.log1p(length)) for place, length in lengths.items())
    yield "agent.distinct", len(set(agent)) / len(agent)


def _told(customer: Sequence[str], agent: Sequence[str], telling: Telling) -> Iterator[tuple[str, float]]:
    last = _answer(customer)
    for name, pattern in telling.customer.items():
        count = len(pattern.findall(last))
        yield f"last.{name}", count
        yield f"last.{name}.share", count / (len(last) + 5)
        yield f"later.{name}", len(pattern.findall("\n".join(customer[1:])))
        yield f"first.{name}", len(pattern.findall(customer[0]))
    for name, pattern in telling.agent.items():
        places = {"first": agent[0], "last": agent[-1], "all": "\n".join(agent)}
        yield from ((f"agent.{place}.{name}", len(pattern.findall(text))) for place, text in places.items())


def _found(transcript: Transcript, findings: Sequence[Finding]) -> Iterator[tuple[str, float]]:
    """Per label, how sure the surest finding is, in the agent's last turn too, and all together."""
    last = max((turn.index for turn in transcript.turns if turn.role is Role.AGENT), default=-1)
    for label in sorted({finding.label for finding in findings}):
        same = [finding.evidence for finding in findings if finding.label == label]
        yield f"found.{label}", max(each.certainty for each in same)
        yield f"found.{label}.sum", sum(each.certainty for each in same)
        yield f"found.{label}.last", max((each.certainty for each in same if each.turn == last), default=0.0)


def _cued(transcript: Transcript, cues: Signs) -> Iterator[tuple[str, float]]:
    """How many of each side's turns show each cue, and whether its last does."""
    for role in (Role.CUSTOMER, Role.AGENT):
        last = max((turn.index for turn in transcript.turns if turn.role is role), default=-1)
        for cue in Cue:
            shown = [turn.index for turn in turns_with(transcript, cue, cues, by=role)]
            yield f"cue.{role}.{cue.value}", len(shown)
            yield f"cue.{role}.{cue.value}.last", float(last in shown)
