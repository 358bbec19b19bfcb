"""Exports keep the promised form, mask by default, and never run as formulas."""

import json
from dataclasses import replace
from itertools import pairwise

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from builders import turn
from scorecards import scorecard, withheld

from pipeline.errors import StoreError
from pipeline.reports.cells import CALL_COLUMNS, call_cells
from pipeline.reports.contract import scorecard_object
from pipeline.reports.export import Format, Kind, export
from pipeline.reports.tables import harmless, write_csv, write_parquet
from pipeline.reports.words import Words
from pipeline.schema import Event, EventKind, Role, RuleAbstention, Span

WORDS = Words({"blame": "责备埋怨", "greeting": "问候", "politeness.wording": "用语规范", "survey": "邀请评价"})
CARDS = (scorecard("a"), scorecard("b", agent_id="8002", day=2, score=55.5), withheld(scorecard("c", day=3)))


def _lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_object_has_the_promised_fields_in_order():
    made = scorecard_object(scorecard())
    fields = {
        "": "recording_id path agent_id started_at duration_s roles turns findings opening closing scenario flow events measures criteria "
        "dimensions affinity versions rules_abstained sounds",
        "roles": "method confidence withheld",
        "turns": "index role start_s end_s text recognised confidence",
        "findings": "label polarity criterion rule phrase turn quote char_start char_end start_s end_s certainty status",
        "opening": "complete elements abstained",
        "closing": "complete elements abstained reason",
        "scenario": "name probability",
        "flow": "step done turn in_order",
        "events": "kind by start_s end_s detail",
        "affinity": "score low high band red_line",
        "versions": "code lexicon rubric calibration engine",
    }
    assert list(made) == fields.pop("").split()
    for name, own in fields.items():
        part = made[name][0] if isinstance(made[name], list) else made[name]
        assert list(part) == own.split(), name
    assert list(made["criteria"]["politeness.process"]) == ["score", "low", "high", "abstained", "reason", "findings"]
    assert list(made["dimensions"]["politeness"]) == ["score", "low", "high"]
    assert list(made["versions"]["engine"]) == ["name", "model", "options"]


def test_sounds_besides_speech_stand_apart_from_the_promised_events():
    heard = Event(EventKind.TYPING, Role.AGENT, Span(3.0, 8.0))
    made = scorecard_object(replace(scorecard(), events=(*scorecard().events, heard)))
    assert made["sounds"] == [{"kind": "typing", "by": "agent", "start_s": 3.0, "end_s": 8.0, "detail": {}}]
    assert made["events"] == scorecard_object(scorecard())["events"]


def test_rules_that_were_not_judged_are_told():
    card = replace(scorecard(), abstained_rules=(RuleAbstention("silence.long", "静音过长", "没有录音"),))
    assert scorecard_object(card)["rules_abstained"] == [
        {"rule": "silence.long", "zh": "静音过长", "reason": "没有录音"}
    ]
    assert (
        dict(zip((column.header for column in CALL_COLUMNS), call_cells(card, WORDS), strict=True))["未判定的规则"]
        == "静音过长"
    )


def test_a_customer_who_cuts_in_is_no_interruption():
    card = scorecard()
    by_customer = tuple(replace(event, by=Role.CUSTOMER) for event in card.events)
    kinds = [event["kind"] for event in scorecard_object(replace(card, events=by_customer))["events"]]
    assert "interruption" in {event.kind for event in card.events}
    assert "interruption" not in kinds
    assert len(kinds) == len(card.events) - 1


def test_values_are_those_of_the_scorecard():
    made = scorecard_object(scorecard())
    assert made["started_at"] == "2025-03-01T09:30:00+00:00" and made["measures"] == {
        "agent_rate_cpm": 251.0,
        "customer_rate_cpm": None,
    }
    assert made["criteria"]["patience.proactive"] == {
        "score": None, "low": None, "high": None, "abstained": True, "reason": "本通没有相应场合，不评分", "findings": []
    }  # fmt: skip
    assert made["events"][0]["kind"] == "interruption" and made["events"][0]["detail"] == {"overlap_s": 1.2, "chars": 6}
    assert made["findings"][7]["status"] == "doubtful" and made["criteria"]["politeness.process"]["findings"] == [
        0,
        1,
        2,
        8,
    ]


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_figures_that_are_none_become_null(tmp_path, value):
    export("scorecards", "jsonl", tmp_path / "a.jsonl", [replace(scorecard(), measures={"agent_snr_db": value})])
    assert _lines(tmp_path / "a.jsonl")[0]["measures"] == {"agent_snr_db": None}


