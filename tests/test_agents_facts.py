"""A call's facts are the same from a whole scorecard and from the store, but for the words."""

from dataclasses import replace
from datetime import date

import pytest
from scorecards import acoustics, finding_in, scorecard, withheld

from pipeline.agents.facts import facts_of
from pipeline.agents.team import build_team
from pipeline.agents.verdicts import people
from pipeline.criteria.hostility import hostility
from pipeline.criteria.reactions import load_reactions
from pipeline.errors import StoreError
from pipeline.schema import Inspection, Polarity
from pipeline.settings import Settings
from pipeline.store.border import writing
from pipeline.store.call_facts import Period
from pipeline.store.repository import Store

CUES = load_reactions(Settings().models_dir / "reactions.npz")


@pytest.fixture
def store(tmp_path):
    with Store(f"sqlite:///{tmp_path}/q.sqlite") as opened:
        yield opened


def _wordless(facts):
    return replace(facts, hits=tuple(replace(hit, quote="", explanation="") for hit in facts.hits))


@pytest.mark.parametrize(
    "card", [scorecard(), withheld(scorecard()), replace(scorecard(), measures={"customer_hostility": 1.0})]
)
def test_facts_from_the_store_are_those_of_the_card(store, card):
    store.save_scorecard(card, acoustics())
    (found,) = store.facts()
    assert found == _wordless(facts_of(card))


def test_facts_of_a_period_and_of_an_agent(store):
    for day in (1, 2, 3):
        store.save_scorecard(scorecard(f"{day}", day=day, agent_id=f"80{day % 2}"), acoustics())
    undated = replace(scorecard("u"), recording=replace(scorecard("u").recording, started_at=None))
    store.save_scorecard(undated, acoustics())
    days = [call.started_at and call.started_at.day for call in store.facts(Period(date(2025, 3, 2), date(2025, 3, 3)))]
    assert sorted(days) == [2, 3]
    assert len(list(store.facts(Period(until=date(2025, 3, 1))))) == 1 and len(list(store.facts())) == 4
    assert {call.agent_id for call in store.facts(agent_id="801")} == {"801"}
    assert store.last_day() == date(2025, 3, 3)


@pytest.mark.parametrize(
    ("since", "until", "before"),
    [
        (date(2025, 3, 10), date(2025, 3, 16), Period(date(2025, 3, 3), date(2025, 3, 9))),
        (date(2025, 3, 1), date(2025, 3, 1), Period(date(2025, 2, 28), date(2025, 2, 28))),
        (None, date(2025, 3, 1), None),
    ],
)
def test_the_period_before_is_as_long(since, until, before):
    assert Period(since, until).before == before


def test_damaged_judgements_are_said(store):
    store.save_scorecard(scorecard(), acoustics())
    with writing(store._engine) as connection:
        connection.exec_driver_sql("UPDATE scorecards SET document = '{}'")
    with pytest.raises(StoreError, match="does not fit: delete its record"):
        list(store.facts())


def test_hostility_counts_only_before_the_agents_own_fault():
    card = scorecard(
        lines=(("agent", "您好请问"), ("customer", "你们就是骗子"), ("agent", "是您自己把数据开关关掉了吧"))
    )
    assert hostility(card.transcript, (), CUES) == 1.0
    late = scorecard(lines=(("agent", "是您自己把数据开关关掉了吧"), ("customer", "你这什么态度"), ("agent", "好的")))
    fault = finding_in(late.transcript.turns[0], "是您自己把数据开关关掉了吧", "blame", Polarity.FORBIDDEN, "c")
    assert hostility(late.transcript, (), CUES) == 1.0 and hostility(late.transcript, (fault,), CUES) == 0.0
    assert hostility(withheld(card).transcript, (), CUES) is None


def test_people_are_compared_with_the_machine():
    cards = [scorecard("a", score=70.0), scorecard("b", agent_id="8002", score=50.0)]
    team = build_team(map(facts_of, cards))
    given = [
        Inspection(cards[0].recording.id, "王敏", "affinity", 78.0),
        Inspection(cards[1].recording.id, "王敏", "affinity", 75.0),
        Inspection(cards[0].recording.id, "王敏", "patience.proactive", 60.0),
        Inspection("elsewhere", "王敏", "affinity", 10.0),
    ]
    found = people(team.calls, [], given)
    assert (found.reviewed, found.closeness.within.done, found.closeness.within.of) == (2, 1, 2)
    assert found.closeness.bias == pytest.approx(16.5)
    assert found.agents_closeness["8002"].bias == pytest.approx(25.0)
    assert found.total.precision.of == 0


def test_unscored_calls_make_a_report_too():
    team = build_team(map(facts_of, [withheld(scorecard("a")), withheld(scorecard("b", agent_id="8002"))]))
    assert [each.affinity.level for each in team.agents] == [None, None]
    assert team.tiers.unscored == ("8001", "8002") and team.coverage.scored == 0
    assert team.agents[0].abstained[0].calls == 1
