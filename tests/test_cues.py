"""What customers' words show: every cue's examples in the list are its tests."""

import pytest
import yaml
from calls import call

from pipeline.criteria.cues import REACTIONS, Cue, load_cues
from pipeline.errors import LexiconError
from pipeline.settings import Settings

SHIPPED = Settings().lexicons_dir / "cues.yaml"
LISTED = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
CASES = [
    (Cue(name), text, kind == "examples")
    for name, entry in LISTED.items()
    for kind in ("examples", "counterexamples")
    for text in entry[kind]
]


def test_every_cue_has_examples_both_ways():
    assert set(LISTED) == {cue.value for cue in Cue if cue not in REACTIONS}
    assert all(entry["examples"] and entry["counterexamples"] for entry in LISTED.values())


@pytest.mark.parametrize(("cue", "text", "shown"), CASES)
def test_listed_examples(cue, text, shown):
    assert load_cues(SHIPPED)[cue].shown(text) is shown


@pytest.mark.parametrize(
    ("cue", "text"),
    [(Cue.LEAVING, "不用尼们"), (Cue.TROUBLE, "家里不好屎")],
)
def test_wrong_characters_of_the_right_sound_are_found(cue, text):
    assert len(call(("customer", text)).showing(cue)) == 1


def test_short_wording_is_not_looked_for_by_sound():
    assert call(("customer", "铜庸")).showing(Cue.CANCEL) == ()


@pytest.mark.parametrize("content", ["", "trouble: {}", "trouble: {patterns: ['(']}", "["])
def test_a_broken_file_is_told(tmp_path, content):
    path = tmp_path / "cues.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError, match=r"cues\.yaml"):
        load_cues(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(LexiconError, match=r"cues\.yaml"):
        load_cues(tmp_path / "cues.yaml")