@pytest.mark.parametrize("masked", [True, False])
def test_quotes_are_exact_masked_or_not(tmp_path, masked):
    export(Kind.SCORECARDS, Format.JSONL, tmp_path / "a.jsonl", CARDS, masked=masked)
    made = _lines(tmp_path / "a.jsonl")
    assert [line["agent_id"] for line in made] == ["8001", "8002", "8001"]
    for line in made:
        texts = {said["index"]: said["text"] for said in line["turns"]}
        assert all(
            found["quote"] == texts[found["turn"]][found["char_start"] : found["char_end"]]
            for found in line["findings"]
        )
    assert ("幺三八" in json.dumps(made, ensure_ascii=False)) is not masked


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("file_format", list(Format))
def test_every_export_is_masked_by_default(tmp_path, kind, file_format):
    out = tmp_path / f"out.{file_format}"
    count = export(kind, file_format, out, iter(CARDS), words=WORDS)
    assert count == {Kind.SCORECARDS: 3, Kind.AGENTS: 2, Kind.TURNS: 24}[kind]
    assert "幺三八" not in _all_text(out) and "欧阳" not in _all_text(out)
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def _all_text(path) -> str:
    if path.suffix == ".parquet":
        return pd.read_parquet(path).to_string()
    if path.suffix == ".xlsx":
        return " ".join(str(cell) for sheet in _book(path).values() for row in sheet for cell in row)
    return path.read_text(encoding="utf-8")


