"""Verdicts filled in by hand come back: through Excel's format, through LibreOffice, all or nothing, once."""

import shutil
import subprocess
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from scorecards import acoustics, scorecard
from typer.testing import CliRunner

from cli.main import app
from pipeline.people import Decision, Verdict, finding_key
from pipeline.reports.wording import chinese_words
from pipeline.settings import Settings
from pipeline.store.desk import Desk
from pipeline.store.repository import Store

SOFFICE = shutil.which("soffice")
CARDS = (scorecard("a"), scorecard("b", agent_id="8002", day=2))


@pytest.fixture
def url(tmp_path):
    address = f"sqlite:///{tmp_path}/q.sqlite"
    with Store(address) as store:
        for card in CARDS:
            store.save_scorecard(card, acoustics())
    return address


@pytest.fixture
def book(tmp_path, url):
    out = tmp_path / "inspection.xlsx"
    _run("export", "scorecards", "--format", "xlsx", "--out", out, "--pages", tmp_path / "pages", "--store", url)
    return out


def _run(*arguments, status=0):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exit_code == status, result.output
    return result.output


def _fill(path, *rows, sheet="发现"):
    """Write cells: (recording, label, column header, value)."""
    opened = openpyxl.load_workbook(path)
    found = opened[sheet]
    header = {cell.value: cell.column for cell in found[1]}
    for card, label, column, value in rows:
        for row in found.iter_rows(min_row=2):
            if (row[0].value, row[header["标签"] - 1].value) == (card.recording.id, label):
                cell = found.cell(row[0].row, header[column])
                cell.value = value
                cell.data_type = "s" if isinstance(value, str) else cell.data_type
                break
        else:
            pytest.fail(f"no row {label}")
    opened.save(path)


def _standing(url):
    with Desk(url) as desk:
        return {(each.recording_id, each.machine_label): each for each in desk.all_verdicts()}


GOOD = (
    (CARDS[0], "问候", "判定", "确认"),
    (CARDS[0], "问候", "质检员", "王敏"),
    (CARDS[0], "责备埋怨", "判定", "驳回"),
    (CARDS[0], "责备埋怨", "理由", "=1+1 是在复述客户的话"),
    (CARDS[0], "责备埋怨", "质检员", "王敏"),
    (CARDS[1], "反问质问", "判定", "改判"),
    (CARDS[1], "反问质问", "改判标签", "不耐烦"),
    (CARDS[1], "反问质问", "理由", "催促"),
    (CARDS[1], "反问质问", "质检员", 17),
)


def _check(url):
    found = _standing(url)
    assert {key[1]: (each.decision, each.label, each.inspector) for key, each in found.items()} == {
        "greeting": (Decision.CONFIRMED, "greeting", "王敏"),
        "blame": (Decision.REJECTED, "blame", "王敏"),
        "rhetorical": (Decision.CORRECTED, "impatience", "17"),
    }
    blame = found[CARDS[0].recording.id, "blame"]
    assert blame.reason == "=1+1 是在复述客户的话" and blame.rule == "phrase.exact"


def test_sheets_are_laid_out_for_filling_in(book):
    opened = openpyxl.load_workbook(book)
    found = opened["发现"]
    assert found.freeze_panes == "C2" and found.auto_filter.ref == "A1:S19"
    assert found["N2"].fill.fgColor.rgb == "FFFFF8E1" and found["A2"].fill.fgColor.rgb != "FFFFF8E1"
    opened.close()


def test_verdicts_come_back(book, url):
    _fill(book, *GOOD)
    assert "3 verdicts kept, 0 stood already" in _run("import", "verdicts", book, "--store", url)
    _check(url)
    assert "0 verdicts kept, 3 stood already" in _run("import", "verdicts", book, "--store", url)


@pytest.mark.filterwarnings("ignore::UserWarning")  # openpyxl does not know all that LibreOffice writes
@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_verdicts_come_back_through_libreoffice(book, url, tmp_path):
    _fill(book, *GOOD)
    saved = _through_libreoffice(book, tmp_path)
    opened = openpyxl.load_workbook(BytesIO(saved.read_bytes()))  # openpyxl leaves a file it was given open
    found = opened["发现"]
    assert found.auto_filter.ref and [cell.value for cell in found[1]][:2] == ["录音编号", "坐席"]
    assert {choice.type for choice in found.data_validations.dataValidation} == {"list"}
    assert not any(cell.data_type == "f" for sheet in opened for row in sheet.iter_rows() for cell in row)
    assert found["M2"].hyperlink and "pages/calls/" in found["M2"].hyperlink.target
    opened.close()
    assert "3 verdicts kept, 0 stood already" in _run("import", "verdicts", saved, "--store", url)
    _check(url)
    assert "0 verdicts kept, 3 stood already" in _run("import", "verdicts", book, "--store", url)


def _through_libreoffice(book, tmp_path) -> Path:
    """Open and save as inspectors do: as an OpenDocument first, then back as Excel's."""
    for source, form in ((book, "ods"), (tmp_path / "lo" / f"{book.stem}.ods", "xlsx")):
        command = [SOFFICE, "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", form]
        subprocess.run([*command, "--outdir", tmp_path / "lo", source], check=True, capture_output=True, timeout=240)
    return tmp_path / "lo" / book.name


