"""One table an operator: hit, miss, borderline, and what a recogniser makes of it."""

from dataclasses import replace

import pytest
from rulings import came_out, rule, verdict

from pipeline.schema import Roles


def agent(text):
    return f"坐席：{text}"


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        (["请问"], "请问您贵姓", "hit"),
        (["请问您"], "庆温您贵姓", "hit"),  # the recogniser's characters for the same sounds
        (["请问"], "问问您贵姓", "miss"),
        (["请问"], "庆温您贵姓", "miss"),  # two syllables alone may be another word
        ({"any": ["请问您"], "exact": True}, "庆温您贵姓", "miss"),
        ({"any": ["您"]}, "感谢您的来电", "hit"),  # a single character is searched as it is
        ({"any": ["为您[查询|核实]"]}, "马上为您核实", "hit"),
        ({"all": ["流量", "语音"]}, "套餐含流量和语音", "hit"),
        ({"all": ["流量", "语音"]}, "套餐含流量", "miss"),
        ({"of": ["流量", "语音", "宽带"], "at_least": 2}, "宽带和语音都有", "hit"),
        ({"of": ["流量", "语音", "宽带"], "at_least": 2}, "只有宽带", "miss"),
        ({"none": ["保证", "绝对"]}, "一般三天到账", "hit"),
        ({"none": ["保证", "绝对"]}, "我保证三天到账", "miss"),
        ({"any": ["投诉"], "meant": True}, "我们不会投诉您的", "miss"),
        ({"any": ["投诉"], "meant": True}, "要投诉请打这个电话", "hit"),
    ],
)
def test_keywords(tmp_path, spec, text, expected):
    assert came_out(tmp_path, rule(when={"keywords": spec}), agent(text)) == expected


def test_keywords_in_one_turn_or_across(tmp_path):
    across = "坐席：这个含流量。\n客户：嗯。\n坐席：那个含语音。"
    for one, expected in ((False, "hit"), (True, "miss")):
        entry = rule(when={"keywords": {"all": ["流量", "语音"], "in_one_turn": one}})
        assert came_out(tmp_path, entry, across) == expected


def test_little_trust_in_the_recogniser_makes_doubt(tmp_path):
    def mumbled(call):
        turns = tuple(replace(turn, confidence=0.05) for turn in call.turns)
        texts = tuple(replace(text, turn=turn) for text, turn in zip(call.texts, turns, strict=True))
        return replace(call, transcript=replace(call.transcript, turns=turns), texts=texts)

    near = rule(when={"keywords": ["请问您"]})
    assert came_out(tmp_path, near, agent("亲温您贵姓"), change=mumbled) == "doubtful"
    absent = rule(when={"not": {"keywords": ["再见"]}})
    assert came_out(tmp_path, absent, agent("好的没问题")) == "hit"
    assert came_out(tmp_path, absent, agent("好的没问题"), change=mumbled) == "doubtful"


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("blame", "那是您自己没看清楚协议", "hit"),
        ("blame", "您自己看清楚再签字就好", "miss"),
        (["blame", "apology"], "非常抱歉", "hit"),
    ],
)
def test_label(tmp_path, label, text, expected):
    assert came_out(tmp_path, rule(when={"label": label}), agent(text)) == expected


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        ("保证[^，。]{0,4}到账", "我保证三天到账", "hit"),
        ("保证[^，。]{0,4}到账", "我保证，到账很快", "miss"),
        ({"match": "保证", "unless": "不能保证"}, "这个不能保证", "miss"),
        ({"match": "保证", "unless": "不能保证"}, "这个我保证", "hit"),
        ("话費", "话费多少", "miss"),  # text is compared in simplified characters
        ("话费", "話費多少", "hit"),
    ],
)
def test_regex(tmp_path, spec, text, expected):
    assert came_out(tmp_path, rule(when={"regex": spec}), agent(text)) == expected


