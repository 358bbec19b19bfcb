"""The command from the outside: what it prints, writes and returns, with good input and with bad."""

import copy
import csv
import json
import shutil
import sys
from pathlib import Path

import openpyxl
import pytest
import yaml
from sounds import hold_music, silence, tone, write_wav

from cli.main import run
from pipeline.settings import Settings

CALLS = Path(__file__).parent / "data" / "calls"


BAD_FILES = {
    "empty.wav": "is empty",
    "text.wav": "not audio",
    "truncated.wav": "truncated",
    "blink.wav": "lasts 0.20 s",
    "six.wav": "6 channels",
    "silence.wav": "no speech",
    "music.wav": "no speech",
}


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """A folder as a night shift finds it: one good call between files that are none."""
    folder = tmp_path_factory.mktemp("night")
    shutil.copy(CALLS / "d14.wav", folder / "8021_20260301093000.wav")
    (folder / "empty.wav").touch()
    (folder / "text.wav").write_text("这不是录音\n" * 100, encoding="utf-8")
    whole = (CALLS / "d01.wav").read_bytes()
    (folder / "truncated.wav").write_bytes(whole[: len(whole) // 2])
    write_wav(folder / "blink.wav", tone(0.2))
    write_wav(folder / "six.wav", *(tone(3) for _ in range(6)))
    write_wav(folder / "silence.wav", silence(60), silence(60))
    write_wav(folder / "music.wav", hold_music(30))
    return folder


@pytest.fixture(scope="module")
def scored(night, tmp_path_factory):
    """The night's result: exit status, output, complaints, and the folder of results."""
    out = tmp_path_factory.mktemp("out") / "results"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["qinhe", "score", str(night), "--out", str(out)])
        with pytest.raises(SystemExit) as stopped:
            run()
    return stopped.value.code, out


def cards(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_bad_files_fail_alone_and_the_rest_is_scored(scored, qinhe, night):
    status, out = scored
    assert status == 1
    assert [Path(card["path"]).name for card in cards(out / "scorecards.jsonl")] == ["8021_20260301093000.wav"]
    again, printed, complaints = qinhe("score", night, "--out", out)
    assert again == 1
    assert "scored 0, already there 1, failed 7" in printed
    for name, message in BAD_FILES.items():
        assert any(name in line and message in line for line in complaints.splitlines()), (name, complaints)
    assert "Traceback" not in complaints


def test_sources_are_never_changed(scored, night):
    assert (night / "empty.wav").stat().st_size == 0
    assert (night / "8021_20260301093000.wav").read_bytes() == (CALLS / "d14.wav").read_bytes()


def test_the_scorecard_keeps_the_contract(scored):
    (card,) = cards(scored[1] / "scorecards.jsonl")
    assert card["agent_id"] == "8021"
    assert card["started_at"] == "2026-03-01T09:30:00"
    assert card["roles"]["method"] == "channel"
    assert card["roles"]["withheld"] is False
    assert card["opening"]["complete"]
    assert len(card["criteria"]) == 15
    for finding in card["findings"]:
        text = card["turns"][finding["turn"]]["text"]
        assert finding["quote"] == text[finding["char_start"] : finding["char_end"]]
    for score in (*card["dimensions"].values(), card["affinity"], *card["criteria"].values()):
        if score["score"] is not None:
            assert 0 <= score["low"] <= score["score"] <= score["high"] <= 100


def test_pages_sheets_and_tables_are_there(scored):
    out = scored[1]
    index = (out / "report" / "index.html").read_text(encoding="utf-8")
    assert "8021" in index
    assert "http://" not in index.replace("http://www.w3.org", "")
    book = openpyxl.load_workbook(out / "inspection.xlsx")
    assert {"通话", "发现", "坐席"} <= set(book.sheetnames)
    with (out / "agents.csv").open(encoding="utf-8-sig") as file:
        assert len(list(csv.DictReader(file))) == 1


def test_exports_are_masked_unless_a_reason_is_given(scored, qinhe, tmp_path):
    store = f"sqlite:///{scored[1] / 'qinhe.sqlite'}"
    assert qinhe("export", "turns", "--unmasked", "--out", tmp_path / "t.jsonl", "--store", store)[0] == 2
    assert qinhe("export", "turns", "--out", tmp_path / "masked.jsonl", "--store", store)[0] == 0
    arguments = ("--unmasked", "--reason", "measurement", "--out", tmp_path / "plain.jsonl", "--store", store)
    assert qinhe("export", "turns", *arguments)[0] == 0
    masked, plain = cards(tmp_path / "masked.jsonl"), cards(tmp_path / "plain.jsonl")
    assert [len(turn["text"]) for turn in masked] == [len(turn["text"]) for turn in plain]
    assert any("＊" in turn["text"] for turn in masked)
    assert not any("＊" in turn["text"] for turn in plain)


@pytest.mark.parametrize("kind", ["scorecards", "agents", "turns"])
@pytest.mark.parametrize("file_format", ["jsonl", "csv", "parquet", "xlsx"])
def test_every_export_writes(scored, qinhe, tmp_path, kind, file_format):
    store = f"sqlite:///{scored[1] / 'qinhe.sqlite'}"
    out = tmp_path / f"x.{file_format}"
    status, _, complaints = qinhe("export", kind, "--format", file_format, "--out", out, "--store", store)
    assert (status, complaints) == (0, "")
    assert out.stat().st_size > 0


def test_reports_of_one_call_and_one_agent(scored, qinhe, tmp_path):
    store = f"sqlite:///{scored[1] / 'qinhe.sqlite'}"
    (card,) = cards(scored[1] / "scorecards.jsonl")
    assert qinhe("report", "call", card["recording_id"][:10], "--out", tmp_path, "--store", store)[0] == 0
    assert qinhe("report", "agent", "8021", "--out", tmp_path, "--store", store)[0] == 0
    status, _, complaints = qinhe("report", "agent", "9999", "--out", tmp_path, "--store", store)
    assert status == 1
    assert "9999" in complaints


def test_rescoring_without_changes_changes_nothing(scored, qinhe):
    store = f"sqlite:///{scored[1] / 'qinhe.sqlite'}"
    status, printed, _ = qinhe("rescore", "--dry-run", "--store", store)
    assert status == 0
    assert "0 calls would change" in printed


def test_a_back_test_says_what_another_rubric_would_change(scored, qinhe, tmp_path):
    rubric = yaml.safe_load((Settings().lexicons_dir / "rubric.yaml").read_text(encoding="utf-8"))
    for criterion in rubric["criteria"].values() if isinstance(rubric["criteria"], dict) else rubric["criteria"]:
        criterion["start"] = 10
    (tmp_path / "harsh.yaml").write_text(yaml.safe_dump(rubric, allow_unicode=True), encoding="utf-8")
    store = f"sqlite:///{scored[1] / 'qinhe.sqlite'}"
    listed, back_test = (
        tmp_path / "changes.csv",
        ("rescore", "--dry-run", "--rubric", tmp_path / "harsh.yaml", "--store", store),
    )
    status, printed, _ = qinhe(*back_test, "--list", listed)
    assert status == 0
    assert "1 calls would change; nothing was kept" in printed
    ((call, _, before, after, change, *bands),) = list(csv.reader(listed.read_text("utf-8-sig").splitlines()))[1:]
    assert call in {card["recording_id"] for card in cards(scored[1] / "scorecards.jsonl")}
    assert float(after) - float(before) == pytest.approx(float(change), abs=0.06)
    assert all(f" {band} " in printed.split("等级变动")[-1] for band in bands)
    assert qinhe(*back_test, "--list", tmp_path / "gone" / "changes.csv")[0] == 2
    assert qinhe("rescore", "--dry-run", "--store", store)[1].startswith("0 calls")


USAGE = [
    (("score", "nowhere"), "no such file or folder"),
    (("score",), "nothing to score"),
    (("score", ".", "--manifest", "gone.csv"), "cannot be read"),
    (("score", "d14.wav", "--engine", "magic"), "magic"),
    (("score", "d14.wav", "--workers", "0"), "workers"),
    (("score", "d14.wav", "--ray", "127.0.0.1:1"), "no Ray cluster"),
    (("review", "--host", "0.0.0.0"), "--behind-proxy"),
    (("users", "add", "li", "--role", "admin"), "--password-stdin"),
    (("rescore", "--rubric", "gone.yaml"), "gone.yaml"),
    (("lexicon", "check", "--lexicons", "gone"), "gone"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_wrong_use_is_one_clear_line(qinhe, tmp_path, monkeypatch, arguments, message):
    shutil.copy(CALLS / "d14.wav", tmp_path / "d14.wav")
    monkeypatch.chdir(tmp_path)
    status, _, complaints = qinhe(*arguments)
    assert status == 2
    assert message in complaints
    assert len([line for line in complaints.splitlines() if line.startswith("qinhe:")]) == 1


def test_an_empty_folder_is_said(qinhe, tmp_path):
    status, _, complaints = qinhe("score", tmp_path)
    assert status == 2
    assert "no recording in this folder" in complaints


def test_output_that_cannot_be_written(qinhe, tmp_path):
    (tmp_path / "file").touch()
    status, _, complaints = qinhe("score", CALLS / "d14.wav", "--out", tmp_path / "file" / "results")
    assert status == 2
    assert "cannot be made" in complaints


def lexicon_with(tmp_path: Path, name: str, change) -> Path:
    folder = tmp_path / "lexicons"
    shutil.copytree(Settings().lexicons_dir, folder, ignore=shutil.ignore_patterns("corpus"))
    data = yaml.safe_load((folder / name).read_text(encoding="utf-8"))
    change(data)
    (folder / name).write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def set_first(key: str, value: object):
    return lambda entries: entries[0].__setitem__(key, value)


BAD_LEXICONS = [
    (set_first("label", "kindness"), "check", "kindness"),
    (lambda entries: entries.append(copy.deepcopy(entries[0])), "check", "taken"),
    (set_first("examples", {"hit": ["完全不相干的话"], "miss": ["别的"]}), "test", "expected hit"),
]


@pytest.mark.parametrize(("change", "command", "message"), BAD_LEXICONS)
def test_bad_lexicons_are_refused_with_file_and_line(qinhe, tmp_path, change, command, message):
    folder = lexicon_with(tmp_path, "standard.yaml", change)
    status, _, complaints = qinhe("lexicon", command, "--lexicons", folder)
    assert status == 2
    line = next(line for line in complaints.splitlines() if message in line)
    assert "standard.yaml:" in line


def test_a_rubric_whose_weights_do_not_add_up(qinhe, tmp_path):
    def lighten(rubric):
        criteria = rubric["criteria"]
        first = next(iter(criteria.values())) if isinstance(criteria, dict) else criteria[0]
        first["weight"] = 0.01

    folder = lexicon_with(tmp_path, "rubric.yaml", lighten)
    status, _, complaints = qinhe("rescore", "--lexicons", folder, "--store", f"sqlite:///{tmp_path / 's.sqlite'}")
    assert status == 2
    assert "rubric.yaml" in complaints
    assert "sum" in complaints


def test_shipped_lexicons_pass_their_own_tests(qinhe):
    assert qinhe("lexicon", "check")[0] == 0
    assert qinhe("lexicon", "test")[0] == 0


def test_lexicons_survive_a_round_trip_through_a_sheet(qinhe, tmp_path):
    assert qinhe("lexicon", "export", tmp_path / "lists.xlsx")[0] == 0
    assert qinhe("lexicon", "import", tmp_path / "lists.xlsx", "--out", tmp_path / "back")[0] == 0
    shipped = Settings().lexicons_dir
    for name in ("standard.yaml", "forbidden.yaml"):
        before, after = (
            yaml.safe_load((folder / name).read_text(encoding="utf-8")) for folder in (shipped, tmp_path / "back")
        )
        assert before == after


def test_doctor_and_models_answer(qinhe):
    status, printed, _ = qinhe("doctor")
    assert status == 0
    assert "faster-whisper" in printed
    status, printed, _ = qinhe("models", "list")
    assert status == 0
    assert "base" in printed
    assert qinhe("models", "verify", "base")[0] == 0


def test_transcripts_are_scored_without_a_recogniser(qinhe, tmp_path):
    lines = [
        "您好，工号一二零五，请问有什么可以帮您？",
        "我想查话费。",
        "好的，请您稍等。",
        "谢谢。",
        "请问还有其他可以帮您的吗？感谢来电，再见。",
    ]
    turns = [
        {"role": ("agent", "customer")[i % 2], "start_s": 5.0 * i, "end_s": 5.0 * i + 4, "text": line}
        for i, line in enumerate(lines)
    ]
    (tmp_path / "a.json").write_text(
        json.dumps({"agent_id": "77", "turns": turns}, ensure_ascii=False), encoding="utf-8"
    )
    (tmp_path / "b.json").write_text("{", encoding="utf-8")
    status, printed, complaints = qinhe("score", tmp_path, "--transcripts", "--out", tmp_path / "out")
    assert status == 1
    assert "scored 1" in printed
    assert "b.json" in complaints
    (card,) = cards(tmp_path / "out" / "scorecards.jsonl")
    assert (card["agent_id"], card["roles"]["method"]) == ("77", "given")
    assert card["opening"]["complete"]
    assert card["closing"]["complete"]
    assert card["criteria"]["politeness.warm_voice"]["abstained"]
