"""The commands on rules, as people call them."""

import shutil
from pathlib import Path

import pytest
import yaml
from calls import LEXICONS
from rulings import rule
from scorecards import acoustics
from test_rescore import CALLS, heard
from typer.testing import CliRunner

from cli.main import app
from pipeline.call import judge
from pipeline.errors import InputError
from pipeline.kit import load_kit
from pipeline.settings import Settings
from pipeline.store.repository import Store

UPLOAD = Path(__file__).parent / "data" / "rules" / "upload.json"


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped lists."""
    copy = tmp_path / "lexicons"
    shutil.copytree(LEXICONS, copy, ignore=shutil.ignore_patterns("corpus"))
    return copy


def write(folder, *entries):
    text = yaml.safe_dump(list(entries), allow_unicode=True)
    (folder / "rules.yaml").write_text(text, encoding="utf-8")


def run(*arguments):
    return CliRunner().invoke(app, [str(each) for each in arguments])


def said(result):
    """All that a command wrote, line breaks of tables left out."""
    return result.output + (result.stderr or "")


def test_check_counts_rules_and_names_what_is_wrong(folder):
    fine = run("lexicon", "check", "--lexicons", folder)
    assert fine.exit_code == 0
    assert "18 rules: all well" in said(fine)
    write(folder, rule(when={"shouting": 1}))
    wrong = run("lexicon", "check", "--lexicons", folder)
    assert wrong.exit_code == 2
    assert "rules.yaml:" in said(wrong)
    assert "unknown operator 'shouting'" in said(wrong)


def test_test_runs_the_dialogues(folder):
    write(folder, rule(tests={"hit": ["坐席：甲"], "miss": ["坐席：这里有甲"]}))
    result = run("lexicon", "test", "--lexicons", folder)
    assert result.exit_code == 2
    assert "r: expected miss, came out hit: 这里有甲" in said(result)


def test_explain_tells_a_rule_and_refuses_an_unknown_one():
    result = run("lexicon", "explain", "hangup.unanswered")
    assert result.exit_code == 0
    assert "计分：耐心周到扣 6 分，全通只计一次" in said(result)
    unknown = run("lexicon", "explain", "nothing").exception
    assert isinstance(unknown, InputError)
    assert "rule 'nothing' is not in" in str(unknown)


def test_try_says_what_newly_hits_and_whose_and_keeps_nothing(folder, tmp_path):
    url = f"sqlite:///{tmp_path / 'q.sqlite'}"
    kit = load_kit(Settings(lexicons_dir=folder))
    cards = {name: judge(heard(name), kit) for name in CALLS}
    with Store(url) as store:
        for card in cards.values():
            store.save_scorecard(card, acoustics())
    shipped = yaml.safe_load((folder / "rules.yaml").read_text(encoding="utf-8"))
    write(folder, *shipped, rule(id="own.moon", zh="许愿", points=-10, when={"keywords": ["对着月亮许愿"]}))
    result = run("lexicon", "try", "--lexicons", folder, "--store", url)
    assert result.exit_code == 0, result.exception
    assert "许愿" in said(result)
    assert "agent-odd" in said(result)
    assert "新命中：许愿" in said(result)
    with Store(url) as store:
        assert {name: store.scorecard(name) for name in CALLS} == cards


def test_rules_are_taken_over(folder, tmp_path):
    out = tmp_path / "imported.yaml"
    taken = run("lexicon", "import-rules", UPLOAD, "--out", out, "--lexicons", folder)
    assert taken.exit_code == 0, taken.exception
    assert "5 rules written" in said(taken)
    assert "has no counterpart" in said(taken)
    assert len(yaml.safe_load(out.read_text(encoding="utf-8"))) == 5
    assert isinstance(run("lexicon", "import-rules", UPLOAD, "--out", out, "--lexicons", folder).exception, InputError)
