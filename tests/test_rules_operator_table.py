"""Every operator in one table: what it finds, what it leaves, where its limit runs, and what the recogniser's noise does to it."""

import pytest
from rulings import came_out, rule

from pipeline.rules.registry import operators

KINDS = ("hit", "miss", "borderline", "noise")
QUIET = "坐席 0-2：我查一下\n客户 2.5-3：好\n坐席 {}-{}：查到了"
CUT_IN = "客户 0-8：我跟你说我家的网从昨天晚上就断了\n坐席 {}-9：{}"
LEVELS = "坐席 0-2 -30dB：您好\n坐席 3-5 {}dB：请讲"
ASKED = "坐席：您的宽带号码是多少\n客户：五五六六\n坐席：{}"
LEAST = {"above": 300, "min_chars": 4}
OF_TWO = {"of": ["流量", "语音", "宽带"], "at_least": 2}
THANKS = {"to": ["感谢您的耐心等待"], "threshold": 0.8}

# operator, kind, when, dialogue, how it comes out
TABLE = [
    ("keywords", "hit", {"keywords": OF_TWO}, "坐席：宽带和语音都有", "hit"),
    ("keywords", "miss", {"keywords": OF_TWO}, "坐席：电视和短信都有", "miss"),
    ("keywords", "borderline", {"keywords": OF_TWO}, "坐席：宽带，还是宽带", "miss"),
    ("keywords", "noise", {"keywords": ["有什么可以帮您"]}, "坐席：有什么可以邦您", "hit"),
    ("label", "hit", {"label": "apology"}, "坐席：非常抱歉给您添麻烦了", "hit"),
    ("label", "miss", {"label": "apology"}, "坐席：这个月是五十九元", "miss"),
    ("label", "borderline", {"label": "apology"}, "客户：非常抱歉给您添麻烦了\n坐席：好的", "miss"),
    ("label", "noise", {"label": "apology"}, "坐席：非常报欠给您天麻烦了", "hit"),
    ("regex", "hit", {"regex": "保证[^，。]{0,4}到账"}, "坐席：我保证三天到账", "hit"),
    ("regex", "miss", {"regex": "保证[^，。]{0,4}到账"}, "坐席：三天内到账", "miss"),
    ("regex", "borderline", {"regex": "保证[^，。]{0,4}到账"}, "坐席：我保证三四五天到账", "hit"),
    ("regex", "noise", {"regex": "保证[^，。]{0,4}到账"}, "坐席：我保正三天到账", "miss"),  # read by characters
    ("similar", "hit", {"similar": THANKS}, "坐席：感谢您耐心等待", "hit"),
    ("similar", "miss", {"similar": THANKS}, "坐席：请您先别挂机", "miss"),
    ("similar", "borderline", {"similar": THANKS | {"threshold": 0.95}}, "坐席：感谢您耐心等待", "doubtful"),
    ("similar", "noise", {"similar": THANKS}, "坐席：赶谢您的耐心等呆", "hit"),
    ("repeat", "hit", {"repeat": {}}, ASKED.format("您的宽带号码是多少"), "hit"),
    ("repeat", "miss", {"repeat": {}}, ASKED.format("好的我查到了"), "miss"),
    ("repeat", "borderline", {"repeat": {"said": 3}}, ASKED.format("您的宽带号码是多少"), "miss"),
    ("repeat", "noise", {"repeat": {}}, ASKED.format("您的宽戴号马是多少"), "hit"),
    ("entity", "hit", {"entity": "phone"}, "坐席：电话是一三八一二三四五六七八", "hit"),
    ("entity", "miss", {"entity": "phone"}, "坐席：您的电话我看不到", "miss"),
    ("entity", "borderline", {"entity": "phone"}, "坐席：请拨打一零零零零", "miss"),
    ("entity", "noise", {"entity": "phone"}, "坐席：电话是要三八嗯一二三四五六七八", "hit"),
    ("turn", "hit", {"turn": "question"}, "坐席：您贵姓？", "hit"),
    ("turn", "miss", {"turn": "question"}, "坐席：您姓周。", "miss"),
    ("turn", "borderline", {"turn": "statement"}, "坐席：嗯。", "miss"),
    ("turn", "noise", {"turn": "question"}, "坐席：请问您怎么称呼", "hit"),  # recognisers often leave the mark out
    ("silence", "hit", {"silence": {"above": 5}}, QUIET.format(9, 11), "hit"),
    ("silence", "miss", {"silence": {"above": 5}}, QUIET.format(5, 7), "miss"),
    ("silence", "borderline", {"silence": {"above": 6}}, QUIET.format(9, 11), "miss"),
    ("silence", "noise", {"silence": {"above": 5}}, QUIET.format(9.2, 11) + "\n客户 11.5-12：喂", "hit"),
    ("overlap", "hit", {"overlap": {"above": 1.0}}, CUT_IN.format(5, "您先听我说完"), "hit"),
    ("overlap", "miss", {"overlap": {"above": 1.0}}, CUT_IN.format(8.2, "您先听我说完"), "miss"),
    ("overlap", "borderline", {"overlap": {"above": 1.0}}, CUT_IN.format(7.2, "您先听我说完"), "miss"),
    ("overlap", "noise", {"overlap": {"above": 1.0}}, CUT_IN.format(5, "嗯嗯"), "miss"),  # a back-channel
    ("speed", "hit", {"speed": LEAST}, "坐席 0-2：这个套餐里含三十个流量", "hit"),
    ("speed", "miss", {"speed": LEAST}, "坐席 0-4：这个套餐里含三十个流量", "miss"),
    ("speed", "borderline", {"speed": {"above": 330}}, "坐席 0-2：这个套餐里含三十个流量", "miss"),
    ("speed", "noise", {"speed": LEAST}, "坐席 0-0.3：好的", "miss"),  # too short to tell
    ("loudness", "hit", {"loudness": {"of": "jump", "above": 10}}, LEVELS.format(-15), "hit"),
    ("loudness", "miss", {"loudness": {"of": "jump", "above": 10}}, LEVELS.format(-28), "miss"),
    ("loudness", "borderline", {"loudness": {"of": "jump", "above": 10}}, LEVELS.format(-20), "miss"),
    ("loudness", "noise", {"loudness": {"of": "jump", "above": 10}}, "坐席 0-2：您好\n坐席 3-5：请讲", "abstain"),
    ("turn_length", "hit", {"turn_length": {"above": 5}}, "坐席：一二三四五六", "hit"),
    ("turn_length", "miss", {"turn_length": {"above": 5}}, "坐席：一二三", "miss"),
    ("turn_length", "borderline", {"turn_length": {"above": 5}}, "坐席：一二三四五", "miss"),
    (
        "turn_length",
        "noise",
        {"turn_length": {"above": 5}},
        "坐席：一，二。三、四！五？",
        "miss",
    ),  # marks are not spoken
    ("turns", "hit", {"turns": {"above": 1}}, "坐席：您好\n坐席：请讲", "hit"),
    ("turns", "miss", {"turns": {"above": 1}}, "坐席：您好", "miss"),
    ("turns", "borderline", {"turns": {"above": 2}}, "坐席：您好\n坐席：请讲", "miss"),
    ("turns", "noise", {"turns": {"above": 1}}, "坐席：您好\n客户：喂\n客户：喂", "miss"),
    ("duration", "hit", {"duration": {"above": 10}}, QUIET.format(9, 11), "hit"),
    ("duration", "miss", {"duration": {"above": 60}}, QUIET.format(9, 11), "miss"),
    ("duration", "borderline", {"duration": {"above": 11}}, QUIET.format(9, 11), "miss"),
    ("duration", "noise", {"duration": {"above": 10}}, "坐席：您好", "abstain"),  # without times nothing is known
]


@pytest.mark.parametrize(
    ("when", "dialogue", "expected"),
    [row[2:] for row in TABLE],
    ids=[f"{name}-{kind}" for name, kind, *_ in TABLE],
)
def test_operator(tmp_path, when, dialogue, expected):
    assert came_out(tmp_path, rule(when=when), dialogue) == expected


def test_every_operator_has_every_kind_of_row():
    assert {(name, kind) for name, kind, *_ in TABLE} == {(name, kind) for name in operators() for kind in KINDS}