def test_a_runaway_regex_stops_itself_and_not_the_batch(tmp_path):
    slow = rule(when={"regex": "(?:a|aa|aaa|aaaa){1,300}b"})
    found = verdict(tmp_path, slow, agent("a" * 400))
    assert found.abstained is not None
    assert "过慢" in found.abstained


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("请问还有什么可以帮您", "hit"),
        ("好的，请问还有什么能帮您", "hit"),
        ("庆温还有什么可以帮您", "hit"),
        ("请问您的宽带号码", "miss"),
    ],
)
def test_similar(tmp_path, text, expected):
    entry = rule(when={"similar": {"to": ["请问还有什么可以帮您"], "threshold": 0.8}})
    assert came_out(tmp_path, entry, agent(text)) == expected


def test_almost_similar_is_doubtful(tmp_path):
    entry = rule(when={"similar": {"to": ["请问还有什么可以帮您"], "threshold": 0.88}})
    assert came_out(tmp_path, entry, agent("请问还有什么能帮您")) == "doubtful"


REPEATED = "坐席：您的宽带号码是多少\n客户：五五六六\n坐席：宽带号码是多少呢\n客户：五五六六"


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        ({}, REPEATED, "hit"),
        ({"said": 3}, REPEATED, "miss"),
        ({"said": 3}, REPEATED + "\n坐席：您宽带号码是多少", "hit"),
        ({"except": ["宽带号码是多少"]}, REPEATED, "miss"),
        ({"min_chars": 12}, REPEATED, "miss"),
        ({"similarity": 1.0}, REPEATED, "miss"),
        ({"within": 1}, REPEATED.replace("\n坐席：宽", "\n坐席：我先查一下别的\n坐席：宽"), "miss"),
        ({"within": 0}, REPEATED.replace("\n坐席：宽", "\n坐席：我先查一下别的\n坐席：宽"), "hit"),
    ],
)
def test_repeat(tmp_path, spec, text, expected):
    assert came_out(tmp_path, rule(when={"repeat": spec}), text) == expected


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("money", "一共八十六块五", "hit"),
        ("money", "一共八十六个", "miss"),
        ("date", "下周三给您回复", "hit"),
        ("time", "两个工作日内给您回复", "hit"),
        ("time", "今天天气不错", "miss"),
        ("percent", "打八折", "hit"),
        ("phone", "电话是一三八一二三四五六七八", "hit"),
        ("phone", "请拨打一零零零零", "miss"),
        ("identity", "身份证是110101199003077758", "hit"),
        ("name", "机主是周小敏", "hit"),
        ("address", "住在和平路十八号三单元", "hit"),
        ("address", "请到营业厅办理", "miss"),
    ],
)
def test_entity(tmp_path, kind, text, expected):
    assert came_out(tmp_path, rule(when={"entity": kind}), agent(text)) == expected


WAIT = "坐席 0-2：我查一下\n客户 2.5-3：好\n坐席 9-11：查到了"


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        ({"above": 5}, WAIT, "hit"),
        ({"above": 6}, WAIT, "miss"),  # exactly 6 s is not above
        ({"above": 5, "between": "same"}, WAIT, "miss"),
        ({"above": 5, "between": "different"}, WAIT, "hit"),
        ({"above": 3, "first": True}, WAIT.replace("0-2", "4-6").replace("2.5-3", "6.5-7"), "hit"),
        ({"above": 3, "first": True}, WAIT, "miss"),
        ({"above": 5}, "坐席：我查一下\n坐席：查到了", "abstain"),
    ],
)
def test_silence(tmp_path, spec, text, expected):
    assert came_out(tmp_path, rule(when={"silence": spec}), text) == expected


