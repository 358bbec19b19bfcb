"""Fifty inspectors at once through a real server: nothing is lost, nothing is overwritten, on either database."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from desks import CALL, CALL_ID, key_of, open_desk
from postgresql import postgresql_url
from scorecards import acoustics, scorecard
from served import client, form, inspectors, served

from pipeline.people import finding_key

INSPECTORS = 50


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def desk(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("desk")
    app = open_desk(f"sqlite:///{folder}/q.sqlite" if request.param == "sqlite" else postgresql_url(), folder)
    people = inspectors(app, INSPECTORS)
    with served(app) as address:
        yield app, address, people


def at_once(people, act):
    """Let everybody act at the same moment; what came of it, by name."""
    gate = threading.Barrier(len(people))

    def one(item):
        name, token = item
        gate.wait()
        return name, act(name, token)

    with ThreadPoolExecutor(len(people)) as pool:
        return dict(pool.map(one, people.items()))


def test_verdicts_on_different_calls_are_all_kept(desk):
    app, address, people = desk
    calls = {name: scorecard(f"of {name}", day=3) for name in people}
    for card in calls.values():
        app.state.room.store.save_scorecard(card, acoustics())

    def act(name, token):
        card = calls[name]
        with client(address, token) as browser:
            return [
                browser.post(
                    f"/calls/{card.recording.id}/verdicts",
                    data=form(token, finding=finding_key(finding), decision="confirmed", version=0),
                ).status_code
                for finding in card.findings
            ]

    answers = at_once(people, act)
    assert Counter(status for each in answers.values() for status in each) == {303: INSPECTORS * len(CALL.findings)}
    for name, card in calls.items():
        kept = app.state.room.desk.verdicts(card.recording.id)
        assert {each.verdict.inspector for each in kept.values()} == {name} and len(kept) == len(card.findings)


def test_of_fifty_on_one_finding_one_is_first_and_the_others_are_told(desk):
    app, address, people = desk
    fields = {"finding": key_of("blame"), "decision": "confirmed", "version": 0}

    def act(_name, token):
        with client(address, token) as browser:
            return browser.post(f"/calls/{CALL_ID}/verdicts", data=form(token, **fields)).status_code

    answers = at_once(people, act)
    assert Counter(answers.values()) == {303: 1, 409: INSPECTORS - 1}
    winner = next(name for name, status in answers.items() if status == 303)
    assert app.state.room.desk.verdicts(CALL_ID)[key_of("blame")].verdict.inspector == winner


def test_everybody_who_looks_again_gets_through_and_nobody_is_lost(desk):
    app, address, everybody = desk
    people = dict(list(everybody.items())[:15])
    key = key_of("rhetorical")

    def act(_name, token):
        with client(address, token) as browser:
            for _ in range(10 * len(people)):
                known = app.state.room.desk.verdicts(CALL_ID).get(key)
                fields = {"finding": key, "decision": "confirmed", "version": known.version if known else 0}
                if browser.post(f"/calls/{CALL_ID}/verdicts", data=form(token, **fields)).status_code == 303:
                    return True
        return False

    assert all(at_once(people, act).values())
    history = [each for each in app.state.room.desk.verdict_history(CALL_ID) if each.verdict.finding == key]
    assert sorted(each.version for each in history) == list(range(1, len(people) + 1))
    assert {each.verdict.inspector for each in history} == set(people)


def test_scores_by_hand_on_one_criterion_stand_beside_each_other(desk):
    app, address, people = desk
    fields = {"criterion": "politeness.process", "score": 70, "version": 0}

    def act(_name, token):
        with client(address, token) as browser:
            return browser.post(f"/calls/{CALL_ID}/scores", data=form(token, **fields)).status_code

    assert set(at_once(people, act).values()) == {303}
    assert {each.inspection.inspector for each in app.state.room.desk.scores(CALL_ID)} == set(people)
