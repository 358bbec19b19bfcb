"""How customers take what they are told: the model of reactions, and the corpus it learns from."""

from collections import Counter
from pathlib import Path

import pytest

from pipeline.criteria.cues import REACTIONS, Cue, objection, objects
from pipeline.criteria.reaction_corpus import read_answers, version_of
from pipeline.criteria.reaction_training import fit
from pipeline.criteria.reactions import CLEAR, VAGUE, Reaction, load_reactions, reader
from pipeline.errors import LexiconError
from pipeline.lexicon.hands import HELD_BACK, for_training
from pipeline.lexicon.meaning import load_model, save_model
from pipeline.settings import Settings

CORPUS = Settings().lexicons_dir / "reactions"
MODEL = Settings().models_dir / "reactions.npz"
SHOWN = load_reactions(MODEL)
ANSWERS = read_answers(CORPUS)
LEAST_F1 = 0.75


@pytest.mark.parametrize(
    ("text", "cues"),
    [
        ("你们到底管不管啊", {Cue.DISCONTENT}),
        ("说了半天等于没说", {Cue.DISCONTENT}),
        ("行吧，合着我这电话白打了", {Cue.DISCONTENT}),
        ("你什么态度", {Cue.DISCONTENT, Cue.HOSTILITY}),
        ("刚才不是说了嘛，号码报过了", {Cue.TOLD}),
        ("没听懂，再说一遍", {Cue.LOST}),
        ("我哪晓得这几个有啥区别", {Cue.LOST}),
        ("没有了", {Cue.ACCEPTED}),
        ("要得，那我等师傅电话", {Cue.ACCEPTED}),
        ("太好了，你真有耐心", {Cue.CONTENT}),
        ("我家网断了三天了", set()),
        ("那我的押金呢", set()),
        ("上次那个人态度特别差", set()),
        ("可以退吗", set()),
        ("", set()),
        ("，。", set()),
    ],
)
def test_what_words_show(text, cues):
    assert {cue for cue in REACTIONS if SHOWN[cue].shown(text)} == cues


@pytest.mark.parametrize("text", ["说了板天等于没说", "没停懂，再说一遍", "太豪了，你真有耐心"])
def test_wrong_characters_of_the_right_sound_change_nothing(text):
    right = {"说了板天等于没说": Cue.DISCONTENT, "没停懂，再说一遍": Cue.LOST, "太豪了，你真有耐心": Cue.CONTENT}
    assert SHOWN[right[text]].shown(text)


@pytest.mark.parametrize("cue", REACTIONS)
def test_the_hand_held_back_is_understood(cue):
    tested = [answer for answer in ANSWERS if answer.hand == HELD_BACK]
    told = Counter((cue.value in answer.shows, SHOWN[cue].shown(answer.text)) for answer in tested)
    f1 = 2 * told[True, True] / (2 * told[True, True] + told[True, False] + told[False, True])
    assert f1 >= LEAST_F1


@pytest.mark.parametrize(
    ("chance", "shown", "degree"),
    [
        (0.0, False, 0.0),
        (VAGUE, False, 0.0),
        (0.45, False, 0.3),
        (0.55, True, 0.5),
        (CLEAR, True, 1.0),
        (1.0, True, 1.0),
    ],
)
def test_a_little_more_certainty_changes_little(chance, shown, degree):
    reaction = Reaction(Cue.CONTENT, lambda text: {Cue.CONTENT: chance})
    assert (reaction.shown("x"), reaction.degree("x")) == (shown, pytest.approx(degree))


def test_praise_takes_from_an_objection():
    def cues(discontent, content):
        chances = {Cue.DISCONTENT: discontent, Cue.HOSTILITY: 0.0, Cue.CONTENT: content}
        return {cue: Reaction(cue, lambda text: chances) for cue in chances}

    assert objection("x", cues(1.0, 0.0)) == 1.0 and objects("x", cues(1.0, 0.0))
    assert objection("x", cues(1.0, 0.55)) == pytest.approx(0.5) and not objects("x", cues(1.0, 0.55))


def test_the_shipped_model_was_fitted_on_the_shipped_corpus():
    assert load_model(MODEL).version == version_of(ANSWERS)
    assert {answer.hand for answer in ANSWERS} - {answer.hand for answer in for_training(ANSWERS)} == {HELD_BACK}


def test_a_model_fitted_and_kept_reads_the_same(tmp_path):
    lines = {"好的谢谢": "accepted", "行，那就这样": "accepted", "等于没说": "discontent", "白打了": "discontent"}
    for hand in ("a", "b"):
        text = "\n".join(f"{shown}\t{said}" for said, shown in lines.items()) + "\nnone\t我家网断了\nnone\t多少钱\n"
        (tmp_path / f"{hand}.txt").write_text("# two hands\n" + text, encoding="utf-8")
    model = fit(read_answers(tmp_path))
    save_model(model, tmp_path / "kept.npz")
    kept = reader(load_model(tmp_path / "kept.npz"))
    for said in lines:
        assert kept(said) == pytest.approx(reader(model)(said), abs=0.01)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("discontent 没有制表符", "write what it shows, a tab"),
        ("angry\t没有这一类", "write one or more of hostility, "),
        ("discontent\t", "write what it shows, a tab"),
    ],
)
def test_a_broken_line_is_told_with_its_place(tmp_path, line, told):
    (tmp_path / "hand.txt").write_text(f"none\t你好\n{line}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=rf"hand\.txt:2: {told}"):
        read_answers(tmp_path)


def test_an_empty_folder_and_a_missing_model_are_told(tmp_path):
    with pytest.raises(LexiconError, match="nothing is written here"):
        read_answers(tmp_path)
    with pytest.raises(LexiconError, match=r"pipeline\.criteria\.reaction_training"):
        load_reactions(Path(tmp_path / "reactions.npz"))
