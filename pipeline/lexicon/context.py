"""What makes forbidden wording innocent: it is denied, quoted, or the customer's own, said back to him."""

import re
from collections.abc import Iterator, Sequence

from pipeline.language.normalise import fold_characters
from pipeline.language.syllables import sound_codes
from pipeline.language.text import TurnText
from pipeline.schema import Finding, Role, Turn

_STOP = re.compile(r"[。？！?!；;]")
_DENIED = re.compile(
    r"(?:不会|不可能|不是|没有|不能|不应该|不该|不想|不敢|并非|绝不|决不|绝非|不至于|没人|怎么会|怎么能|哪能|哪会|避免|免得|以免|省得"
    r"|(?:不要|不用|不必|别)(?:担心|觉得|以为|说))"
    r"(?:要|说|想|让|拿|用|觉得|认为|故意|存心|在|因为|对|把|给|跟|嫌|您|你|我们|我|就|再|讲|这|那)*$"
)
_NOT_IT = re.compile(r"不是.{0,4}$")
_ASKS = re.compile(r"^.{0,4}?[吗嘛么]")
_NOT_SO, _BRUSHED_OFF = (
    re.compile(r"[不没别]"),
    re.compile(r"^[了的，,]{0,2}(?:就完|就算完|就算了事|了事|就打发|来?打发|来?应付|来?糊弄|来?敷衍)"),
)
"""不是跟您说声不归我管就完了: what the agent says he will not leave it at."""
_QUOTED = re.compile(
    r"(?<![跟对给和同向帮替])(?:您|你|他|她|人家|客户|用户|同事|师傅|专员|营业员|客服|网点|营业厅|那边|前台|家人|朋友|对方|别人|有人)"
    r"[^，,。]{0,8}?(?:说|讲|提到|提过|反映|告诉|回复|答复|回答|问|骂|写着?)(?:过|的|了|到|您|我|是|他|他们|您的|我的|什么|一句|这个|那句|那个)*[：:，,“「]?$"
)
_ASKED = re.compile(r"(?:是不是|有没有|是否|会不会|可曾|看看是)(?:因为|说)?$")
_ASKABLE = {"blame"}
"""Labels whose wording is no reproach when it is politely asked: 您是不是自己改过密码."""
_FACTS_ASKED = re.compile(
    r"^请问(?!.*(?:到底|究竟|还想|难道)).*(?:多少|哪[儿里位]|几[号位点]|什么时候|怎么称呼|贵姓)[啊呢呀]?$"
)
"""请问 before a question for a fact is no reproach, however the customer takes it."""
_CHECKED = re.compile(r"^.{0,2}(?:[吧吗么]|，?(?:是您(?:本人|自己)?[吗吧么]|[是对][吗吧]|没错吧))")
"""A name that the customer is asked to confirm is checked, not told: 户主叫周明，是您吗."""
_CALLED = re.compile(r"大?[姐哥叔]|阿[姨伯叔]|师傅|老板|老师|老乡")
_CALLED_TWICE = 2
_SAID_BACK_CHARS = 4
"""Wording that is at least this long and that the customer has just used word for word is said back."""
_REPEATED_CHARS = 6
"""A clause that is at least this long and that the customer has just used word for word needs no 您说 to be his."""
_TURNS_BACK = 2
"""Customer's turns that are looked at for it."""
_CLAUSE = re.compile(r"[，,。？！?!；;：:、 ]")
_SAYING_BACK = re.compile(
    r"(?<![跟对给和同向])(?:您|你)[^。]{0,6}?(?:说|讲|指|意思|反映|提到|觉得|认为|问)[^。]{0,12}$"
)
_ASKED_BACK = re.compile(r"^.{0,6}?(?:是吧|是吗|对吧|对吗|是不是|对不对|(?:这|那)[种个样]|这句话|的意思)")


def innocent(finding: Finding, call: Sequence[TurnText]) -> str | None:
    """Why forbidden wording is no violation, in Chinese; None where nothing excuses it.

    Parameters
    ----------
    finding
        The wording, in one of the turns of ``call``.
    call
        All turns in order; the customer's are needed to see what is said back. May be empty: then nothing is excused.
    """
    number = next((i for i, text in enumerate(call) if text.turn.index == finding.evidence.turn), None)
    if number is None:
        return None
    before, after = _around(call[number].turn, finding)
    if _denied(finding, before, after):
        return "否定表述，并非本意"
    if _QUOTED.search(before):
        return "转述他人的话"
    if finding.label == "overheard" and _calls_customer_so(finding, call):
        return "称呼客户，并非与旁人交谈"
    if _politely_asked(finding, before, after):
        return "礼貌询问或核对，并非本意"
    repeated = _repeats(call[number].turn, finding, call[:number]) or _said_back(finding, before, after, call[:number])
    return "复述客户的话" if repeated else None


def _denied(finding: Finding, before: str, after: str) -> bool:
    asked = _NOT_IT.search(before) and _ASKS.search(finding.evidence.quote[-1:] + after)
    return bool((_DENIED.search(before) and not asked) or (_NOT_SO.search(before) and _BRUSHED_OFF.search(after)))


def _calls_customer_so(finding: Finding, call: Sequence[TurnText]) -> bool:
    """Whether somebody is called what the agent calls the customer in other sentences too."""
    called = _CALLED.search(finding.evidence.quote)
    others = (text for text in call if text.turn.role is Role.AGENT and text.turn.index != finding.evidence.turn)
    return called is not None and sum(called[0] in text.turn.text for text in others) >= _CALLED_TWICE


def _politely_asked(finding: Finding, before: str, after: str) -> bool:
    if finding.label == "rhetorical":
        return _FACTS_ASKED.search(finding.evidence.quote.rstrip("？?")) is not None
    if finding.label == "privacy_leak":
        return _CHECKED.search(after) is not None
    return finding.label in _ASKABLE and _ASKED.search(before) is not None


def _around(turn: Turn, finding: Finding) -> tuple[str, str]:
    """The sentence before and the sentence after the wording, in folded characters."""
    text = fold_characters(turn.text)
    start, end = finding.evidence.char_start, finding.evidence.char_end
    return _STOP.split(text[:start])[-1].replace(" ", ""), text[end:].replace(" ", "")


def _said_back(finding: Finding, before: str, after: str, earlier: Sequence[TurnText]) -> bool:
    wording = sound_codes("".join(char for char in fold_characters(finding.evidence.quote) if char.isalnum()))
    if len(wording) < _SAID_BACK_CHARS or not (_SAYING_BACK.search(before) or _ASKED_BACK.search(after)):
        return False
    return any(wording in sounds for sounds in _just_said(earlier))


def _repeats(turn: Turn, finding: Finding, earlier: Sequence[TurnText]) -> bool:
    """Whether the wording is part of a clause that the customer has just used."""
    text = fold_characters(turn.text)
    start, end = finding.evidence.char_start, finding.evidence.char_end
    clause = _CLAUSE.split(text[:start])[-1] + text[start:end] + _CLAUSE.split(text[end:])[0]
    sounds = sound_codes("".join(filter(str.isalnum, clause)))
    return len(sounds) >= _REPEATED_CHARS and any(sounds in said for said in _just_said(earlier))


def _just_said(earlier: Sequence[TurnText]) -> Iterator[str]:
    """The sounds of the customer's last turns."""
    customer = [text for text in earlier if text.turn.role is Role.CUSTOMER][-_TURNS_BACK:]
    return (sound_codes(text.text) for text in customer)
