"""What an operator sees of a night: failures with remedies, a log without words, and only what is new."""

import csv
import io
import json
import os
from datetime import UTC, datetime, timedelta

import pytest
from nights import ReadyScorer, write_call, write_night

from cli.failures import split_error
from cli.since import parse_since
from pipeline.batch.journal import safe_reason
from pipeline.errors import InputError


@pytest.fixture
def qinhe(qinhe, monkeypatch, tmp_path):
    """The command on a wide terminal and a store of this test, with a scorer that hears nothing."""
    monkeypatch.setattr("cli.console.out.width", 200)
    monkeypatch.setattr("pipeline.batch.night.Scorer", ReadyScorer)
    monkeypatch.setenv("QINHE_STORE_URL", f"sqlite:///{tmp_path / 'q.sqlite'}")
    return qinhe


def listed(qinhe) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(qinhe("failures", "--format", "csv")[1])))


def test_a_failure_is_listed_set_aside_and_tried_again(qinhe, tmp_path):
    night = write_night(tmp_path / "calls", 1)
    assert qinhe("failures")[:2] == (0, "no failures\n")
    assert qinhe("score", night, "--transcripts")[0] == 1
    (row,) = listed(qinhe)
    assert (row["stage"], row["attempts"], row["state"]) == ("read", "1", "tried again next run")
    assert row["path"] == str(night / "broken0.json")
    assert "not valid JSON" in row["reason"]
    assert row["remedy"] == "export the transcript again"
    assert row["when"].startswith(f"{datetime.now():%Y-%m}")
    qinhe("score", night, "--transcripts")
    assert listed(qinhe)[0]["state"] == "set aside"
    status, printed, complaints = qinhe("score", night, "--transcripts")
    assert status == 1
    assert "scored 0, already there 1, failed 0" in printed
    assert "1 set aside" in complaints
    assert "set aside" in qinhe("failures")[1]
    assert qinhe("failures", "retry", row["recording_id"][:10])[1].startswith("1 to be tried again")
    assert listed(qinhe)[0]["state"] == "to be tried"
    write_call(night / "broken0.json", 5)
    assert qinhe("score", night, "--transcripts")[0] == 0
    assert listed(qinhe) == []


@pytest.mark.parametrize(("arguments", "status"), [((), 2), (("abc", "--all"), 2), (("abc",), 1)])
def test_what_to_try_again_must_be_clear(qinhe, arguments, status):
    assert qinhe("failures", "retry", *arguments)[0] == status


@pytest.mark.parametrize(
    ("error", "stage", "expected"),
    [
        ("is empty (0 bytes); copy it again", "read", ("is empty (0 bytes)", "copy it again")),
        ("odd; and odder; listen to it", "crash", ("odd; and odder", "listen to it")),
        ("plainly wrong", "decode", ("plainly wrong", "play it by hand; copy or export it again")),
    ],
)
def test_an_error_is_a_reason_and_a_remedy(error, stage, expected):
    assert split_error(error, stage) == expected


NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2h", NOW - timedelta(hours=2)),
        ("30m", NOW - timedelta(minutes=30)),
        ("1d", NOW - timedelta(days=1)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T22:00", datetime(2026, 3, 1, 22, tzinfo=UTC)),
        ("2026-03-01T22:00+08:00", datetime(2026, 3, 1, 14, tzinfo=UTC)),
    ],
)
def test_since_is_a_date_or_so_long_ago(text, expected):
    assert parse_since(text, NOW) == expected


@pytest.mark.parametrize("text", ["yesterday", "2w", "h", ""])
def test_since_must_be_understood(text):
    with pytest.raises(InputError, match="no date"):
        parse_since(text, NOW)


def test_only_what_is_new_is_scored(qinhe, tmp_path):
    night = write_night(tmp_path / "calls", 2, broken=0)
    os.utime(night / "0000.json", (1.6e9, 1.6e9))
    assert "scored 1, already there 0" in qinhe("score", night, "--transcripts", "--since", "2h")[1]
    os.utime(night / "0001.json", (1.6e9, 1.6e9))
    status, printed, _ = qinhe("score", night, "--transcripts", "--since", "2h")
    assert (status, "scored 0, already there 0, failed 0" in printed) == (0, True)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("/a/13812345678.wav: is empty; copy it", "recording: is empty; copy it"),
        ("/a/13812345678.wav: KeyError: '我要投诉'; please report", "recording: KeyError: …; please report"),
        ("/a/13812345678.wav: ValueError: 我姓周 18912345678; report", "recording: ValueError: … …; report"),
    ],
)
def test_a_logged_reason_holds_no_words_and_no_numbers_of_customers(error, expected):
    assert safe_reason(error, "/a/13812345678.wav") == expected


def test_the_log_tells_what_happened_and_no_words(qinhe, tmp_path):
    night = write_night(tmp_path / "13812345678投诉", 3)
    (night / "words.json").write_text('{"turns": [{"role": "我要投诉你们", "text": 1}]}', encoding="utf-8")
    log = tmp_path / "logs" / "night.jsonl"
    for _ in range(2):
        qinhe("score", night, "--transcripts", "--log", log)
    text = log.read_text(encoding="utf-8")
    events = [json.loads(line) for line in text.splitlines()]
    assert [each["event"] for each in events].count("scored") == 3
    assert [each["event"] for each in events].count("kept") == 3
    assert [each["event"] for each in events].count("failed") == 4
    assert events[-1] | {"time": ""} == {
        "time": "",
        "event": "ended",
        "scored": 0,
        "kept": 3,
        "failed": 2,
        "set_aside": 0,
    }
    assert all(len(each["recording_id"]) == 64 and each["seconds"] >= 0 for each in events if each["event"] == "scored")
    assert text.replace("…", "").isascii()
    assert "13812345678" not in text


def test_a_log_that_cannot_be_written_is_one_clear_line(qinhe, tmp_path):
    night = write_night(tmp_path / "calls", 1, broken=0)
    status, _, complaints = qinhe("score", night, "--transcripts", "--log", night / "0000.json" / "x.jsonl")
    assert status == 2
    assert "give another --log" in complaints