def _book(path):
    book = openpyxl.load_workbook(path)
    sheets = {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
    book.close()
    return sheets


@pytest.mark.parametrize("file_format", list(Format))
@pytest.mark.parametrize("kind", list(Kind))
def test_export_of_nothing_is_a_file_that_opens(tmp_path, kind, file_format):
    out = tmp_path / f"out.{file_format}"
    assert export(kind, file_format, out, []) == 0
    assert out.exists()


def test_csv_and_parquet_hold_the_same(tmp_path):
    for file_format in ("csv", "parquet"):
        export("scorecards", file_format, tmp_path / f"a.{file_format}", CARDS)
    written, packed = pd.read_csv(tmp_path / "a.csv"), pd.read_parquet(tmp_path / "a.parquet")
    assert list(written.columns) == list(packed.columns)
    assert written["affinity"].tolist()[:2] == packed["affinity"].tolist()[:2] == [70.0, 55.5]
    assert packed["opening.complete"].tolist()[:2] == [True, True] and pd.isna(packed["opening.complete"][2])
    assert packed["forbidden_findings"].tolist() == [1, 1, 0] and packed["doubtful_findings"].tolist() == [1, 1, 0]
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_columns_that_come_late_are_kept(tmp_path):
    rows = [{"a": None, "n": 1}] * 3000 + [{"a": "x", "n": 1.5, "late": True}]
    assert write_csv(rows, tmp_path / "a.csv") == write_parquet(rows, tmp_path / "a.parquet") == 3001
    written, packed = pd.read_csv(tmp_path / "a.csv", low_memory=False), pd.read_parquet(tmp_path / "a.parquet")
    for table in (written, packed):
        assert list(table.columns) == ["a", "n", "late"] and len(table) == 3001
        assert (table["a"].iloc[-1], table["n"].iloc[-1], table["late"].iloc[-1]) == ("x", 1.5, True)
    assert str(pq.read_schema(tmp_path / "a.parquet").field("n").type) == "double"


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x")'])
def test_formulas_are_neutralised(tmp_path, text):
    card = scorecard()
    transcript = replace(card.transcript, turns=(turn("agent", text),))
    odd = replace(card, transcript=transcript, findings=(), recording=replace(card.recording, agent_id=text))
    export("turns", "csv", tmp_path / "a.csv", [odd], masked=False)
    export("turns", "xlsx", tmp_path / "a.xlsx", [odd], masked=False)
    assert pd.read_csv(tmp_path / "a.csv")["text"][0] == f"'{text}"
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert (book["对话"]["B2"].data_type, book["对话"]["G2"].data_type) == ("s", "s")
    book.close()


@pytest.mark.parametrize("cell", [-1, -0.5, None, True, "安静", "a=b", ""])
def test_harmless_cells_stay(cell):
    assert harmless(cell) is cell


def test_workbook_for_inspectors(tmp_path):
    export("scorecards", "xlsx", tmp_path / "a.xlsx", CARDS, words=WORDS)
    sheets = _book(tmp_path / "a.xlsx")
    assert list(sheets) == ["通话", "发现", "明细", "坐席", "标签", "说明"]
    head, *calls = sheets["通话"]
    first = dict(zip(head, calls[0], strict=True))
    assert (first["坐席"], first["服务亲和力"], first["服务亲和力区间"], first["开场完整"], first["结束缺少"]) == (
        "8001",
        70,
        "65–75",
        "是",
        "邀请评价",
    )
    assert (first["禁用（确定）"], first["待复核"], str(first["通话时间"])) == (1, 1, "2025-03-01 09:30:00")
    head, *found = sheets["发现"]
    blame = next(row for row in (dict(zip(head, cells, strict=True)) for cells in found) if row["标签"] == "责备埋怨")
    assert (blame["性质"], blame["准则"], blame["引文"], blame["判定"]) == (
        "禁用",
        "用语规范",
        "是您自己把数据开关关掉了吧",
        None,
    )
    head, *agents = sheets["坐席"]
    assert [row[0] for row in agents] == ["8001", "8002"]
    assert any("不计入分数" in row[0] for row in sheets["说明"])


def test_workbook_is_laid_out_for_work(tmp_path):
    export("scorecards", "xlsx", tmp_path / "a.xlsx", CARDS, words=WORDS)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    calls, found = book["通话"], book["发现"]
    choices = {str(choice.sqref): choice.formula1 for choice in found.data_validations.dataValidation}
    assert choices == {"N2:N19": '"确认,驳回,改判"', "O2:O19": "'标签'!$A$2:$A$400"}
    assert found.column_dimensions["R"].hidden and not found.column_dimensions["N"].hidden
    assert calls.freeze_panes == "D2" and calls.auto_filter.ref.startswith("A1:")
    assert calls.conditional_formatting and calls["E2"].number_format == "[m]:ss"
    book.close()


def test_unscored_call_has_blanks_not_zeros(tmp_path):
    export("scorecards", "xlsx", tmp_path / "a.xlsx", CARDS)
    head, *calls = _book(tmp_path / "a.xlsx")["通话"]
    row = dict(zip(head, calls[2], strict=True))
    assert (row["服务亲和力"], row["礼貌程度"], row["开场完整"], row["角色说明"]) == (
        None,
        None,
        "不评",
        "无法确定谁是坐席",
    )


def test_agents_as_json_lines(tmp_path):
    export("agents", "jsonl", tmp_path / "a.jsonl", CARDS)
    first = _lines(tmp_path / "a.jsonl")[0]
    assert (first["agent_id"], first["calls"], first["affinity"]["calls"], first["closing"]["ratio"]) == (
        "8001",
        2,
        1,
        0.0,
    )
    assert first["worst"][0]["quote"] == "是您自己把数据开关关掉了吧" and first["first_at"].startswith("2025-03-01")


def test_broken_stream_leaves_no_file(tmp_path):
    def cards():
        yield scorecard()
        raise StoreError("the store went away")

    for file_format in Format:
        with pytest.raises(StoreError, match="went away"):
            export("scorecards", file_format, tmp_path / "out", cards())
    assert list(tmp_path.iterdir()) == []


def test_jsonl_streams(tmp_path):
    """A line is written before the last card is made."""
    seen = []

    def cards():
        for number in range(2000):
            seen.append(max((path.stat().st_size for path in tmp_path.iterdir()), default=0))
            yield scorecard(str(number))

    export("scorecards", "jsonl", tmp_path / "a.jsonl", cards(), masked=False)
    assert seen[-1] > 0 and all(before <= after for before, after in pairwise(seen))