def test_an_exported_verdict_is_shown_and_stands(book, url, tmp_path):
    _fill(book, *GOOD)
    _run("import", "verdicts", book, "--store", url)
    again = tmp_path / "again.xlsx"
    _run("export", "scorecards", "--format", "xlsx", "--out", again, "--store", url)
    assert "0 verdicts kept, 3 stood already" in _run("import", "verdicts", again, "--store", url)
    _fill(
        again,
        (CARDS[0], "问候", "判定", "驳回"),
        (CARDS[0], "问候", "理由", "没有说"),
        (CARDS[0], "问候", "质检员", "李强"),
    )
    assert "1 verdicts kept, 2 stood already" in _run("import", "verdicts", again, "--store", url)
    assert _standing(url)[CARDS[0].recording.id, "greeting"].inspector == "李强"


def test_somebody_elses_later_verdict_is_not_overwritten(book, url):
    finding = next(each for each in CARDS[0].findings if each.label == "greeting")
    key = finding_key(finding)
    with Desk(url) as desk:
        at = datetime.now(UTC)
        desk.decide(
            Verdict(CARDS[0].recording.id, key, "李强", Decision.REJECTED, "greeting", at, "没有说", "greeting", "r"), 0
        )
    _fill(book, *GOOD)
    said = _run("import", "verdicts", book, "--store", url, status=2)
    assert "row 2, column 判定, value '确认': 李强 decided this finding since the export" in said
    assert len(_standing(url)) == 1


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"判定": "对"}, "column 判定, value '对': choose 确认、驳回、改判"),
        ({"判定": "改判", "理由": "x"}, "column 改判标签, value '': choose a label of sheet 标签"),
        ({"判定": "改判", "理由": "x", "改判标签": "没有的"}, "column 改判标签, value '没有的': choose a label"),
        ({"判定": "确认", "改判标签": "问候"}, "column 改判标签, value '问候': choose 判定 改判, or clear this cell"),
        ({"改判标签": "问候"}, "column 改判标签, value '问候': choose 判定 in the same row"),
        ({"判定": "驳回"}, "column 理由, value '': write why"),
        ({"判定": "确认", "质检员": None}, "column 质检员, value '': write who decided, or give --inspector"),
        ({"判定": "确认", "录音编号": "zz"}, "column 录音编号, value 'zz': this recording is not in the store"),
        ({"判定": "确认", "发现编号": "x@1:2-3"}, "column 发现编号, value 'x@1:2-3': the call has no such finding"),
        ({"判定": "确认", "质检员": "王" * 201}, "at most 200 characters"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_kept(book, url, cells, said):
    _fill(book, (CARDS[1], "责备埋怨", "判定", "确认"), (CARDS[1], "责备埋怨", "质检员", "王敏"))
    cells = {"质检员": "王敏"} | cells
    _fill(
        book,
        *(
            (CARDS[0], "再见", column, value)
            for column, value in sorted(cells.items(), key=lambda c: c[0] == "录音编号")
        ),
    )
    output = _run("import", "verdicts", book, "--store", url, status=2)
    assert "sheet 发现, row 10" in output and said in output and "nothing was kept" in output
    assert _standing(url) == {}


def test_one_finding_decided_twice_is_refused(book, url):
    _fill(book, *GOOD[:2])
    opened = openpyxl.load_workbook(book)
    opened["发现"].append([cell.value for cell in opened["发现"][2]])
    opened.save(book)
    assert "row 2 decides the same finding" in _run("import", "verdicts", book, "--store", url, status=2)


def test_inspector_may_be_given_for_all(book, url):
    _fill(book, GOOD[0])
    _run("import", "verdicts", book, "--inspector", "李强", "--store", url)
    assert _standing(url)[CARDS[0].recording.id, "greeting"].inspector == "李强"


@pytest.mark.parametrize("name", ["missing.xlsx", "text.xlsx"])
def test_what_is_no_workbook_is_said(tmp_path, url, name):
    (tmp_path / "text.xlsx").write_text("no zip", encoding="utf-8")
    assert (
        "no workbook"
        in CliRunner().invoke(app, ["import", "verdicts", str(tmp_path / name), "--store", url]).exception.args[0]
    )


def test_details_are_ready_for_a_pivot_table(book):
    opened = openpyxl.load_workbook(book)
    head, *rows = opened["明细"].iter_rows(values_only=True)
    assert len(rows) == 15 * len(CARDS) and len(set(head)) == len(head)
    first = dict(zip(head, rows[0], strict=True))
    assert (first["坐席"], first["场景"], first["时段"], first["不评原因"]) == (
        "8001",
        "故障申告",
        9,
        "本通没有相应场合，不评分",
    )
    labels = [row[0] for row in opened["标签"].iter_rows(min_row=2, values_only=True)]
    assert labels == [chinese_words(Settings()).of(label) for label in chinese_words(Settings()).labels]
    opened.close()
