"""What is kept comes back as it was; one recording is one record."""

from dataclasses import replace
from itertools import islice

import pytest
from builders import turn
from hypothesis import given, settings
from hypothesis import strategies as st
from scorecards import acoustics, scorecard, withheld
from sqlalchemy import update

from pipeline.errors import StoreError
from pipeline.schema import Acoustics, Failure, Scorecard, Status
from pipeline.store.border import writing
from pipeline.store.documents import dump, dump_judgement, load, load_scorecard
from pipeline.store.repository import Store
from pipeline.store.tables import TRANSCRIPTS


@pytest.fixture
def store(store_url):
    with Store(store_url) as opened:
        yield opened


@pytest.mark.parametrize("card", [scorecard(), withheld(scorecard())], ids=["scored", "withheld"])
def test_scorecard_comes_back_as_it_was(store, card):
    store.save_scorecard(card, acoustics())
    assert store.scorecard(card.recording.id) == card


def test_start_of_id_is_enough(store):
    card = scorecard()
    store.save_scorecard(card, acoustics())
    assert store.scorecard(card.recording.id[:8]) == card


def test_unknown_and_ambiguous_ids_are_refused(store):
    for name in ("a", "b"):
        store.save_scorecard(scorecard(name), acoustics())
    with pytest.raises(StoreError, match="no scorecard with 'zz'"):
        store.scorecard("zz")
    with pytest.raises(StoreError, match="several"):
        store.scorecard("")


def test_same_recording_is_one_record_and_the_last_wins(store):
    first, second = scorecard(score=70.0), scorecard(score=40.0)
    store.save_scorecard(first, acoustics())
    store.save_scorecard(replace(second, findings=second.findings[:2]), acoustics())
    assert [card.affinity.score for card in store.scorecards()] == [40.0]
    assert store.recordings_with("goodbye") == ()


def test_findings_can_be_searched(store):
    cards = [scorecard(str(number)) for number in range(3)]
    for card in cards:
        store.save_scorecard(card, acoustics())
    assert store.recordings_with("rhetorical", Status.DOUBTFUL) == tuple(sorted(card.recording.id for card in cards))
    assert store.recordings_with("rhetorical", Status.CERTAIN) == ()


def test_success_replaces_failure_and_failure_never_replaces_success(store):
    card = scorecard()
    failure = Failure(card.recording.id, card.recording.path, "decode", "不能解码", "8001")
    store.save_failure(failure)
    assert store.failures() == (failure,) and not store.has(card.recording.id)
    store.save_scorecard(card, acoustics())
    assert store.failures() == () and store.has(card.recording.id)
    store.save_failure(failure)
    assert store.failures() == () and list(store.scorecards()) == [card]


def test_scorecards_stream_by_agent_and_time_across_pages(store):
    cards = [
        scorecard(f"{agent}-{day}", agent_id=agent, day=day) for agent in ("8002", "8001") for day in range(60, 0, -1)
    ]
    cards.append(replace(cards[0], recording=replace(cards[0].recording, id="no-time", started_at=None)))
    for card in cards:
        store.save_scorecard(card, Acoustics())
    expected = sorted(cards, key=lambda card: (card.recording.agent_id, str(card.recording.started_at or "")))
    assert [card.recording.id for card in store.scorecards()] == [card.recording.id for card in expected]
    assert {card.recording.agent_id for card in store.scorecards("8001")} == {"8001"}
    assert store.agents() == ("8001", "8002")


def test_saving_while_streaming_disturbs_neither(store):
    for number in range(120):
        store.save_scorecard(scorecard(str(number), day=number + 1), Acoustics())
    seen = []
    for card in store.scorecards():
        store.save_scorecard(replace(card, affinity=replace(card.affinity, band="优秀")), Acoustics())
        seen.append(card.affinity.band)
    assert seen == ["良好"] * 120
    assert {card.affinity.band for card in store.scorecards()} == {"优秀"}


def test_calls_for_rescoring_hold_what_was_heard(store):
    card = scorecard()
    store.save_scorecard(card, acoustics())
    assert list(store.calls_for_rescoring()) == [(card.recording, card.transcript, acoustics())]


def test_access_is_remembered_in_order(store):
    store.log_access("王培训", "export scorecards --unmasked", "复核申诉")
    store.log_access("root", "export turns --unmasked", "测量")
    first, second = store.access_log()
    assert (first.who, first.what, first.reason) == ("王培训", "export scorecards --unmasked", "复核申诉")
    assert first.at <= second.at and first.at.tzinfo is not None


def test_path_in_another_encoding_is_kept_readable(store):
    path = "录音/" + b"\xb2\xe2\xca\xd4.wav".decode("utf-8", "surrogateescape")
    card = scorecard()
    store.save_scorecard(replace(card, recording=replace(card.recording, path=path)), acoustics())
    store.save_failure(Failure("other", path, "decode", f"cannot read {path}"))
    assert (
        store.scorecard(card.recording.id).recording.path
        == store.failures()[0].path
        == r"录音/\udcb2\udce2\udcca\udcd4.wav"
    )


def test_reopening_finds_everything(store_url):
    with Store(store_url) as store:
        store.save_scorecard(scorecard(), acoustics())
    with Store(store_url) as store:
        assert list(store.scorecards()) == [scorecard()]


def test_interrupted_save_keeps_the_record_before_it(store, store_url):
    card = scorecard()
    store.save_scorecard(card, acoustics())
    twice = replace(card, recording=replace(card.recording, agent_id=None))
    with pytest.raises(StoreError):
        store.save_scorecard(twice, acoustics())
    assert store.scorecard(card.recording.id) == card


def test_damaged_document_is_named(store):
    store.save_scorecard(scorecard(), acoustics())
    with writing(store._engine) as connection:
        connection.execute(update(TRANSCRIPTS).values(transcript='{"turns": 1}'))
    with pytest.raises(StoreError, match="stored Transcript does not fit at 'turns'"):
        next(store.scorecards())


def test_streaming_starts_before_everything_is_read(store):
    for number in range(70):
        store.save_scorecard(scorecard(str(number)), Acoustics())
    assert len(list(islice(store.scorecards(), 3))) == 3


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    text=text.filter(bool),
    score=st.none() | st.floats(0, 100),
    measures=st.dictionaries(text, st.none() | st.floats(allow_nan=False, allow_infinity=False)),
)
@settings(max_examples=60, deadline=None)
def test_documents_keep_any_text_and_figure(text, score, measures):
    card = scorecard()
    transcript = replace(card.transcript, turns=(turn("agent", text),))
    odd = replace(
        card, transcript=transcript, findings=(), measures=measures, affinity=replace(card.affinity, score=score)
    )
    assert load_scorecard(dump(odd.recording), dump(odd.transcript), dump_judgement(odd)) == odd


def test_judgement_leaves_out_what_was_heard():
    assert "幺三八" not in dump_judgement(scorecard(lines=(("customer", "幺三八"),)))


def test_document_of_another_noun_is_refused():
    with pytest.raises(StoreError, match="does not fit"):
        load(Scorecard, dump(acoustics()))
