"""``qinhe users``, ``qinhe review`` and what ``qinhe agreement`` says of verdicts, from the outside."""

from datetime import UTC, datetime

import pytest
from scorecards import acoustics, scorecard

from pipeline.people import Decision, Duty, User, Verdict, finding_key
from pipeline.review.auth import is_password
from pipeline.review.room import Access, open_room
from pipeline.settings import Settings
from pipeline.store.desk import Desk
from pipeline.store.repository import Store

PASSWORD = "a long password"
NOW = datetime(2025, 3, 1, tzinfo=UTC)


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/q.sqlite"


@pytest.fixture
def qinhe(qinhe, monkeypatch, tmp_path):
    """The command on a wide terminal, without settings of the folder that the tests run in."""
    monkeypatch.setattr("cli.console.out.width", 200)
    monkeypatch.chdir(tmp_path)
    return qinhe


def add(qinhe, url, name, *options, typed=f"{PASSWORD}\n"):
    return qinhe("users", "add", name, "--store", url, "--password-stdin", *options, typed=typed)


def test_first_administrator_can_sign_in(qinhe, url):
    status, said, _ = add(qinhe, url, "管理", "--role", "admin")
    assert status == 0 and "管理 may sign in as admin" in said
    room = open_room(Settings(store_url=url), Access())
    assert is_password(room, "管理", PASSWORD) and not is_password(room, "管理", PASSWORD + "x")
    assert room.desk.people.user("管理") == User("管理", Duty.ADMIN)
    assert PASSWORD not in str(room.desk.logged()) and "新增用户 管理" in room.desk.logged()[0].what
    room.close()


def test_accounts_are_listed_closed_and_given_passwords(qinhe, url):
    add(qinhe, url, "管理", "--role", "admin")
    add(qinhe, url, "坐席", "--role", "agent", "--agent", "8001")
    assert qinhe("users", "password", "坐席", "--store", url, "--password-stdin", typed="another password")[0] == 0
    assert qinhe("users", "close", "坐席", "--store", url)[0] == 0
    said = qinhe("users", "list", "--store", url)[1]
    assert "8001" in said and "closed" in said and "open" in said
    with Desk(url) as desk:
        assert [line.what for line in desk.logged()][:2] == ["停用用户 坐席", "重设 坐席 的密码"]


@pytest.mark.parametrize(
    ("name", "options", "typed", "told"),
    [
        ("坐席", ["--role", "agent"], PASSWORD, "give the number of the agent"),
        ("王检", ["--agent", "8001"], PASSWORD, "is no agent"),
        ("王检", [], "short", "10 to 200 characters"),
        ("王检", [], "", "10 to 200 characters"),
        ("a/b", [], PASSWORD, "printable characters without /"),
    ],
)
def test_accounts_that_make_no_sense_are_refused(qinhe, url, name, options, typed, told):
    status, _, complained = add(qinhe, url, name, *options, typed=typed)
    assert status == 2 and told in complained


def test_name_taken_unknown_and_last_administrator_are_told(qinhe, url):
    add(qinhe, url, "管理", "--role", "admin")
    assert "already" in add(qinhe, url, "管理")[2]
    assert "no user '谁'" in qinhe("users", "close", "谁", "--store", url)[2]
    assert "last administrator" in qinhe("users", "close", "管理", "--store", url)[2]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--host", "0.0.0.0"], "without TLS"),
        (["--host", "10.0.0.5"], "without TLS"),
        (["--host", "0.0.0.0", "--behind-proxy"], "give --name"),
        (["--host", "::", "--allow-remote"], "give --name"),
    ],
)
def test_desk_is_not_opened_to_others_by_accident(qinhe, url, options, told):
    status, _, complained = qinhe("review", "--store", url, *options)
    assert status == 2 and told in complained


def verdict(number, decision, rule="phrase.exact"):
    label = "" if decision is Decision.ADDED else "blame"
    return Verdict(f"call-{number}", "blame@1:0-2", "王检", decision, "blame", NOW, "", label, rule if label else "")


def test_agreement_tells_how_often_each_rule_is_right(qinhe, url):
    decided = [Decision.CONFIRMED] * 6 + [Decision.REJECTED] * 3 + [Decision.CORRECTED] + [Decision.ADDED] * 2
    with Desk(url) as desk:
        for number, decision in enumerate(decided):
            desk.decide(verdict(number, decision), 0)
        desk.decide(verdict(90, Decision.REJECTED, "phrase.sound"), 0)
        desk.decide(verdict(90, Decision.CONFIRMED, "phrase.sound"), 1)
    status, said, _ = qinhe("agreement", "--store", url)
    assert status == 0
    row = next(line for line in said.splitlines() if "phrase.exact" in line)
    assert [cell.strip() for cell in row.split("│")[2:8]] == ["责备埋怨", "10", "6", "1", "3", "60% [31%, 83%]"]
    row = next(line for line in said.splitlines() if "phrase.sound" in line)
    assert "100% [21%, 100%]" in row, "the verdict that stands counts, once"
    assert "机器漏标、由质检员补充：责备埋怨 2" in said


def test_agreement_tells_how_much_is_found_in_calls_decided_whole(qinhe, url):
    card = scorecard("a")
    with Store(url) as store, Desk(url) as desk:
        store.save_scorecard(card, acoustics())
        for finding in card.findings:
            own = (finding.label, NOW, "", finding.label, finding.rule)
            desk.decide(Verdict(card.recording.id, finding_key(finding), "王检", Decision.CONFIRMED, *own), 0)
        for key, label in (("blame@2:0-2", "blame"), ("refuse@2:3-5", "refuse")):
            desk.decide(Verdict(card.recording.id, key, "王检", Decision.ADDED, label, NOW), 0)
        desk.decide(verdict(1, Decision.ADDED), 0)
    status, said, _ = qinhe("agreement", "--store", url)
    rows = [[cell.strip() for cell in line.split("│")[1:9]] for line in said.splitlines() if line.count("│") == 9]
    recalled = {(row[0], row[1]): row[-1] for row in rows}
    assert status == 0
    assert recalled[card.findings[0].rule, "责备埋怨"] == "50% [9%, 91%] (1/2)", (
        "what was added in a call without scorecard is left out"
    )
    assert recalled["各规则合计", "生硬拒绝"] == "0% [0%, 79%] (0/1)"
    assert "共 1 通" in said


def test_agreement_without_anything_says_what_to_do(qinhe, url):
    status, _, complained = qinhe("agreement", "--store", url)
    assert status == 2 and "qinhe review" in complained
