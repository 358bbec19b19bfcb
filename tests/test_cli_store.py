"""``qinhe store`` and ``qinhe sample`` as people run them: without a terminal nothing is asked and nothing is done by mistake."""

import csv
import json

import openpyxl
import pytest
from scorecards import acoustics, scorecard
from typer.testing import CliRunner

from cli.main import app
from pipeline.errors import StoreError
from pipeline.schema import Inspection
from pipeline.store.repository import Store

TODAY = "2025-05-01"


@pytest.fixture
def url(tmp_path):
    url = f"sqlite:///{tmp_path}/qinhe.sqlite"
    with Store(url) as store:
        for number in range(12):
            card = scorecard(str(number), agent_id=f"800{number % 3}", day=number + 1, score=40.0 + 4 * number)
            store.save_scorecard(card, acoustics())
    return url


def run(*arguments):
    result = CliRunner().invoke(app, [str(each) for each in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_backup_and_restore(url, tmp_path):
    copy, restored = tmp_path / "copy.sqlite", f"sqlite:///{tmp_path}/restored.sqlite"
    assert run("store", "backup", copy, "--store", url)[0] == 0
    assert run("store", "backup", copy, "--store", url)[0] == 2, "an earlier backup is never overwritten"
    assert run("store", "restore", copy, "--store", restored)[0] == 0
    assert "calls: 12, of 3 agents" in run("store", "info", "--store", restored)[1]
    with pytest.raises(StoreError, match="is not empty"):
        run("store", "restore", copy, "--store", url)


def test_purge_needs_a_yes_and_a_condition(url):
    assert run("store", "purge", "--store", url)[0] == 2
    assert run("store", "purge", "--before", "2025-03-05", "--store", url)[0] == 2
    assert "4 calls" in run("store", "purge", "--before", "2025-03-05", "--dry-run", "--store", url)[1]
    assert "calls: 12" in run("store", "info", "--store", url)[1]
    assert run("store", "purge", "--before", "2025-03-05", "--yes", "--store", url)[0] == 0
    _, printed = run("store", "info", "--store", url)
    assert "calls: 8" in printed and "only sums by month are kept: 4" in printed


def test_sums_of_forgotten_calls_can_be_read(url, tmp_path):
    file = tmp_path / "months.csv"
    assert run("store", "months", file, "--store", url)[0] == 2, "nothing was forgotten yet"
    run("store", "purge", "--before", "2025-03-08", "--yes", "--store", url)
    assert run("store", "months", file, "--agent", "8000", "--store", url)[0] == 0
    with file.open(encoding="utf-8-sig") as lines:
        rows = {row["scale"]: row for row in csv.DictReader(lines)}
    total = rows["affinity"]
    assert (total["agent_id"], total["month"], total["calls"], total["abstained"]) == ("8000", "2025-03", "3", "0")
    assert (float(total["mean"]), float(total["standard_deviation"])) == (52.0, 12.0)


def drawn(url, out, *more):
    return run(
        *("sample", "--per-agent", 1, "--worst", 2, "--doubtful", 1, "--day", TODAY),
        *("--out", out, "--store", url, *more),
    )


def test_sample_is_the_same_in_every_format(url, tmp_path):
    for kind in ("csv", "jsonl", "xlsx"):
        assert drawn(url, tmp_path / f"list.{kind}", "--format", kind)[0] == 0
    with (tmp_path / "list.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    objects = [json.loads(line) for line in (tmp_path / "list.jsonl").read_text(encoding="utf-8").splitlines()]
    book = openpyxl.load_workbook(tmp_path / "list.xlsx")
    cells = list(book["抽样"].iter_rows(min_row=2, values_only=True))
    book.close()
    ids = [row["recording_id"] for row in rows]
    assert len(ids) == len(set(ids)) == 6
    assert ids == [each["recording_id"] for each in objects] == [row[0] for row in cells]
    assert [each["reason"] for each in objects].count("worst") == 2
    assert {row[5] for row in cells} == {"得分最低", "把握最小", "随机抽取"}
    assert "affinity" not in objects[0], "nobody leans on the machine's score"


def test_a_day_is_drawn_once_unless_asked_again(url, tmp_path):
    assert drawn(url, tmp_path / "a.csv")[0] == 0
    assert drawn(url, tmp_path / "b.csv")[0] == 0, "the same draw once more changes nothing"
    with pytest.raises(StoreError, match="--again"):
        drawn(url, tmp_path / "c.csv", "--seed", 5, "--per-agent", 2)
    assert drawn(url, tmp_path / "c.csv", "--seed", 5, "--per-agent", 2, "--again")[0] == 0


def test_a_filled_list_tells_the_teams_level(url, tmp_path):
    drawn(url, tmp_path / "list.jsonl", "--format", "jsonl")
    assert run("sample", "--results", "--day", TODAY, "--store", url)[0] == 2, "nobody has heard a call yet"
    calls = [json.loads(line) for line in (tmp_path / "list.jsonl").read_text(encoding="utf-8").splitlines()]
    with Store(url) as store:
        store.save_inspections([Inspection(call["recording_id"], "王", "affinity", 60.0) for call in calls])
    status, printed = run("sample", "--results", "--day", TODAY, "--store", url)
    assert status == 0
    team = next(line for line in printed.splitlines() if "全队" in line)
    assert "12" in team and "6 / 6" in team and "60.0" in team
