"""What is wrong with a rule is said with file, line and remedy."""

import pytest
from calls import LEXICONS
from rulings import TESTS, book, known, reading, rule

from pipeline.errors import LexiconError
from pipeline.rules.reader import load_rules, read_rules
from pipeline.rules.safe_regex import RegexError, compiled, repeats_repeats
from pipeline.rules.tell import Names, explain_rule
from pipeline.rules.trials import failed_trials
from pipeline.settings import Settings

NAMES = Names({name: label.zh for name, label in known().labels.items()} | {"politeness.wording": "用语规范"})
TIED = {
    "一": {"keywords": ["甲"], "after": "二"},
    "二": {"keywords": ["乙"], "before": "三"},
    "三": {"turn": "any", "same": "一"},
}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"id": None}, "needs text for 'id'"),
        ({"zh": None}, "needs text for 'zh'"),
        ({"when": None}, "has no `when`"),
        ({"tests": None}, "has no test dialogues"),
        ({"tests": {"hit": ["坐席：甲"]}}, "at least one dialogue under `hit` and one under `miss`"),
        ({"tests": {"hit": ["坐席甲"], "miss": ["坐席：乙"]}}, "a line that cannot be read"),
        ({"criterion": "politeness.nothing"}, "unknown criterion 'politeness.nothing'"),
        ({"label": "nothing"}, "has label: 'nothing'; choose one of"),
        ({"when": {"label": "nothing"}}, "unknown label 'nothing'"),
        ({"when": {"shouting": 3}}, "unknown operator 'shouting'"),
        ({"when": {"keywords": ["甲"], "role": "boss"}}, "has role: 'boss'; choose one of agent, any, customer"),
        ({"when": {"keywords": ["甲"], "regex": "乙"}}, "exactly one operator"),
        ({"when": {"role": "agent"}}, "exactly one operator"),
        ({"when": {"keywords": ["甲"], "after": "不在"}}, "names a condition '不在' that is not there"),
        ({"when": "不在"}, "names a condition '不在' that is not there"),
        ({"each": "不在"}, "names a condition '不在' that is not there"),
        ({"conditions": TIED, "when": "一"}, "in a circle: 一 → 二 → 三 → 一"),
        ({"conditions": {"一": {"not": "一"}}, "when": "一"}, "in a circle: 一 → 一"),
        ({"when": {"keywords": ["甲"], "after": "一", "before": "一"}}, "has before and after; choose one"),
        ({"when": {"regex": "(甲"}}, "regular expression that cannot be used"),
        ({"when": {"regex": "(甲+)+"}}, "repeats a group that repeats without limit"),
        ({"when": {"regex": "甲*"}}, "also matches nothing"),
        ({"when": {"keywords": ["[甲"]}}, "keyword that cannot be used"),
        ({"when": {"keywords": {"of": ["甲"], "at_least": 2}}}, "a number from 1 to 1 for 'at_least'"),
        ({"when": {"entity": "soul"}}, "unknown entity 'soul'"),
        ({"when": {"silence": {}}}, "needs above or below"),
        ({"when": {"turns": {"above": 3}, "times": 2}}, "cannot count hits of 'turns'"),
        ({"when": {"keywords": ["甲"], "in": {"turns": "5-2"}}}, "needs turns from–to"),
        ({"when": {"all": []}}, "needs a list of conditions under 'all'"),
        ({"when": {"order": ["甲"]}}, "at least two names"),
        ({"polarity": "bad"}, "has polarity: 'bad'"),
        ({"severity": "大"}, "has severity: '大'"),
        ({"points": 5}, "is forbidden with 5 points"),
        ({"polarity": "neutral", "points": -1}, "is neutral with -1 points"),
        ({"polarity": "neutral", "red_line": True}, "is a red line but not forbidden"),
        ({"label": "insult", "points": -5}, "drop one, or it counts twice"),
        ({"from": "2026-13-01"}, "which is no day"),
        ({"from": "2026-03-01", "to": "2026-02-01"}, "before it begins"),
        ({"colour": "red"}, "unknown key 'colour'"),
    ],
)
def test_refusals(tmp_path, change, complaint):
    rules, problems = book(tmp_path, rule(**change))
    assert not rules.rules
    (problem,) = problems
    assert complaint in problem
    file, line, _ = problem.split(":", 2)
    assert file.endswith("rules.yaml")
    assert 1 <= int(line) <= len((tmp_path / "rules.yaml").read_text(encoding="utf-8").splitlines())


def test_a_second_rule_of_an_id_is_refused_and_the_first_stays(tmp_path):
    rules, (problem,) = book(tmp_path, rule(), rule(zh="另一条"))
    assert [each.zh for each in rules.rules] == ["规则"]
    assert "is taken by line 1" in problem


def test_the_line_of_a_mistake_is_its_own(tmp_path):
    path = tmp_path / "rules.yaml"
    path.write_text("- id: r\n  zh: 规\n  criterion: politeness.wording\n  when:\n    regex: '('\n", encoding="utf-8")
    (problem,) = read_rules(path, known())[1]
    assert problem.startswith(f"{path}:5: ")


def test_loading_stops_at_the_first_problem_and_counts_the_rest(tmp_path):
    book(tmp_path, rule(zh=None), rule(id="s", criterion="x"))
    with pytest.raises(LexiconError, match=r"rule 'r' needs text for 'zh'.*and 1 more"):
        load_rules(tmp_path / "rules.yaml", known())


