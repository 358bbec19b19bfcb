"""The dialogue quality model: what it reads, that it learns, that its file is plain numbers, and how it is judged."""

import json
import random

import numpy as np
import pytest
from benchmarks.helpdesk_bench import nmd, row, rsnod, split_half
from builders import transcript

from pipeline.errors import InputError, LexiconError, ModelError
from pipeline.scoring.dialogue import load_telling, plain, read_dialogue
from pipeline.scoring.satisfaction import VOTES, Expected
from pipeline.scoring.satisfaction_file import load_model, save_model
from pipeline.scoring.satisfaction_training import fit, main
from pipeline.scoring.voted import Voted, read_voted
from pipeline.settings import Settings

REACTIONS = Settings().models_dir / "reactions.npz"
TELLING = load_telling(Settings().lexicons_dir, reactions=REACTIONS)
GLAD = ("谢谢，已经好了", "太好了，问题解决了，谢谢您", "搞定了，赞一个", "收到了，效率真高")
SORE = ("还是不行，什么态度", "等了三天没人管，我要投诉", "答非所问，垃圾", "凭什么扣我钱，再也不用了")
ASKED = ("宽带上不了网", "流量怎么扣得这么快", "手机没信号", "账单看不懂")
ANSWERS = ("您好，请重启一下试试", "抱歉，请提供您的号码", "已为您记录反馈", "您可以在网上办理")


def lines(answer, rng):
    said = [("customer", rng.choice(ASKED)), ("agent", rng.choice(ANSWERS))]
    return (*said, ("customer", answer), ("agent", rng.choice(ANSWERS)))


def panel(glad, rng):
    return [rng.choice((1, 1, 2, 0) if glad else (-1, -1, -2, 0)) for _ in range(19)]


def simulated(count, seed=0):
    rng = random.Random(seed)
    for i in range(count):
        spoken = transcript(*lines(rng.choice(SORE if i % 2 else GLAD), rng))
        yield Voted(
            read_dialogue(spoken, (), TELLING), {"satisfaction": panel(not i % 2, rng), "accomplishment": [0] * 19}
        )


@pytest.fixture(scope="module")
def model():
    return fit(tuple(simulated(60)))


def expected(model, *spoken):
    return model.expect([read_dialogue(transcript(*spoken), (), TELLING)])[0]


def test_the_content_are_told_from_the_discontented(model):
    start = ("customer", "宽带上不了网"), ("agent", "您好，请重启一下试试")
    glad = expected(model, *start, ("customer", "好了，谢谢您，真给力"))
    sore = expected(model, *start, ("customer", "还是不行，我要投诉你们"))
    assert glad.mean > 0.3 and sore.mean < -0.3


def test_shares_of_votes_sum_to_one(model):
    for each in model.expect([voted.dialogue for voted in simulated(8, seed=3)]):
        assert sum(each.shares) == pytest.approx(1.0, abs=1e-6)
        assert min(each.shares) >= 0 and len(each.shares) == len(VOTES)


def test_no_dialogues_no_votes(model):
    assert model.expect([]) == ()


def test_only_one_side_speaks(model):
    assert -2 <= expected(model, ("agent", "您好，请讲")).mean <= 2


def test_the_file_gives_the_same_votes(model, tmp_path):
    path = tmp_path / "new" / "satisfaction.npz"
    save_model(model, path)
    dialogues = [voted.dialogue for voted in simulated(8, seed=5)]
    kept = load_model(path).expect(dialogues)
    for one, two in zip(model.expect(dialogues), kept, strict=True):
        assert one.shares == pytest.approx(two.shares, abs=0.02)


def test_the_file_holds_no_objects(model, tmp_path):
    path = tmp_path / "satisfaction.npz"
    save_model(model, path)
    with np.load(path, allow_pickle=False) as stored:
        assert all(stored[name].dtype.kind in "iufU" for name in stored.files)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 broken", b"words"])
def test_what_is_no_model_is_said_with_the_remedy(content, tmp_path):
    path = tmp_path / "satisfaction.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelError, match="satisfaction_training"):
        load_model(path)


def test_an_unanswered_customer_has_no_last_word():
    read = read_dialogue(transcript(("customer", "谢谢，搞定了"), ("agent", "不客气")), (), TELLING)
    assert read.views["customer_last"] == "" and read.figures["last.thanks"] == 0
    assert read.figures["first.thanks"] > 0 and read.figures["end.customer"] == 0


@pytest.mark.parametrize(
    ("text", "read"),
    [("@中国联通客服 你好", "@ 你好"), ("看http://t.cn/abc123", "看u"), ("打了10次電話", "打了0次电话")],
)
def test_names_addresses_and_numbers_are_one_sign_each(text, read):
    assert plain(text) == read


def test_wording_that_cannot_be_used_is_named(tmp_path):
    path = tmp_path / "satisfaction.yaml"
    path.write_text("customer: {thanks: '('}\nagent: {}\n", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"satisfaction\.yaml"):
        load_telling(tmp_path, reactions=REACTIONS)


def dialogues_file(path, count):
    rng = random.Random(1)
    with path.open("w", encoding="utf-8") as file:
        for i in range(count):
            spoken = lines(rng.choice(SORE if i % 2 else GLAD), rng)
            turns = [{"role": role, "text": text} for role, text in spoken]
            file.write(json.dumps({"turns": turns, "votes": {"satisfaction": panel(not i % 2, rng)}}) + "\n")
    return path


def test_the_documented_command_writes_a_model(tmp_path, monkeypatch):
    source, out = dialogues_file(tmp_path / "dialogues.jsonl", 30), tmp_path / "out.npz"
    monkeypatch.setattr("sys.argv", ["training", str(source), "--out", str(out)])
    main()
    assert len(load_model(out).expect([voted.dialogue for voted in simulated(2)])) == 2


@pytest.mark.parametrize(
    "line", ["{", '{"turns": []}', '{"turns": [{"role": "agent", "text": ""}], "votes": {"satisfaction": [3]}}']
)
def test_a_broken_line_is_named(line, tmp_path):
    source = dialogues_file(tmp_path / "dialogues.jsonl", 2)
    source.write_text(source.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 3"):
        tuple(read_voted(source, Settings()))


def test_mean_of_shares():
    assert Expected((0.5, 0.0, 0.0, 0.0, 0.5)).mean == 0
    assert Expected((0.0, 0.0, 0.0, 0.5, 0.5)).mean == 1.5


def test_distances_by_hand():
    all_low, all_high = np.array([1.0, 0, 0, 0, 0]), np.array([0, 0, 0, 0, 1.0])
    near = np.array([0, 1.0, 0, 0, 0])
    assert nmd(all_low, all_high) == 1 and nmd(all_low, near) == 0.25 and nmd(all_low, all_low) == 0
    assert rsnod(all_low, all_high) == 1 and rsnod(all_low, near) == 0.5 and rsnod(near, near) == 0


def test_a_constant_has_no_correlation():
    theirs = np.array([[1.0, 0, 0, 0, 0], [0, 0, 0, 0, 1.0]])
    assert row("mean", np.full((2, 5), 0.2), theirs)[1:3] == ("–", "–")


def test_a_panel_that_agrees_is_wholly_reliable():
    assert split_half([[vote] * 19 for vote in (-2, -1, 0, 1, 2)]) == pytest.approx(1.0)
