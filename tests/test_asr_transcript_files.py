import json
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.asr import transcript_files
from pipeline.asr.transcript_files import read_transcript
from pipeline.errors import TranscriptError
from pipeline.schema import Role, Span, Turn, Word


@pytest.fixture
def read(tmp_path):
    """Reads a transcript from its content: text, bytes, or what becomes JSON."""

    def reader(content, name="call.json"):
        path = tmp_path / name
        if not isinstance(content, str | bytes):
            content = json.dumps(content, ensure_ascii=False)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_transcript(path)

    return reader


def ours(*turns, **call):
    return {"turns": [{"role": "agent", "start_s": 0, "end_s": 1, "text": "您好"} | turn for turn in turns], **call}


def whisper(*segments):
    return {"language": "zh", "segments": [{"start": 0.0, "end": 1.0, "text": " 您好"} | item for item in segments]}


def lines(given):
    return [(turn.role.value, turn.span.start_s, turn.span.end_s, turn.text) for turn in given.turns]


def test_our_own_layout(read):
    given = read(
        ours(
            {"role": "customer", "start_s": 2.5, "end_s": 4, "text": "我要查話費"},
            {"text": "您好\u0000，\n请讲\u202e ", "end_s": 2.6},
            {"role": "unknown", "start_s": 3, "end_s": 3, "text": "嗯"},
            {"text": " \t"},
            agent_id="8012",
            started_at="2026-03-01T09:30:00",
        )
    )
    assert given.turns == (
        Turn(0, Role.AGENT, Span(0, 2.6), "您好， 请讲"),
        Turn(1, Role.CUSTOMER, Span(2.5, 4), "我要查話費", channel=1),
        Turn(2, Role.UNKNOWN, Span(3, 3), "嗯"),
    )
    assert (given.agent_id, given.started_at) == ("8012", datetime(2026, 3, 1, 9, 30))


@pytest.mark.parametrize("call", [{}, {"agent_id": None, "started_at": None}, {"agent_id": " ", "started_at": ""}])
def test_agent_and_time_may_be_unknown(read, call):
    given = read(ours({}, **call))
    assert (given.agent_id, given.started_at) == (None, None)


def test_whisper_json(read):
    given = read(whisper({"start": 1.0, "end": 2.0, "text": " 请讲"}, {}))
    assert lines(given) == [("unknown", 0.0, 1.0, "您好"), ("unknown", 1.0, 2.0, "请讲")]
    assert [turn.index for turn in given.turns] == [0, 1]


def word(text, at, **rest):
    return {"word": text, "start": at, "end": at + 0.5, "probability": 0.5} | rest


def test_whisper_words_that_join_to_the_text(read):
    turn = read(whisper({"text": " 您好 ", "words": [word(" 您", 0.0), word("好 ", 0.5, probability=1)]})).turns[0]
    assert turn.words == (Word("您", Span(0.0, 0.5), 0.5), Word("好", Span(0.5, 1.0), 1.0))
    assert "".join(each.text for each in turn.words) == turn.text
    assert turn.confidence == 0.75


@pytest.mark.parametrize(
    "words",
    [
        None,
        [],
        [word("您", 0.0)],
        [word(" 你", 0.0), word("好", 0.5)],
        [word(" 您", 0.0), {"word": "好"}],
    ],
)
def test_words_that_do_not_join_are_left_out(read, words):
    turn = read(whisper({"words": words})).turns[0]
    assert (turn.text, turn.words, turn.confidence) == ("您好", (), 1.0)


SRT = """1
00:00:00,500 --> 00:00:02,000
客服：您好，请问有什么可以帮您？

2
00:00:01,900 --> 00:00:04,000
客户: 我要
查话费

3
00:00:04,000 --> 00:00:05,000
嗯
"""

VTT = """WEBVTT - 通话
Kind: captions

NOTE 由系统导出

STYLE
::cue { color: red }

opening
00:00.500 --> 00:02.000 align:start
<v 客服 小王>您好，<b>请问</b>有什么可以帮您？</v>

01:00:01.900 --> 01:00:04.000
<v.loud Customer>我要 &lt;查&gt; 话费
"""


def test_srt(read):
    assert lines(read(SRT, "call.srt")) == [
        ("agent", 0.5, 2.0, "您好，请问有什么可以帮您？"),
        ("customer", 1.9, 4.0, "我要 查话费"),
        ("unknown", 4.0, 5.0, "嗯"),
    ]


