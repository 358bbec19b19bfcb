"""What the place of words in a call says of them: elements where the norm expects them, a label that gives way to another beside it."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.lexicon.clauses import MARKS
from pipeline.lexicon.matcher import CLOSING_TURNS, OPENING_TURNS
from pipeline.lexicon.phrases import Label
from pipeline.lexicon.resolve import by_turn
from pipeline.schema import Finding, Turn

OPENING = ("greeting", "self_intro", "offer_help")
CLOSING = ("further_help", "closing_thanks", "wish", "survey", "goodbye")
OPENING_ODDS, CLOSING_ODDS = 8.0, 8.0
"""How many times likelier an element of the opening or the closing is in its place than anywhere in the corpus: on tuning
calls 6 to 9 and, but for the survey, 4 to 6 times; misheard closings are recognised best with a little more."""
NEAR_CHARS = 2
"""Two pieces of evidence this near are one: fillers and punctuation may stand between."""
COURTESIES, FAREWELL = ("closing_thanks", "wish", "survey"), "goodbye"
_THANKS, _CLOSING_THANKS = "thanks", "closing_thanks"


def expected_places(turns: Sequence[Turn]) -> frozenset[tuple[str, int]]:
    """Label and turn where the norm expects the one in the other.

    Parameters
    ----------
    turns
        The agent's: the opening's elements belong in the first, the closing's in the last.
    """
    opening = ((label, turn.index) for label in OPENING for turn in turns[:OPENING_TURNS])
    closing = ((label, turn.index) for label in CLOSING for turn in turns[-CLOSING_TURNS:])
    return frozenset((*opening, *closing))


def likelier(meant: Iterable[Finding], expected: Container[tuple[str, int]]) -> list[Finding]:
    """Findings by meaning, each with its probability raised where it is expected."""
    return [_raised(finding) if (finding.label, finding.evidence.turn) in expected else finding for finding in meant]


def near(one: Finding, other: Finding, chars: int = NEAR_CHARS) -> bool:
    """Whether two pieces of evidence overlap or lie no more than so many characters apart."""
    return (
        one.evidence.turn == other.evidence.turn
        and one.evidence.char_start <= other.evidence.char_end + chars
        and other.evidence.char_start <= one.evidence.char_end + chars
    )


def together(one: str, other: str) -> bool:
    """Whether the same words may well carry both labels: a courtesy runs into its goodbye, 祝您愉快再见."""
    return one == other or (FAREWELL in (one, other) and any(each in COURTESIES for each in (one, other)))


def placed(findings: Iterable[Finding], labels: Mapping[str, Label], turns: Mapping[int, Turn]) -> Iterator[Finding]:
    """The findings as their surroundings make them.

    Thanks that lead to the goodbye are thanks for the call, whatever the customer is thanked for. A finding whose label gives
    way to another one's beside it is part of that: 谢谢您 of 谢谢您耐心等待.

    Parameters
    ----------
    turns
        Those that findings lie in, by their index.
    """
    for index, there in by_turn(findings).items():
        said = [_parting(finding, there, turns[index].text, labels) for finding in there]
        yield from (finding for finding in said if not _gives_way(finding, said, labels))


def _parting(finding: Finding, there: Sequence[Finding], text: str, labels: Mapping[str, Label]) -> Finding:
    if finding.label != _THANKS or _CLOSING_THANKS not in labels or not _leads_away(finding, there, text):
        return finding
    return replace(finding, label=_CLOSING_THANKS, criterion=labels[_CLOSING_THANKS].criterion)


def _leads_away(thanks: Finding, there: Sequence[Finding], text: str) -> bool:
    """Whether nothing but what belongs to a closing stands between thanks and the goodbye of the same turn."""
    start = thanks.evidence.char_end
    goodbye = next(
        (each.evidence.char_start for each in there if each.label == FAREWELL and each.evidence.char_start >= start),
        None,
    )
    if goodbye is None:
        return False
    closing = [each.evidence for each in there if each.label in CLOSING]
    own_clause = next((i for i in range(start, goodbye) if text[i] in MARKS), start)
    between = (i for i in range(own_clause, goodbye) if text[i].isalnum())
    return sum(not any(each.char_start <= i < each.char_end for each in closing) for i in between) <= NEAR_CHARS


def _gives_way(finding: Finding, others: Iterable[Finding], labels: Mapping[str, Label]) -> bool:
    stronger = labels[finding.label].gives_way
    return bool(stronger) and any(other.label in stronger and near(finding, other) for other in others)


def _raised(finding: Finding) -> Finding:
    times = OPENING_ODDS if finding.label in OPENING else CLOSING_ODDS
    odds = times * finding.evidence.certainty / max(1e-6, 1 - finding.evidence.certainty)
    return with_certainty(finding, odds / (1 + odds))


def with_certainty(finding: Finding, certainty: float) -> Finding:
    """The same evidence, as sure as this."""
    return replace(finding, evidence=replace(finding.evidence, certainty=round(certainty, 3)))
