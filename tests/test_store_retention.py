"""Forgotten calls leave no word behind, and their agents' sums by month stay."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import fmean, pvariance

import pytest
from builders import dialogue
from scorecards import LINES, acoustics, recording, scorecard
from sqlalchemy import event, insert, select

from pipeline.agents.sampling import Pick, Reason
from pipeline.errors import StoreError
from pipeline.schema import Inspection
from pipeline.store.border import reading, writing
from pipeline.store.desk_tables import METADATA, PROPOSALS
from pipeline.store.keeping import Keeper, Purged
from pipeline.store.retention import Doomed

OLD, NEW = "旧通话里的话绝不能留下", "新通话里的话必须还在"


def call(name, day, *, score=70.0, agent_id="8001", words=OLD, customer=None):
    """A call with words of its own, in the turns, a quote and the path."""
    card = scorecard(name, day=day, score=score, agent_id=agent_id)
    turns = dialogue(*LINES[:-1], ("customer", f"{words}{name}"))
    findings = (replace(card.findings[0], explanation=f"说了{words}"), *card.findings[1:8])
    told = replace(card.recording, customer_id=customer, path=f"/录音/{words}/{name}.wav")
    return replace(card, recording=told, transcript=replace(card.transcript, turns=turns), findings=findings)


@pytest.fixture
def store(store_url):
    with Keeper(store_url) as opened:
        yield opened


def keep_deleted_bytes(store):
    """Let SQLite leave what it deletes where it lies, as some builds do."""
    store._engine.dispose()
    event.listen(store._engine, "connect", lambda connection, _: connection.execute("PRAGMA secure_delete=OFF"))


def bytes_of(url):
    """Everything in the files of an SQLite store."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in path.parent.glob(f"{path.name}*"))


def rows_with(store, recording_id):
    """Tables that still know a recording."""
    with reading(store._engine) as connection:
        return {
            table.name
            for table in METADATA.sorted_tables
            for row in connection.execute(select(table))
            if recording_id in str(tuple(row))
        }


def test_no_word_of_a_forgotten_call_is_left_and_the_others_stay(store, store_url):
    if store_url.startswith("sqlite"):
        keep_deleted_bytes(store)
    for number in range(30):
        store.save_scorecard(call(f"old-{number}", day=1), acoustics())
    kept = call("new", day=40, words=NEW)
    store.save_scorecard(kept, acoustics())
    assert store.purge(Doomed(before=date(2025, 4, 1)), who="王") == Purged(30, 0)
    assert list(store.scorecards()) == [kept]
    if store_url.startswith("sqlite"):
        content = bytes_of(store_url)
        assert NEW.encode() in content
        for gone in (OLD, "/old-3.wav", recording("old-3").id):
            assert gone.encode() not in content


def test_every_table_forgets_the_call(store):
    old, new = call("old", day=1), call("new", day=40)
    key = old.recording.id
    for card in (old, new):
        store.save_scorecard(card, acoustics())
    store.save_inspections(
        [Inspection(key, "王", "affinity", 50.0), Inspection(new.recording.id, "王", "affinity", 60)]
    )
    store.save_sample(date(2025, 3, 2), [Pick(key, "8001", Reason.RANDOM, 0.5)])
    with writing(store._engine) as connection:
        about = {"at": "2025-03-02", "who": "王", "kind": "phrase"}
        for quoted in (old, new):
            document = f'{{"recording_id": "{quoted.recording.id}", "quote": "{OLD}"}}'
            connection.execute(insert(PROPOSALS), about | {"document": document})
    named = {"recordings", "transcripts", "scorecards", "findings", "inspections", "samples", "proposals"}
    assert rows_with(store, key) >= named
    store.purge(Doomed(before=date(2025, 4, 1)), who="王")
    assert rows_with(store, key) == set()
    assert rows_with(store, new.recording.id) >= {"recordings", "inspections", "proposals"}


def test_sums_by_month_stay(store):
    scores = [60.0, 70.0, 95.0]
    cards = [call(str(number), day=number + 1, score=score) for number, score in enumerate(scores)]
    for card in cards:
        store.save_scorecard(card, acoustics())
    store.purge(Doomed(before=date(2025, 3, 3)), who="王")
    store.purge(Doomed(before=date(2025, 4, 1)), who="王")
    sums = {kept.scale: kept for kept in store.month_sums("8001")}
    affinity = sums["affinity"]
    assert (affinity.month, affinity.calls, affinity.abstained) == ("2025-03", 3, 0)
    assert affinity.mean == pytest.approx(fmean(scores))
    assert affinity.squares == pytest.approx(3 * pvariance(scores))
    assert (sums["patience.proactive"].calls, sums["patience.proactive"].abstained) == (0, 3)
    assert set(sums) == {
        "affinity",
        *(d.dimension for d in cards[0].dimensions),
        *(c.criterion for c in cards[0].criteria),
    }
    assert store.month_sums("8002") == ()
    assert store.info().forgotten == 3


def test_one_customers_calls(store):
    for name, customer in (("a", "c-1"), ("b", "c-2"), ("c", None)):
        store.save_scorecard(call(name, day=1, customer=customer), acoustics())
    assert store.doomed(Doomed(customer_id="c-1")) == Purged(1, 0)
    store.purge(Doomed(customer_id="c-1"), who="王")
    assert {card.recording.call_id for card in store.scorecards()} == {"b", "c"}
    logged = store.access_log()[-1]
    assert logged.who == "王" and "1 calls" in logged.what and "c-1" not in logged.what


@pytest.mark.parametrize(
    ("before", "gone"), [(date(2025, 3, 1), ""), (date(2025, 3, 2), "a"), (date(2025, 3, 3), "ab")]
)
def test_the_day_itself_stays(store, before, gone):
    for name, day in (("a", 1), ("b", 2), ("c", 3)):
        store.save_scorecard(call(name, day=day), acoustics())
    store.purge(Doomed(before=before), who="王")
    assert {"a", "b", "c"} - {card.recording.call_id for card in store.scorecards()} == set(gone)


def test_looking_first_changes_nothing(store):
    store.save_scorecard(call("a", day=1), acoustics())
    assert store.doomed(Doomed(before=date(2026, 1, 1))) == Purged(1, 0)
    assert store.count() == 1 and store.access_log() == () and store.month_sums() == ()


def test_nothing_is_forgotten_without_a_condition(store):
    store.save_scorecard(call("a", day=1), acoustics())
    with pytest.raises(StoreError, match="give a day or a customer"):
        store.purge(Doomed(), who="王")
    assert store.count() == 1


def test_a_reader_that_keeps_old_bytes_alive_is_named(tmp_path):
    with Keeper(f"sqlite:///{tmp_path}/q.sqlite") as store:
        store.save_scorecard(call("a", day=1), acoustics())
        store._engine.dispose()
        with Keeper(f"sqlite:///{tmp_path}/q.sqlite") as other, reading(other._engine) as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM recordings").scalar() == 1
            store._engine.dispose()
            with pytest.raises(StoreError, match="close that program, then run the same command again"):
                store.purge(Doomed(before=date(2026, 1, 1)), who="王")
        assert store.purge(Doomed(before=date(2026, 1, 1)), who="王") == Purged(0, 0)
        assert OLD.encode() not in bytes_of(f"sqlite:///{tmp_path}/q.sqlite")
