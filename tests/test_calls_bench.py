"""What the bench of the whole path counts, on a call short enough to count by hand."""

import copy
import math

import pytest
from benchmarks.calls_bench import Share, counts, role_time, rows, score_pairs
from benchmarks.references import Tally, agreement, unpaired

from pipeline.lexicon.entries import load_lexicon
from pipeline.schema import Span
from pipeline.settings import Settings

LABELS = load_lexicon(Settings().lexicons_dir).labels


def said(role, start, end, text, *spans, event=None):
    marked = [{"label": label, "text": text, "start": at, "end": at + 1.0} for label, at in spans]
    return {"role": role, "start": start, "end": end, "text": text, "spans": marked, "event": event}


REFERENCE = {
    "duration_s": 40.0,
    "scenario": "fault",
    "opening_complete": True,
    "closing_complete": False,
    "ratings": {"politeness": 60, "patience": 50, "communication": 70},
    "second_ratings": {"politeness": 70, "patience": 54, "communication": 70},
    "turns": [
        said("agent", 0.0, 4.0, "您好，很高兴为您服务。", ("greeting", 0.0), ("offer_help", 2.0)),
        said("customer", 4.0, 8.0, "网断了，烦死了。", ("customer_bad", 6.0)),
        said("agent", 7.0, 12.0, "别急，听我说。", ("impatience", 8.0), ("trap", 11.0), event="interruption"),
        said("agent", 28.0, 30.0, "查到了。", event="silence_unannounced"),
    ],
}


def ours(role, start_s, end_s, text):
    return {"role": role, "start_s": start_s, "end_s": end_s, "text": text}


def found(label, start_s):
    return {"label": label, "start_s": start_s, "end_s": start_s + 1.0}


def event(kind, by, start_s, end_s):
    return {"kind": kind, "by": by, "start_s": start_s, "end_s": end_s}


CARD = {
    "path": "calls/tiny.mono.wav",
    "roles": {"withheld": False},
    "turns": [
        ours("agent", 0.0, 4.0, "您好,很高興為你服務"),
        ours("agent", 4.0, 5.0, "網"),
        ours("customer", 5.0, 7.0, "斷了烦死了"),
        ours("agent", 7.0, 12.0, "别急听我说"),
    ],
    "findings": [found("greeting", 1.0), found("thanks", 2.0), found("impatience", 6.5), found("impatience", 8.5)],
    "opening": {"complete": False, "abstained": False},
    "closing": {"complete": False, "abstained": True},
    "scenario": {"name": "fault"},
    "events": [
        event("interruption", "agent", 7.2, 8.0),
        event("interruption", "customer", 7.2, 8.0),
        event("silence_unannounced", "agent", 32.5, 36.0),
    ],
    "dimensions": {
        "politeness": {"score": 71.0},
        "patience": {"score": None},
        "communication": {"score": 80.0},
    },
}


def card(**changed):
    return {**copy.deepcopy(CARD), **changed}


@pytest.mark.parametrize(
    ("row", "counted"),
    [
        pytest.param("CER agent", Share(5, 17, "characters"), id="one wrong, one made up, three unheard"),
        pytest.param("CER customer", Share(1, 6, "characters"), id="traditional characters are no error"),
        pytest.param("roles withheld", Share(False, 1, "calls"), id="roles are shown"),
        pytest.param("standard evidence", Tally(1, 2, 2), id="greeting found, thanks made up, offer_help missed"),
        pytest.param("forbidden evidence", Tally(1, 2, 1), id="one fault found twice"),
        pytest.param("no fault, taken for one", Share(1, 2, "such spans"), id="one fault lies on the customer's words"),
        pytest.param("opening verdict right", Share(False, True, "verdicts given"), id="wrong verdict"),
        pytest.param("closing verdict right", Share(False, False, "verdicts given"), id="no verdict, not judged"),
        pytest.param("scenario right", Share(True, True, "named"), id="scenario named rightly"),
        pytest.param("agent's interruptions", Tally(1, 1, 1), id="the customer's are not counted"),
        pytest.param("unannounced silences", Tally(0, 1, 1), id="more than 2 s away"),
    ],
)
def test_a_call_is_counted_as_by_hand(row, counted):
    assert counts(REFERENCE, CARD, LABELS)[row] == counted


def test_role_time_is_where_one_speaks_and_we_have_a_turn():
    assert role_time(REFERENCE, CARD) == Share(10.0, 11.0, "s")  # not 7 to 8, where both speak; 4 to 5 is wrong
    both = card(turns=[ours("agent", 0.0, 4.0, ""), ours("customer", 0.0, 2.0, "")])
    assert role_time(REFERENCE, both) == Share(3.0, 4.0, "s")
    assert role_time(REFERENCE, card(turns=[ours("unknown", 0.0, 4.0, "")])) == Share(0.0, 4.0, "s")


def test_withheld_roles_and_unnamed_scenarios_are_left_out_of_their_rows():
    counted = counts(REFERENCE, card(roles={"withheld": True}, scenario={"name": None}), LABELS)
    assert counted["roles withheld"] == Share(1, 1, "calls")
    assert counted["time with the right role"].whole == counted["scenario right"].whole == 0


def test_each_reference_span_takes_the_nearest_finding_once():
    wanted = [Span(10.0, 11.0)]
    near, far, outside = Span(10.5, 11.5), Span(12.0, 13.0), Span(12.6, 13.0)
    assert unpaired(wanted, [far, near]) == [far]
    assert unpaired(wanted, [outside]) == [outside]
    assert unpaired(wanted, [far]) == []


def test_scores_are_compared_with_the_mean_of_both_raters_where_there_are_two():
    assert score_pairs(REFERENCE, CARD) == {"politeness": (71.0, 65.0), "communication": (80.0, 70.0)}
    alone = {name: value for name, value in REFERENCE.items() if name != "second_ratings"}
    assert score_pairs(alone, CARD)["politeness"] == (71.0, 60)


def test_agreement_of_scores():
    rho, error, within = agreement([(50.0, 60.0), (70.0, 62.0), (90.0, 61.0)])
    assert (rho, error, within) == (pytest.approx(0.5), pytest.approx(47 / 3), pytest.approx(2 / 3))
    rho, error, within = agreement([(50.0, 60.0)])
    assert math.isnan(rho)
    assert (error, within) == (10.0, 1.0)
    assert all(map(math.isnan, agreement([])))


def test_the_table_adds_all_calls_up():
    table = {name: (figure, counted_on) for name, figure, counted_on in rows([(REFERENCE, CARD)] * 2, LABELS)}
    assert table["CER customer"] == ("0.167", "2 of 12 characters")
    assert table["closing verdict right"] == ("–", "0 of 0 verdicts given")
    assert table["standard evidence"] == ("P 0.500, R 0.500, F1 0.500", "4 to find, 4 found, 2 right")
    assert table["politeness score"][1] == "2 calls"