def test_no_file_is_no_rules_and_the_version_is_the_content(tmp_path):
    assert read_rules(tmp_path / "rules.yaml", known())[0].rules == ()
    one = book(tmp_path, rule())[0].version
    assert one != book(tmp_path, rule(points=-1))[0].version
    assert one == book(tmp_path, rule())[0].version


@pytest.mark.parametrize(
    ("pattern", "runs_away"),
    [
        ("(a+)+", True),
        ("(a*)*b", True),
        ("((ab)*c)+", True),
        ("(?:[a-z]+,)*", True),
        ("(a{2,})+", True),
        ("(a+b)?c+", False),
        ("(ab)+", False),
        (r"(\+a)+", False),
        ("[(+]+a", False),
        ("[]+)]+(a)+", False),
        ("(a{1,3})+", False),
        ("(?<年>[0-9])+", False),
    ],
)
def test_nested_repetition_is_seen(pattern, runs_away):
    assert repeats_repeats(pattern) is runs_away


def test_an_expression_that_cannot_be_compiled_is_told_where():
    with pytest.raises(RegexError, match="at character"):
        compiled("甲(乙")


def test_the_shipped_rules_come_out_as_their_dialogues_say():
    rules, problems = read_rules(LEXICONS / "rules.yaml", known())
    assert problems == ()
    finder, segmenter = reading()
    failed = failed_trials(rules, finder, segmenter, Settings())
    assert [(each.rule.id, each.trial.line, each.came_out) for each in failed] == []
    for each in rules.rules:
        kinds = [trial.expected for trial in each.trials]
        assert kinds.count("hit") >= 2
        assert kinds.count("miss") >= 2


def test_a_dialogue_that_comes_out_otherwise_is_told(tmp_path):
    rules, _ = book(tmp_path, rule(tests={"hit": ["坐席：甲", "坐席：乙"], "miss": ["坐席：甲"]}))
    finder, segmenter = reading()
    failed = failed_trials(rules, finder, segmenter, Settings())
    assert [(each.trial.expected, each.came_out) for each in failed] == [("hit", "miss"), ("miss", "hit")]


def test_explaining_a_rule(tmp_path):
    entry = rule(
        zh="抱怨后未致歉",
        severity="重",
        points=-5,
        once=False,
        source="质检细则",
        each="抱怨",
        conditions={
            "抱怨": {"keywords": {"any": ["投诉", "[太|真]差"]}, "role": "customer", "in": {"first_turns": 5}},
            "致歉": {"label": ["apology"], "after": {"of": "抱怨", "turns": 2}},
        },
        when={"not": "致歉"},
        tests=TESTS,
        **{"from": "2026-03-01"},
    )
    (explained,) = book(tmp_path, entry)[0].rules
    assert explain_rule(explained, NAMES).splitlines() == [
        "抱怨后未致歉（r）",
        "性质：禁用，程度重，归入「用语规范」",
        "依据：质检细则",
        "条件〔抱怨〕：在前 5 句内，客户说到任意一个：「投诉」、「太差」",
        "条件〔致歉〕：在〔抱怨〕任意一处之后 2 句内，坐席用语被识别为「致歉」",
        "命中：逐处判断〔抱怨〕的每一处：并非 〔致歉〕",
        "计分：用语规范扣 5 分，每处都计",
        "适用：2026-03-01 起的通话",
        "命中示例：",
        "  坐席：甲",
    ]


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"silence": {"above": 5, "between": "different"}}, "坐席开口前换人说话之间静音超过 5 秒"),
        ({"speed": {"above": 300, "average": True}}, "坐席平均语速超过 300 字/分（短于 4 字不算）"),
        ({"overlap": {"above": 2}}, "坐席抢话：对方已说 1 秒以上，重叠 2 秒以上，不少于 4 字"),
        ({"loudness": {"of": "jump", "above": 10}}, "坐席音量比同一人前一句高出超过 10 dB"),
        ({"duration": {"above": 600, "below": 900}}, "通话时长超过 600 秒且低于 900 秒"),
        ({"turn_length": {"above": 90}, "every": True}, "坐席每一句都一句话超过 90 字"),
        ({"entity": ["money", "phone"], "role": "any"}, "任一方说到金额、电话号码"),
        ({"similar": {"to": ["您好"]}}, "坐席与例句「您好」相似度不低于 80%"),
        (
            {"repeat": {"said": 3}, "times": 2},
            "坐席3 句内第 3 次说相似的话（相似度不低于 60%，短于 5 字不算），至少 2 处",
        ),
        ({"regex": {"match": "甲", "unless": "乙"}}, "坐席文字符合正则「甲」且同句不符合「乙」"),
        ({"keywords": {"of": ["甲", "乙", "丙"], "at_least": 2}}, "坐席至少说到 2 个：「甲」、「乙」、「丙」"),
        ({"keywords": {"none": ["甲"]}, "in": {"last_turns": 2, "of": "call"}}, "在全通最后 2 句内，坐席没有说「甲」"),
        ({"turn": "question", "in": {"first_seconds": 30}}, "在前 30 秒内，坐席提问"),
    ],
)
def test_conditions_told(tmp_path, when, told):
    (explained,) = book(tmp_path, rule(when=when))[0].rules
    assert f"命中：{told}" in explain_rule(explained, NAMES).splitlines()
