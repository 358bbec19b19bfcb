"""The communication criteria on small dialogues, which stand in tests/data/criteria/communication.*.yaml."""

from dataclasses import replace

import pytest
from criteria_cases import EXPECTED, KINDS, Case, cases, context_of, failure

from pipeline.criteria.course import hurries_past
from pipeline.criteria.registry import registered

CASES = cases("communication")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_dialogues(case: Case) -> None:
    assert failure(case) is None


def test_every_criterion_is_tried_in_every_way() -> None:
    kinds = {name: {case.entry["kind"] for case in CASES if case.criterion == name} for name in registered()}
    own = {name: found for name, found in kinds.items() if name.startswith("communication.")}
    assert own == dict.fromkeys(own, KINDS)
    assert {case.entry["expect"] for case in CASES} <= EXPECTED


@pytest.mark.parametrize(
    ("before", "after", "amount"),
    [(4.5, 4.5, 0.0), (5.6, 5.6, 0.5), (6.5, 6.5, 1.0), (9.0, 6.0, 0.0), (4.0, 6.5, 1.0)],
)
def test_haste_before_one_who_has_not_understood_counts_by_degrees(before, after, amount):
    said = (
        f"坐席（{before}字/秒）：您这个套餐超出以后按阶梯计费，封顶以后限速，次月一号恢复。",
        "客户：你慢点说，我没听懂。",
        f"坐席（{after}字/秒）：就是超出的部分按阶梯算钱，到了封顶值就降速，下个月一号再恢复。",
    )
    signals = hurries_past(context_of({"dialogue": "\n".join(said)}))
    assert sum(signal.amount for signal in signals) == pytest.approx(amount, abs=0.25)


@pytest.mark.parametrize(("wait_s", "abstained"), [(3, True), (14, False)])
def test_one_made_to_wait_should_have_been_asked(wait_s, abstained):
    said = f"客户：营业厅几点开门？\n坐席（等{wait_s}秒）：早上九点开门。"
    assessed = registered()["communication.soliciting"].function(context_of({"dialogue": said}))
    assert assessed.abstained == abstained


@pytest.mark.parametrize(("method", "told"), [("channel", None), ("voice", "没有判断抢话")])
def test_interruptions_that_cannot_be_heard_are_said_to_be_unjudged(method, told):
    context = context_of({"dialogue": "客户：我家网断了。\n坐席：请问您的号码是多少？"})
    roles = replace(context.transcript.roles, method=method)
    heard = replace(context, transcript=replace(context.transcript, roles=roles))
    unjudged = registered()["communication.listening"].function(heard).unjudged
    assert (unjudged and unjudged.partition("（")[0]) == told
