"""The inspector's queue, on either kind of database: the right calls in the right order, page by page."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from scorecards import acoustics, scorecard, withheld
from sqlalchemy import MetaData, Table, inspect, text

from pipeline.errors import StoreError
from pipeline.schema import Inspection
from pipeline.store import migrate
from pipeline.store.border import open_engine
from pipeline.store.queue import QueueFilter, QueueOrder
from pipeline.store.repository import Store
from pipeline.store.rows import recording_row, scorecard_row, transcript_row


def call(name, *, agent_id="8001", day=1, score=70.0, width=10.0, red_line=None):
    card = scorecard(name, agent_id=agent_id, day=day, score=score)
    affinity = replace(card.affinity, low=score - width / 2, high=score + width / 2, red_line=red_line)
    return replace(card, affinity=affinity)


CALLS = (
    call("a", score=80.0, width=30.0, day=1),
    call("b", score=20.0, width=5.0, day=2, agent_id="8002"),
    call("c", score=50.0, width=20.0, day=3),
    call("d", score=0.0, width=0.0, day=4, agent_id="8002", red_line="侮辱嘲讽"),
    withheld(call("e", day=5)),
)


@pytest.fixture
def store(store_url):
    with Store(store_url) as opened:
        for card in CALLS:
            opened.save_scorecard(card, acoustics())
        yield opened


def names(store, **wanted):
    """Names of the calls in the queue, gathered over pages of two."""
    known = {card.recording.id: card.recording.call_id for card in CALLS}
    found, after = "", None
    while True:
        page = store.queue(QueueFilter(**wanted, limit=2, after=after))
        found += "".join(known[row.recording_id] for row in page.rows)
        if (after := page.after) is None:
            return found


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"order": QueueOrder.WORST}, "dbca"),
        ({"order": QueueOrder.DOUBTFUL}, "eacbd"),
        ({"order": QueueOrder.NEWEST}, "edcba"),
        ({"order": QueueOrder.AGENT}, "acebd"),
        ({"agent_id": "8002"}, "db"),
        ({"order": QueueOrder.NEWEST, "since": date(2025, 3, 2), "until": date(2025, 3, 3)}, "cb"),
        ({"order": QueueOrder.NEWEST, "until": date.max}, "edcba"),
        ({"red_line": True}, "d"),
        ({"order": QueueOrder.NEWEST, "doubtful": True}, "dcba"),
        ({"order": QueueOrder.NEWEST, "scenario": "fault"}, "dcba"),
        ({"order": QueueOrder.NEWEST, "band": "不评分"}, "e"),
        ({"order": QueueOrder.NEWEST, "inspected": True}, "b"),
        ({"order": QueueOrder.NEWEST, "inspected": False}, "edca"),
        ({"order": QueueOrder.NEWEST, "sampled_on": date(2025, 3, 9)}, ""),
    ],
)
def test_queue_holds_the_right_calls_in_order(store, wanted, expected):
    store.save_inspections([Inspection(CALLS[1].recording.id, "王", "affinity", 30.0)])
    assert names(store, **wanted) == expected


def test_rows_tell_what_a_list_shows(store):
    row = store.queue(QueueFilter()).rows[0]
    card = CALLS[3]
    assert (row.agent_id, row.started_at, row.duration_s) == (
        card.recording.agent_id,
        card.recording.started_at,
        card.recording.duration_s,
    )
    assert (row.affinity, row.low, row.high, row.red_line) == (0.0, 0.0, 0.0, "侮辱嘲讽")
    assert (row.doubtful_findings, row.scenario, row.band, row.reason) == (1, "fault", "良好", None)


def test_a_page_goes_on_where_the_last_one_ended_whatever_comes_in(store):
    first = store.queue(QueueFilter(limit=2))
    store.save_scorecard(call("f", score=1.0), acoustics())
    second = store.queue(QueueFilter(limit=2, after=first.after))
    assert [row.affinity for page in (first, second) for row in page.rows] == [0.0, 20.0, 50.0, 80.0]


@pytest.mark.parametrize("after", ["", "[", "{}", "[1]", '[[1], "x"]', "[null, null]", "[" * 100_000])
def test_places_that_no_page_gave_are_refused(store, after):
    with pytest.raises(StoreError, match="no place in the queue"):
        store.queue(QueueFilter(after=after))


def test_a_store_of_an_earlier_version_gets_the_queue_from_its_documents(store, tmp_path):
    earlier = f"sqlite:///{tmp_path}/earlier.sqlite"
    _make_earlier(earlier, [(card, acoustics()) for card in CALLS])
    with Store(earlier) as upgraded:
        for order in QueueOrder:
            assert upgraded.queue(QueueFilter(order=order)) == store.queue(QueueFilter(order=order))
        with upgraded._engine.connect() as connection:
            assert set(connection.scalars(text("SELECT customer_id FROM recordings"))) == {"c-17"}


def _make_earlier(url, scored):
    """Fill a store whose tables are those of version 0003."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    engine = open_engine(url)
    with engine.execution_options(writes=True).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        for card, sound in scored:
            for table, row in (
                ("recordings", recording_row(card.recording)),
                ("transcripts", transcript_row(card, sound)),
                ("scorecards", scorecard_row(card)),
            ):
                there = {column["name"] for column in inspect(connection).get_columns(table)}
                values = {name: value for name, value in row.items() if name in there}
                connection.execute(Table(table, MetaData(), autoload_with=connection).insert(), values)
    engine.dispose()
