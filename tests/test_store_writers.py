"""Several programs write into one store, on either kind of database: nothing is lost and nobody fails."""

from scorecards import scorecard
from store_writers import SHARED, write_at_once

from pipeline.store.repository import Store

WRITERS, CALLS = 4, 12


def test_processes_that_write_at_once_lose_nothing(store_url):
    write_at_once(store_url, writers=WRITERS, calls=CALLS)
    with Store(store_url) as store:
        cards = list(store.scorecards())
        failures, inspections = store.failures(), store.inspections()
    own = {scorecard(f"{writer}-{number}").recording.id for writer in range(WRITERS) for number in range(CALLS)}
    shared = scorecard(SHARED).recording.id
    assert len(cards) == WRITERS * CALLS + 1
    assert {card.recording.id for card in cards} == own | {shared}
    assert all(len(card.findings) == len(scorecard().findings) for card in cards)
    assert len(failures) == WRITERS * CALLS
    assert {(each.inspector, each.score) for each in inspections} == {(f"i{w}", CALLS - 1.0) for w in range(WRITERS)}
