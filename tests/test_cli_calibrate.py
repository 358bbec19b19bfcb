"""``qinhe calibrate`` and ``qinhe agreement`` from the outside, on calls scored from transcripts."""

import csv
import json
import shutil
from pathlib import Path

import pytest
from calls import EXEMPLARY, PLAIN, POOR, WAITING

from pipeline.batch import run as score_all
from pipeline.intake import find_sources
from pipeline.settings import Settings
from pipeline.store.repository import Store

KINDS = (EXEMPLARY, PLAIN, POOR, WAITING)
CALLS = 12
BIAS = {"李": 9.0, "王": -9.0}


@pytest.fixture(autouse=True)
def wide(monkeypatch, tmp_path):
    """Tables as on a wide terminal, and no settings of the folder that the tests run in."""
    monkeypatch.setattr("cli.console.out.width", 200)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def scored(tmp_path_factory) -> Path:
    """Twelve calls of four kinds, scored from their transcripts."""
    folder = tmp_path_factory.mktemp("night")
    for i in range(CALLS):
        turns = [
            {"role": line[0], "start_s": 5.0 * n, "end_s": 5.0 * n + 4, "text": line[1]}
            for n, line in enumerate((*KINDS[i % 4], ("customer", f"好的，{i}。")))
        ]
        content = json.dumps({"agent_id": f"80{i % 3}", "turns": turns}, ensure_ascii=False)
        (folder / f"call{i:02}.json").write_text(content, encoding="utf-8")
    settings = Settings(store_url=f"sqlite:///{folder / 'q.sqlite'}")
    sources = find_sources([folder], manifest=None, settings=settings, transcripts=True)
    with Store(settings.store_url) as kept:
        assert score_all(sources, store=kept, settings=settings, transcripts=True).scored == CALLS
    return folder / "q.sqlite"


@pytest.fixture
def store(scored, tmp_path) -> str:
    """A copy of the scored calls that a test may write to."""
    return f"sqlite:///{shutil.copy(scored, tmp_path)}"


@pytest.fixture
def sheet(tmp_path, store) -> Path:
    """Both inspectors on all calls: thirty points kinder at the bottom of a criterion, each with a bias."""
    with Store(store) as kept:
        cards = list(kept.scorecards())
    rows = [
        [Path(card.recording.path).name, name, "流程全面", min(100, round(40 + 0.6 * each.score + bias))]
        for card in cards
        for each in card.criteria
        for name, bias in BIAS.items()
        if each.criterion == "politeness.process"
    ]
    return write(tmp_path / "scores.csv", rows)


def write(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["录音", "质检员", "准则", "分数"], *rows])
    return path


def test_a_calibration_is_fitted_used_and_named(qinhe, store, sheet, tmp_path, monkeypatch):
    fitted = tmp_path / "fitted.json"
    status, printed, complaints = qinhe("calibrate", sheet, "--out", fitted, "--store", store)
    assert status == 0, complaints
    assert f"{2 * CALLS} scores, {2 * CALLS} of them new" in printed
    assert "评分表自身的分值，未经校准" in printed
    assert "收缩直线" in printed
    assert "不足 8 通，保持原分" in printed
    kept = json.loads(fitted.read_text(encoding="utf-8"))
    assert kept["card"]["inspectors"]["李"]["bias"] > 3
    assert [name for name, each in kept["criteria"].items() if each["kept"]] == ["politeness.process"]

    monkeypatch.setenv("QINHE_CALIBRATION", str(fitted))
    with Store(store) as before:
        plain = {card.recording.id: card for card in before.scorecards()}
    assert all(card.versions.calibration is None for card in plain.values())
    assert qinhe("rescore", "--store", store)[0] == 0
    with Store(store) as after:
        for card in after.scorecards():
            assert card.versions.calibration == kept["version"]
            scores = {each.criterion: each.score for each in card.criteria}
            raw = {each.criterion: each.score for each in plain[card.recording.id].criteria}
            assert {name for name in raw if scores[name] != raw[name]} <= {"politeness.process"}
        assert any(card.affinity != plain[card.recording.id].affinity for card in after.scorecards())

    again = tmp_path / "again.json"
    status, printed, _ = qinhe("calibrate", sheet, "--out", again, "--store", store)
    assert "0 of them new or changed" in printed
    assert json.loads(again.read_text(encoding="utf-8"))["version"] == kept["version"]


