"""Whether the agent opened and closed the call completely, element by element (norm: 流程全面)."""

from collections.abc import Sequence

from pipeline.language.normalise import normalise
from pipeline.language.syllables import sound_codes
from pipeline.lexicon.matcher import CLOSING_TURNS, OPENING_TURNS
from pipeline.lexicon.places import CLOSING, COURTESIES, OPENING
from pipeline.schema import Completeness, Finding, Recording, Role, Status, Transcript, Turn

OPERATORS = ("电信", "移动", "联通", "广电", "一万号", "10000", "10086", "10010", "10099")
CUT_OFF_S = 0.1
"""Speech that runs to within this of the recording's end was cut off: a line takes longer than that to be put down."""

UNCLEAR_SYLLABLES, UNCLEAR_CONFIDENCE = 5, 0.84
"""So much that nothing explains, in a goodbye's turn less surely recognised than agents' words usually are, after an offer of further
help, is a courtesy misheard: in 100 references whoever made the offer was courteous in the end, and of 5 closings misheard so in
700 all were complete."""

_WITHHELD = "不能确定哪一方是坐席，不作判断"
_NO_AGENT = "没有听到坐席说话，不作判断"
_UNCLEAR = "再见之前有话没有听清，这样的话几乎都是致谢、祝福或邀评，按完整处理，请人工判断"
_CUT_OFF = "录音在通话中途截断，没有录到结束部分，不作判断"


def opening(transcript: Transcript, findings: Sequence[Finding]) -> Completeness:
    """Greeting, name or number (or the operator's name) and an offer of help, all in the agent's first two turns."""
    turns = _agent_turns(transcript)
    if transcript.roles.withheld or not turns:
        return _abstained(OPENING, _WITHHELD if transcript.roles.withheld else _NO_AGENT)
    first = turns[:OPENING_TURNS]
    present, doubtful = _elements(OPENING, first, findings)
    operator = any(_names_operator(turn) for turn in first)
    complete = present["greeting"] and (present["self_intro"] or operator) and present["offer_help"]
    return Completeness(complete, {**present, "operator": operator}, doubtful)


def closing(transcript: Transcript, findings: Sequence[Finding], recording: Recording | None = None) -> Completeness:
    """Further help, a courtesy (thanks, wish or survey) and a goodbye, all in the agent's last three turns.

    Abstains when the recording was cut off before the end of the call. A courtesy that must have been said where words were
    misheard makes the closing complete, and stays doubtful itself.
    """
    turns = _agent_turns(transcript)
    if transcript.roles.withheld or not turns:
        return _abstained(CLOSING, _WITHHELD if transcript.roles.withheld else _NO_AGENT)
    last = turns[-CLOSING_TURNS:]
    present, doubtful = _elements(CLOSING, last, findings)
    if recording is not None and not present["goodbye"] and _cut_off(transcript, recording):
        return Completeness(False, present, doubtful, abstained=True, reason=_CUT_OFF)
    framed, courteous = present["further_help"] and present["goodbye"], any(present[name] for name in COURTESIES)
    if framed and not courteous and _courtesy_misheard(last, findings):
        unclear = tuple(name for name in CLOSING if name in {*doubtful, *COURTESIES})
        return Completeness(True, present, unclear, reason=_UNCLEAR)
    return Completeness(framed and courteous, present, doubtful)


def _courtesy_misheard(turns: Sequence[Turn], findings: Sequence[Finding]) -> bool:
    """Whether the goodbye comes behind unsure words that nothing explains, in a turn after the offer of further help."""
    by_label = {each.label: each.evidence for each in findings if each.evidence.turn in {turn.index for turn in turns}}
    offer, goodbye = by_label["further_help"], by_label["goodbye"]
    said = next(turn for turn in turns if turn.index == goodbye.turn)
    known = [each.evidence for each in findings if each.evidence.turn == goodbye.turn and each.evidence is not goodbye]
    explained = {place for each in known for place in range(each.char_start, each.char_end)}
    open_chars = "".join(char for i, char in enumerate(said.text[: goodbye.char_start]) if i not in explained)
    unclear = said.confidence < UNCLEAR_CONFIDENCE and len(normalise(open_chars).text) >= UNCLEAR_SYLLABLES
    return unclear and offer.turn < goodbye.turn


def _names_operator(turn: Turn) -> bool:
    """Whether an operator is named, in these characters or in others that sound the same."""
    text = normalise(turn.text).text
    return any(
        name in turn.text or (not name.isdigit() and sound_codes(name) in sound_codes(text)) for name in OPERATORS
    )


def _agent_turns(transcript: Transcript) -> tuple[Turn, ...]:
    return tuple(turn for turn in transcript.turns if turn.role is Role.AGENT)


def _elements(
    names: Sequence[str], turns: Sequence[Turn], findings: Sequence[Finding]
) -> tuple[dict[str, bool], tuple[str, ...]]:
    """Element to certainly present, and the elements with nothing but doubtful evidence."""
    within = {turn.index for turn in turns}
    found = [finding for finding in findings if finding.evidence.turn in within]
    certain = {finding.label for finding in found if finding.status is Status.CERTAIN}
    asked = {finding.label for finding in found if finding.status is Status.DOUBTFUL} - certain
    return {name: name in certain for name in names}, tuple(name for name in names if name in asked)


def _cut_off(transcript: Transcript, recording: Recording) -> bool:
    last = max(turn.span.end_s for turn in transcript.turns)
    return recording.channels > 0 and recording.duration_s - last < CUT_OFF_S


def _abstained(names: Sequence[str], reason: str) -> Completeness:
    return Completeness(False, dict.fromkeys(names, False), abstained=True, reason=reason)