def test_vtt(read):
    given = read(VTT, "call.vtt")
    assert lines(given) == [
        ("agent", 0.5, 2.0, "您好，请问有什么可以帮您？"),
        ("customer", 3601.9, 3604.0, "我要 <查> 话费"),
    ]
    assert [turn.channel for turn in given.turns] == [0, 1]


@pytest.mark.parametrize("change", [lambda t: t.replace("\n", "\r\n"), lambda t: "\ufeff" + t, lambda t: t.rstrip()])
@pytest.mark.parametrize("text", [SRT, VTT])
def test_line_ends_and_byte_order_marks_change_nothing(read, text, change):
    assert read(change(text), "call.txt") == read(text, "call.txt")


@pytest.mark.parametrize(
    ("said", "role", "text"),
    [
        ("坐席：您好", "agent", "您好"),
        ("座席1: 您好", "agent", "您好"),
        ("话务员:您好", "agent", "您好"),
        ("客服代表 8012：您好", "agent", "您好"),
        ("Agent: hello", "agent", "hello"),
        ("- 用户：你好", "customer", "你好"),
        ("【客户】你好", "customer", "你好"),
        ("CUSTOMER : hello", "customer", "hello"),
        ("<v 用户>你好</v>", "customer", "你好"),
        ("<v 李四>你好", "unknown", "你好"),
        ("<v Agentina>你好", "unknown", "你好"),
        ("李四：你好", "unknown", "李四：你好"),
        ("客服在吗", "unknown", "客服在吗"),
        ("客户经理：你好", "unknown", "客户经理：你好"),
        ("<c.yellow>你<00:00:01.000>好</c>{\\an8}", "unknown", "你好"),
    ],
)
def test_speakers_of_subtitles(read, said, role, text):
    turn = read(f"1\n00:00:00,000 --> 00:00:01,000\n{said}\n", "call.srt").turns[0]
    assert (turn.role.value, turn.text) == (role, text)


@pytest.mark.parametrize("said", ["客服：您好您好\n客户：你好", "<v 客服>您好您好</v> <v 客户>你好</v>"])
def test_speakers_of_one_cue_share_its_time(read, said):
    first, second = read(f"WEBVTT\n\n00:01.000 --> 00:04.000\n{said}\n", "call.vtt").turns
    assert (first.role, first.text, second.role, second.text) == (Role.AGENT, "您好您好", Role.CUSTOMER, "你好")
    assert 2.9 < first.span.end_s < 3.3
    assert (first.span.start_s, second.span) == (1.0, Span(first.span.end_s, 4.0))


