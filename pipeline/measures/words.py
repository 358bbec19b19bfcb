"""Closed lists of small words for figures and events; phrases that are judged stand in the lexicon instead."""

import re
from functools import cache

from pipeline.language.memory import remembered

BACKCHANNELS = re.compile(
    r"^(?:嗯|哦|噢|喔|啊|呃|诶|欸|哎|唉|对|是|是的|好|好的|好嘞|行|可以|知道了|明白|明白了|没事|喂|这样啊|没错|的|呀|吧|了)+$"
)
"""Words by which a listener shows that he follows; saying them over the other one is no interruption."""

QUESTION = re.compile(
    r"[？?]|[吗么呢嘛]$|什么|怎么|多少|哪[儿里个些天家]|几[个天点号块]|为什么|为啥|咋|啥|是不是|能不能|有没有|可不可以|行不行|多久|多长时间"
)
"""A turn that asks for an answer."""

CUSTOMER_WAIT = re.compile(
    r"(?:你|您)?(?:先)?(?:等一下|等下|等会儿?|等我|稍等|等等)|我(?:先|去|来)?(?:找一?[找下]|找找看|翻翻|翻一?下|看看啊|看一?下|试试|试一下|记一下|拿一?下|拿个?笔|问一?下)"
    r"|我(?:现在|这就)?(?:用|去)\S{0,6}(?:交|充|弄|试|找)|重启一下"
)
"""The customer himself asks for time: the silence that follows is his."""

_CALL = re.compile(r"^\W*喂|在吗|在不在|人呢|没声|听得[到见]|听见")
"""How somebody asks whether the other is still there."""
_FIRST_SENTENCE = re.compile(r"^[^。！!？?…]*[？?]?")

FILLERS = ("这个这个", "那个那个", "然后呢", "就是说", "怎么说呢", "对吧", "是吧", "呃", "那个", "反正", "你知道吧")
"""口头禅: words that carry nothing (norm: 表达能力)."""

HEDGES = (
    "可能",
    "好像",
    "大概",
    "也许",
    "估计",
    "估摸",
    "应该是",
    "应该吧",
    "差不多吧",
    "不太清楚",
    "不清楚",
    "不太确定",
    "说不准",
    "说不好",
    "不知道",
    "谁知道",
    "没准",
)
"""无信心语言 (norm: 自信自立, 「可能,好象,不太清楚」)."""

COURTESIES = ("请", "您", "谢谢", "感谢", "抱歉", "对不起", "不好意思", "麻烦", "辛苦", "劳驾", "理解", "放心", "祝")
"""Words of courtesy whose density is followed through the call (norm: 虎头蛇尾)."""

_SPOKEN = re.compile(r"[\u3400-\u9fff]|[0-9]|[A-Za-z]+")
DIGIT_STRING = re.compile(r"[0-9零〇一二三四五六七八九幺两](?:[，,、\s\-－]?[0-9零〇一二三四五六七八九幺两]){4,}")
"""Numbers read out digit by digit (telephone, identity card, work number): slower than speech by nature."""


@remembered(2048)
def spoken_length(text: str) -> int:
    """How many characters are spoken: Chinese characters and digits, a Latin word as one; punctuation is not."""
    return len(_SPOKEN.findall(text))


@remembered(2048)
def bare(text: str) -> str:
    """The text without punctuation and spaces."""
    return "".join(_SPOKEN.findall(text))


def is_backchannel(text: str) -> bool:
    """Whether a turn only shows that its speaker listens."""
    said = bare(text)
    return not said or BACKCHANNELS.match(said) is not None


def is_question(text: str) -> bool:
    """Whether a turn asks for an answer; spoken Mandarin often shows it in the particles alone."""
    return QUESTION.search(text.rstrip("。，,.!！ ")) is not None


def calls_out(text: str) -> bool:
    """Whether a turn asks, to begin with, where the other has got to: by a call or by a question."""
    first = _FIRST_SENTENCE.match(text.lstrip("…。，,. "))
    return _CALL.search(text) is not None or (first is not None and is_question(first[0]))


def asks_to_wait(text: str) -> bool:
    """Whether the customer asks for time himself."""
    return CUSTOMER_WAIT.search(text) is not None


def count(text: str, words: tuple[str, ...]) -> int:
    """Occurrences of any of the words, a longer word before a shorter one within it."""
    return len(_any_of(words).findall(text))


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