def test_scores_that_agree_with_the_machine_leave_the_rubric_alone(qinhe, store, tmp_path):
    with Store(store) as kept:
        rows = [
            [card.recording.id, "李", "流程全面", each.score]
            for card in kept.scorecards()
            for each in card.criteria
            if each.criterion == "politeness.process"
        ]
    sheet = write(tmp_path / "same.csv", rows)
    sheet.write_text(sheet.read_text(encoding="utf-8-sig").replace("录音,", "录音编号,"), encoding="utf-8")
    status, printed, _ = qinhe("calibrate", sheet, "--out", tmp_path / "c.json", "--store", store)
    assert status == 0
    assert "没有一项准则因校准而确实改善" in printed
    assert "没有确实改善，保持原分" in printed


def test_agreement_names_the_criterion_the_inspectors_and_the_scale(qinhe, store, sheet):
    status, printed, _ = qinhe("agreement", sheet, "--store", store)
    assert status == 0
    assert "质检员与机器" in printed
    assert "请先看" in printed
    assert "流程全面（α" in printed
    assert "李 与同事相比偏宽 +1" in printed
    assert "王 与同事相比偏严 -1" in printed
    assert "未达到校准要求（85% 的评分相差不超过 10 分）：流程全面" in printed
    assert "未经校准" in printed
    assert qinhe("agreement", "--store", store)[1].endswith(printed[printed.index("质检员之间") :][-200:])


def test_few_scores_are_said_and_not_counted(qinhe, store, tmp_path):
    sheet = write(tmp_path / "few.csv", [["call00.json", "李", "总分", 80], ["call00.json", "王", "总分", 70]])
    status, printed, _ = qinhe("agreement", sheet, "--store", store)
    assert status == 0
    assert "不足 10 通" in printed
    assert "α 0" not in printed


WRONG = [
    (("calibrate", "gone.csv"), "gone.csv: cannot be read"),
    (("calibrate", "bad.csv"), "bad.csv:3: score '120' is not a number from 0 to 100"),
    (("agreement", "bad.csv"), "bad.csv:3"),
    (("agreement",), "the store holds no inspectors' scores"),
    (("calibrate", "unjudged.csv"), "the machine abstained from all"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG)
def test_wrong_use_is_one_clear_line_and_keeps_nothing(qinhe, store, tmp_path, arguments, message):
    write(tmp_path / "bad.csv", [["call00.json", "李", "总分", 80], ["call01.json", "李", "总分", 120]])
    write(tmp_path / "unjudged.csv", [["call00.json", "李", "语音亲切", 80]])
    status, _, complaints = qinhe(*arguments, "--store", store)
    assert status == 2
    assert message in complaints
    assert len([line for line in complaints.splitlines() if line.startswith("qinhe:")]) == 1
    with Store(store) as kept:
        assert len(kept.inspections()) == ("unjudged.csv" in arguments)


def test_a_calibration_of_another_rubric_stops_before_the_work(qinhe, store, tmp_path, monkeypatch):
    (tmp_path / "old.json").write_text('{"rubric": "0123", "criteria": {}}', encoding="utf-8")
    monkeypatch.setenv("QINHE_CALIBRATION", str(tmp_path / "old.json"))
    status, _, complaints = qinhe("rescore", "--store", store)
    assert status == 2
    assert "was fitted for rubric 0123" in complaints
    monkeypatch.delenv("QINHE_CALIBRATION")
    assert qinhe("rescore", "--dry-run", "--calibration", tmp_path / "old.json", "--store", store)[0] == 2
    assert qinhe("rescore", "--dry-run", "--store", store)[0] == 0
