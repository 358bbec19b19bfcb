"""Inspectors' sheets: what is read, what is refused, and how the store keeps them beside the machine's scores."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from scorecards import acoustics, scorecard
from sqlalchemy import create_engine

import pipeline.store
from pipeline.errors import InspectionError
from pipeline.inspections import read_inspections
from pipeline.schema import Inspection
from pipeline.store.repository import Store

MIGRATIONS = Path(pipeline.store.__file__).parent / "migrations"
ONE, TWO = "ab" * 32, "ac" * 32
CRITERIA = {"politeness.process": "politeness.process", "流程全面": "politeness.process", "总分": "affinity"}
HEADER = "recording_id,inspector,criterion,score\n"


def read(tmp_path, text: str, *, encoding: str = "utf-8"):
    path = tmp_path / "scores.csv"
    path.write_bytes(text.encode(encoding))
    recordings = {ONE: str(tmp_path / "night" / "one.wav"), TWO: str(tmp_path / "day" / "two.wav")}
    return read_inspections(path, recordings=recordings, criteria=CRITERIA)


GOOD = [
    f"{HEADER}{ONE},li,politeness.process,80\n",
    f"Recording_ID , inspector,criterion,score,note\n{ONE[:8]}, li ,politeness.process,80.0,很好\n",
    f"录音编号,质检员,准则,分数\n{ONE},li,流程全面,80\n",
    "path,inspector,criterion,score\nnight/one.wav,li,流程全面,80\n",
    "录音,质检员,准则,分数\none.wav,li,流程全面,80\n",
    f"{HEADER}{ONE},li,流程全面,80\n{ONE},li,politeness.process,80\n",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("text", GOOD)
def test_a_score_is_read_from_whatever_names_it(tmp_path, text, encoding):
    assert read(tmp_path, text, encoding=encoding) == (Inspection(ONE, "li", "politeness.process", 80.0),)


BAD = [
    ("recording_id,inspector,criterion\n", "scores.csv: column score is missing"),
    ("inspector,criterion,score\n", "column recording_id or path is missing"),
    ("", "column recording_id or path, inspector, criterion, score is missing"),
    (HEADER, "no rows below the header"),
    (f"{HEADER}{ONE},li,politeness.process,80\n{'ff' * 32},li,总分,70\n", "scores.csv:3: recording 'ffff"),
    (f"{HEADER}abab,li,总分,70\n", "scores.csv:2: recording_id 'abab' is too short"),
    (f"{HEADER},li,总分,70\n", "names no recording"),
    (f"{HEADER}{ONE},,总分,70\n", "inspector is empty"),
    (f"{HEADER}{ONE},li,kindness,70\n", "criterion 'kindness' is not known; known are politeness.process, affinity"),
    (f"{HEADER}{ONE},li,总分,101\n", "score '101' is not a number from 0 to 100"),
    (f"{HEADER}{ONE},li,总分,nan\n", "score 'nan'"),
    (f"{HEADER}{ONE},li,总分\n", "score ''"),
    (f"{HEADER}{ONE},li,总分,80\n{ONE},li,总分,70\n", "scores.csv:3: scores the same call"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_bad_sheet_is_refused_with_line_and_remedy(tmp_path, text, message):
    with pytest.raises(InspectionError) as refused:
        read(tmp_path, text)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_name_that_fits_two_recordings_is_refused(tmp_path):
    sheet = tmp_path / "scores.csv"
    sheet.write_text("path,inspector,criterion,score\ncall.wav,li,总分,70\n", encoding="utf-8")
    with pytest.raises(InspectionError, match="fits 2 recordings"):
        read_inspections(sheet, recordings={ONE: "/a/call.wav", TWO: "/b/call.wav"}, criteria=CRITERIA)
    with pytest.raises(InspectionError, match="cannot be read"):
        read_inspections(tmp_path / "gone.csv", recordings={}, criteria=CRITERIA)


@pytest.fixture
def store(tmp_path):
    with Store(f"sqlite:///{tmp_path / 'q.sqlite'}") as kept:
        yield kept


def test_the_same_scores_twice_change_nothing_and_a_revised_one_replaces(store):
    first = [Inspection(ONE, "李", "affinity", 70.0), Inspection(ONE, "王", "affinity", 75.0)]
    assert store.save_inspections(first) == 2
    assert store.save_inspections(first) == 0
    assert store.save_inspections([Inspection(ONE, "李", "affinity", 72.0)]) == 1
    assert [each.score for each in store.inspections()] == [72.0, 75.0]
    assert store.save_inspections([]) == 0


def test_inspectors_scores_stand_beside_the_machines_and_outlive_rescoring(store):
    card = scorecard("inspected", score=70.0)
    store.save_scorecard(card, acoustics())
    store.save_scorecard(scorecard("other"), acoustics())
    given = Inspection(card.recording.id, "李", "affinity", 40.0)
    store.save_inspections([given])
    assert store.scorecard(card.recording.id).affinity.score == 70.0
    store.save_scorecard(scorecard("inspected", score=55.0), acoustics())
    assert store.inspections() == (given,)
    assert [each.affinity.score for each in store.scorecards(inspected=True)] == [55.0]
    assert [recording.id for recording, _, _ in store.calls_for_rescoring(inspected=True)] == [card.recording.id]
    assert set(store.paths().values()) == {"calls/inspected.wav", "calls/other.wav"}


def test_a_store_of_the_first_tables_is_brought_up_to_date(tmp_path):
    url = f"sqlite:///{tmp_path}/old.sqlite"
    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with Store(url) as kept:
        kept.save_scorecard(scorecard("kept"), acoustics())
        assert kept.count() == 1
        assert kept.inspections() == ()