def cue(times, text="您好"):
    return f"1\n{times}\n{text}\n"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty"),
        (b"\xff\xfe{", "is not UTF-8 at byte 0; save it as UTF-8"),
        ("您好".encode("gb18030"), "is not UTF-8"),
        ("您好", "no transcript of a known layout"),
        ('{"turns": [', ":1:12: is not valid JSON"),
        ('{"turns": ' + "[" * 200_000, "nested too deep"),
        ('{"turns": ' + "9" * 5000 + "}", "a number that cannot be read"),
        ([], "no transcript of a known layout"),
        ({"results": []}, "no transcript of a known layout"),
        ({"turns": {}}, "turns is {}; write a list"),
        ({"turns": ["您好"]}, "turns[0] is '您好'; write an object"),
        ({"turns": []}, "no turn has text"),
        (ours({"text": " "}), "no turn has text"),
        (ours({}, {"start_s": -1}), "turns[1].start_s is -1; write seconds"),
        (ours({"start_s": 2}), "turns[0].end_s is 1; it ends before start_s, 2"),
        (ours({"end_s": float("nan")}), "turns[0].end_s is nan; write seconds"),
        (ours({"end_s": float("inf")}), "turns[0].end_s is inf; write seconds"),
        (ours({"end_s": 10**400}), "turns[0].end_s is 1000"),
        (ours({"end_s": "1"}), "turns[0].end_s is '1'; write seconds"),
        (ours({"end_s": True}), "turns[0].end_s is True; write seconds"),
        ({"turns": [{"role": "agent", "start_s": 0, "text": "您好"}]}, "turns[0].end_s is missing"),
        (ours({"text": ["您好"]}), "turns[0].text is ['您好']; write a text"),
        (ours({"role": "boss"}), "turns[0].role is 'boss'; write one of agent, customer, unknown"),
        (ours({"role": None}), "turns[0].role is None"),
        (ours({}, agent_id=8012), "agent_id is 8012; write a text in double quotes"),
        (ours({}, started_at="昨天"), "started_at is '昨天'; write a time like"),
        (ours({}, started_at=20260301), "started_at is 20260301; write a text"),
        (whisper({"start": None}), "segments[0].start is None; write seconds"),
        (whisper({"text": 5}), "segments[0].text is 5; write a text"),
        (whisper({"words": "您好"}), "segments[0].words is '您好'; write a list"),
        (whisper({"words": [word(7, 0.0)]}), "segments[0].words[0].word is 7; write a text"),
        (whisper({"words": [word("您", -1.0)]}), "segments[0].words[0].start is -1.0"),
        (whisper({"words": [word("您", 0.0, probability=2)]}), "segments[0].words[0].probability is 2"),
        (cue("00:00:00,000 --> 00:00:01,000", ""), "no turn has text"),
        (cue("00:00:00,000 --> 00:00:01"), ":2: times cannot be read"),
        (cue("00:00:02,000 --> 00:00:01,000"), ":2: ends at 1 s before it starts at 2 s"),
        (cue("-00:00:01,000 --> 00:00:01,000"), ":2: a time is negative"),
        (cue("00:00:01,000 --> 00:61:01,000"), ":2: minutes and seconds go up to 59"),
        (cue("00:00:00,000 --> 00:00:01,000", "您好\n2\n00:00:01,000 --> 00:00:02,000"), ":5: times inside a cue"),
        (cue("00:00:00,000 --> 00:00:01,000") + "\n请讲\n", ":5: text without times"),
    ],
)
def test_what_cannot_be_read(read, tmp_path, content, complaint):
    with pytest.raises(TranscriptError) as error:
        read(content)
    assert str(error.value).startswith(str(tmp_path / "call.json"))
    assert complaint in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 400


def test_files_that_are_not_there(tmp_path):
    for path in (tmp_path / "none.json", tmp_path, tmp_path / "a\0b"):
        with pytest.raises(TranscriptError, match="cannot be read"):
            read_transcript(path)


def test_files_that_are_too_large(read, monkeypatch):
    monkeypatch.setattr(transcript_files, "MAX_BYTES", 1000)
    read(ours({"text": "好" * 100}))
    with pytest.raises(TranscriptError, match="larger than"):
        read(ours({"text": "好" * 400}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["turns", "segments", "words", "word", "role", "start", "end", "start_s", "end_s", "text"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)
PIECES = st.sampled_from(
    ["WEBVTT", "\n", "\n\n", "1", "00:00:01,000", "00:02.000", " --> ", "<v 客服>", "客户：", "您好", "NOTE", "-", "<"]
)
CONTENTS = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | JSON.map(lambda value: json.dumps({"turns": [value]}).encode())
    | JSON.map(lambda value: json.dumps({"segments": [value]}).encode())
    | st.lists(PIECES, max_size=20).map(lambda pieces: "".join(pieces).encode())
)


@given(content=CONTENTS)
@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_file_is_read_or_refused(read, content):
    try:
        given = read(content)
    except TranscriptError:
        return
    assert [turn.index for turn in given.turns] == list(range(len(given.turns)))
    assert all(turn.text.strip() == turn.text != "" for turn in given.turns)
    starts = [turn.span.start_s for turn in given.turns]
    assert starts == sorted(starts)


TURNS = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["agent", "customer", "unknown"]),
            "start_s": st.floats(0, 50),
            "end_s": st.floats(50, 90),
            "text": st.text(max_size=9),
        }
    ),
    min_size=1,
)


@given(turns=TURNS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_turn_with_text_is_kept(read, turns):
    content = json.dumps({"turns": [*turns, {"role": "agent", "start_s": 90, "end_s": 91, "text": "再见"}]})
    kept = lines(read(content))
    assert kept[-1] == ("agent", 90.0, 91.0, "再见")
    plain = [(t["role"], t["start_s"], t["end_s"], t["text"]) for t in turns if t["text"].isalnum()]
    assert sorted(plain) == sorted(line for line in kept[:-1] if line[3].isalnum() and line in plain)
