"""What verdicts say of how much the machine finds: a table of calls, each with what was decided in it."""

from datetime import UTC, datetime

import pytest
from scorecards import scorecard

from pipeline.agents.verdicts import ALL_RULES, decided_whole, recall
from pipeline.people import Decision, Verdict, finding_key

NOW = datetime(2025, 3, 1, tzinfo=UTC)
EXACT, SOUND = "phrase.exact", "phrase.sound"


def verdict(decision, label="blame", *, machine="blame", rule=EXACT, call="a", finding="x"):
    if decision is Decision.ADDED:
        machine = rule = ""
    return Verdict(call, finding, "王检", decision, label, NOW, "", machine, rule)


OK, NO, NEW, OTHER = Decision.CONFIRMED, Decision.REJECTED, Decision.ADDED, Decision.CORRECTED


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], {}),
        ([verdict(OK)], {(EXACT, "blame"): (1, 1), (ALL_RULES, "blame"): (1, 1)}),
        ([verdict(OK), verdict(NEW)], {(EXACT, "blame"): (1, 2), (ALL_RULES, "blame"): (1, 2)}),
        ([verdict(NO)], {(EXACT, "blame"): (0, 0)}),
        ([verdict(NEW)], {(ALL_RULES, "blame"): (0, 1)}),
        (
            [verdict(OK), verdict(OTHER, machine="refuse")],
            {(EXACT, "blame"): (1, 2), (EXACT, "refuse"): (0, 0), (ALL_RULES, "blame"): (1, 2)},
        ),
        (
            [verdict(OK), verdict(OK, rule=SOUND), verdict(NEW)],
            {(EXACT, "blame"): (1, 3), (SOUND, "blame"): (1, 3), (ALL_RULES, "blame"): (2, 3)},
        ),
        ([verdict(OK), verdict(OK, machine="", rule="")], {(EXACT, "blame"): (1, 2), (ALL_RULES, "blame"): (1, 2)}),
        ([verdict(OK), verdict(NEW, call="b")], {(EXACT, "blame"): (1, 1), (ALL_RULES, "blame"): (1, 1)}),
    ],
    ids=[
        "none",
        "all",
        "missed",
        "rejected",
        "never found",
        "corrected",
        "two rules",
        "an added one confirmed",
        "other",
    ],
)
def test_recall_counts_what_inspectors_hold_in_calls_decided_whole(verdicts, expected):
    assert {key: (each.done, each.of) for key, each in recall(verdicts, {"a"}).items()} == expected


def test_recall_has_wilsons_interval():
    found = recall([verdict(OK)] * 8 + [verdict(NEW)] * 2, {"a"})[EXACT, "blame"]
    assert (round(found.low, 2), found.ratio, round(found.high, 2)) == (0.49, 0.8, 0.94)


@pytest.mark.parametrize(("left", "whole"), [(0, True), (1, False)])
def test_a_call_is_decided_whole_when_no_finding_is_left(left, whole):
    card = scorecard("a")
    keys = [finding_key(finding) for finding in card.findings]
    assert len(keys) > 1
    decided = [verdict(OK, call=card.recording.id, finding=key) for key in keys[left:]]
    assert decided_whole([card], decided) == ({card.recording.id} if whole else set())
