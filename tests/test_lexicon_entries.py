import re

import pytest
import yaml
from phrases import entry, write_lexicon

from pipeline.errors import LexiconError
from pipeline.lexicon.entries import load_lexicon, read_all
from pipeline.schema import Polarity, Role

GOOD = """\
- id: refuse.ban_bu_liao
  label: refuse
  pattern: "[这个|那个](业务)办不了"
  severity: heavy
  role: agent
  position: closing
  not_before: ["不是", "并非，"]
  not_after: [的话]
  exact_only: true
  examples:
    hit: ["这个办不了", "那个业务办不了"]
    miss: ["办不了的话您再来"]
  source: norm 用语规范
"""


def folder_with(tmp_path, text):
    write_lexicon(tmp_path, [])
    (tmp_path / "phrases.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_all_keys_are_read(tmp_path):
    lexicon = load_lexicon(folder_with(tmp_path, GOOD))
    (read,) = lexicon.entries
    assert (read.id, read.label, read.severity, read.position, read.exact_only) == (
        "refuse.ban_bu_liao",
        "refuse",
        "heavy",
        "closing",
        True,
    )
    assert (read.role, read.not_before, read.not_after) == (Role.AGENT, ("不是", "并非"), ("的话",))
    assert [(example.text, example.line) for example in read.hit] == [("这个办不了", 11), ("那个业务办不了", 11)]
    assert [example.line for example in read.miss] == [12]
    assert read.source == "norm 用语规范"
    assert read.line == 1
    assert lexicon.by_id["refuse.ban_bu_liao"] is read
    assert lexicon.labels["refuse"].polarity is Polarity.FORBIDDEN


def test_severity_is_the_labels_unless_named(tmp_path):
    lexicon = load_lexicon(
        write_lexicon(tmp_path, [entry("a.a", "refuse", "办不了"), entry("b.b", "greeting", "您好")])
    )
    assert [read.severity for read in lexicon.entries] == ["medium", None]


@pytest.mark.parametrize(
    ("broken", "line", "remedy"),
    [
        (GOOD.replace("label: refuse", "label: refusal"), 2, "use one of labels.yaml"),
        (GOOD.replace("severity: heavy", "severity: terrible"), 4, "choose one of light, medium, heavy"),
        (GOOD.replace("role: agent", "role: boss"), 5, "choose one of agent, customer"),
        (GOOD.replace("position: closing", "position: middle"), 6, "choose one of anywhere, opening, closing"),
        (GOOD.replace("not_after: [的话]", "not_after: 的话"), 8, "needs a list"),
        (GOOD.replace('"并非，"', '"，"'), 7, "without characters"),
        (GOOD.replace("exact_only: true", "exact_only: maybe"), 9, "true or false"),
        (GOOD.replace("source:", "sauce:"), 13, "unknown key 'sauce'"),
        (GOOD.replace("(业务)", "(业务"), 3, "not closed"),
        (GOOD.replace("pattern:", "text: 办不了\n  pattern:"), 1, "either `text: …` or `pattern: …`"),
        (GOOD.replace('pattern: "[这个|那个](业务)办不了"', 'text: ""'), 3, "needs text for 'text'"),
        (GOOD.replace('pattern: "[这个|那个](业务)办不了"', 'text: "……"'), 3, "without characters"),
        (GOOD.replace('    miss: ["办不了的话您再来"]\n', ""), 11, "at least one sentence"),
        (GOOD.replace('miss: ["办不了的话您再来"]', "miss: []"), 11, "at least one sentence"),
        (GOOD.replace("miss:", "mist:"), 12, "unknown key 'mist'"),
        (GOOD.replace("id: refuse.ban_bu_liao", "id:"), 1, "needs text for 'id'"),
        (GOOD.replace("  label: refuse\n", "  label: refuse\n  label: shirk\n"), 3, "given twice"),
        (GOOD.replace('"那个业务办不了"]', '"那个业务办不了"'), 12, "not valid YAML"),
        (GOOD.replace("- id", "id"), 2, "not valid YAML|not a list"),
        ("refuse: 办不了\n", 1, "not a list of entries"),
        (GOOD + "- 办不了\n", 14, "list of keys and values"),
        (GOOD + GOOD, 14, "taken by phrases.yaml:1"),
    ],
)
def test_a_mistake_is_shown_where_it_stands_with_its_remedy(tmp_path, broken, line, remedy):
    folder = folder_with(tmp_path, broken)
    with pytest.raises(LexiconError, match=remedy) as error:
        load_lexicon(folder)
    assert "\n" not in str(error.value)
    found = re.match(r"(.*phrases\.yaml):(\d+): ", str(error.value))
    assert found, str(error.value)
    assert int(found[2]) == line


def test_all_mistakes_are_collected_and_the_rest_is_kept(tmp_path):
    entries = [entry("a.a", "greeting", "您好"), entry("b.b", "nonsense", "您"), entry("a.a", "greeting", "早")]
    lexicon, problems = read_all(write_lexicon(tmp_path, entries))
    assert [read.id for read in lexicon.entries] == ["a.a"]
    assert len(problems) == 2
    with pytest.raises(LexiconError, match="and 1 more"):
        load_lexicon(tmp_path)


@pytest.mark.parametrize(
    ("labels", "complaint"),
    [
        ("labels:\n  greeting: {zh: 问候, polarity: good, criterion: c}\n", "labels.yaml:2: .*standard, forbidden"),
        ("labels:\n  greeting: {polarity: standard, criterion: c}\n", "labels.yaml:2: .*needs text for 'zh'"),
        (
            "labels:\n  greeting: {zh: 问候, polarity: standard, criterion: c, color: red}\n",
            "labels.yaml:2: .*unknown key",
        ),
        ("phrases: []\n", "has no labels"),
    ],
)
def test_broken_labels_are_refused(tmp_path, labels, complaint):
    write_lexicon(tmp_path, [])
    (tmp_path / "labels.yaml").write_text(labels, encoding="utf-8")
    with pytest.raises(LexiconError, match=complaint):
        load_lexicon(tmp_path)


def test_a_folder_without_labels_is_refused(tmp_path):
    with pytest.raises(LexiconError, match=r"labels\.yaml: not found"):
        load_lexicon(tmp_path)


def test_other_files_of_the_folder_are_no_phrases(tmp_path):
    folder = write_lexicon(tmp_path, [entry("a.a", "greeting", "您好")])
    for name in ("rubric.yaml", "invented.yaml", "flows.yaml"):
        (folder / name).write_text("dimensions: {}\n", encoding="utf-8")
    (folder / "corpus").mkdir()
    (folder / "corpus" / "x.yaml").write_text("[", encoding="utf-8")
    assert len(load_lexicon(folder).entries) == 1


def test_the_version_follows_the_content(tmp_path):
    folder = write_lexicon(tmp_path, [entry("a.a", "greeting", "您好")])
    first = load_lexicon(folder).version
    assert load_lexicon(folder).version == first
    write_lexicon(folder, [entry("a.a", "greeting", "您早")])
    assert load_lexicon(folder).version != first
    labels = folder / "labels.yaml"
    labels.write_text(f"version: '2.1'\n{labels.read_text(encoding='utf-8')}", encoding="utf-8")
    assert re.fullmatch(r"2\.1\+[0-9a-f]{12}", load_lexicon(folder).version)


def test_short_phrases_are_words_for_the_segmenter(tmp_path):
    entries = [
        entry("a.a", "refuse", "没办法"),
        entry("b.b", "greeting", "您好"),
        entry("c.c", "address", "{surname}先生"),
    ]
    assert load_lexicon(write_lexicon(tmp_path, entries)).words == ("没办法",)


def test_the_labels_that_are_shipped_are_valid(pytestconfig):
    shipped = pytestconfig.rootpath / "lexicons" / "labels.yaml"
    names = yaml.safe_load(shipped.read_text(encoding="utf-8"))["labels"]
    lexicon, _ = read_all(shipped.parent)
    assert set(lexicon.labels) == set(names)
    assert {label.red_line for label in lexicon.labels.values()} == {False, True}


@pytest.mark.parametrize(
    ("pattern", "shown"),
    [
        ("没办法", "没办法"),
        ("为您[查询|核实]一下", "为您查询一下"),
        ("(请)稍等", "稍等"),
        ("{surname}[先生|女士]", "…先生"),
        ("[您|你]{any:0-2}早干[嘛(呢)|啥]去了", "您…早干嘛去了"),
    ],
)
def test_people_are_shown_one_wording_not_the_pattern(tmp_path, pattern, shown):
    lexicon = load_lexicon(write_lexicon(tmp_path, [entry("refuse.x", "refuse", pattern)]))
    assert lexicon.by_id["refuse.x"].wording == shown