CUT_IN = "客户 0-6：我昨天去营业厅他们说可以办理的\n坐席 4-7：您先别急听我说完"


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        ({"above": 1.0}, CUT_IN, "hit"),
        ({"above": 3.0}, CUT_IN, "miss"),
        ({"above": 1.0, "spoken_for": 5}, CUT_IN, "miss"),
        ({"above": 1.0, "min_chars": 12}, CUT_IN, "miss"),
        ({"above": 1.0}, CUT_IN.replace("您先别急听我说完", "嗯好的"), "miss"),
        ({"above": 1.0}, "坐席 0-2：您好\n坐席 2-3：请讲", "abstain"),
    ],
)
def test_overlap(tmp_path, spec, text, expected):
    assert came_out(tmp_path, rule(when={"overlap": spec}), text) == expected


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        ({"above": 300}, "坐席 0-2：这个套餐里含三十个流量", "hit"),  # 11 characters in 2 s: 330
        ({"above": 340}, "坐席 0-2：这个套餐里含三十个流量", "miss"),
        ({"below": 180}, "坐席 0-6：这个套餐里含三十个流量", "hit"),
        ({"above": 300, "min_chars": 20}, "坐席 0-2：这个套餐里含三十个流量", "miss"),
        ({"above": 300, "average": True}, "坐席 0-2：这个套餐里含三十个流量\n坐席 3-9：每个月一共是二十块", "miss"),
        ({"above": 300}, "坐席：这个套餐里含三十个流量", "abstain"),
    ],
)
def test_speed(tmp_path, spec, text, expected):
    assert came_out(tmp_path, rule(when={"speed": spec}), text) == expected


LOUD = "坐席 0-2 -30dB：您好\n坐席 3-5 -18dB：请讲\n坐席 6-8 -29dB：好的"


@pytest.mark.parametrize(
    ("spec", "text", "expected"),
    [
        ({"above": -20}, LOUD, "hit"),
        ({"above": -18}, LOUD, "miss"),
        ({"of": "jump", "above": 10}, LOUD, "hit"),
        ({"of": "jump", "above": 12}, LOUD, "miss"),
        ({"of": "span", "above": 11}, LOUD, "hit"),
        ({"of": "span", "above": 12}, LOUD, "miss"),
        ({"below": -35}, LOUD, "miss"),
        ({"above": -20}, "坐席 0-2：您好", "abstain"),
    ],
)
def test_loudness(tmp_path, spec, text, expected):
    assert came_out(tmp_path, rule(when={"loudness": spec}), text) == expected


@pytest.mark.parametrize(
    ("when", "text", "expected"),
    [
        ({"duration": {"above": 10}}, WAIT, "hit"),
        ({"duration": {"above": 11}}, WAIT, "miss"),
        ({"duration": {"below": 30}}, agent("您好"), "abstain"),
        ({"turn_length": {"above": 5}}, agent("一二三四五六"), "hit"),
        ({"turn_length": {"above": 6}}, agent("一二三，四五六。"), "miss"),  # punctuation is not spoken
        ({"turn_length": {"above": 1.5, "unit": "seconds"}}, WAIT, "hit"),
        ({"turns": {"above": 1}}, WAIT, "hit"),
        ({"turns": {"above": 2}}, WAIT, "miss"),
        ({"turns": {"above": 2}, "role": "any"}, WAIT, "hit"),
        ({"turn": "question"}, agent("您贵姓？"), "hit"),
        ({"turn": "question"}, agent("我姓周。"), "miss"),
        ({"turn": "statement"}, agent("嗯。"), "miss"),
    ],
)
def test_shape(tmp_path, when, text, expected):
    assert came_out(tmp_path, rule(when=when), text) == expected


def test_without_roles_nothing_about_roles_is_judged(tmp_path):
    def withheld(call):
        return replace(call, transcript=replace(call.transcript, roles=Roles("channel", 0.4, True, "不确定")))

    assert came_out(tmp_path, rule(when={"keywords": ["投诉"]}), agent("投诉"), change=withheld) == "abstain"
    anybody = rule(when={"keywords": ["投诉"], "role": "any"})
    assert came_out(tmp_path, anybody, agent("投诉"), change=withheld) == "hit"
