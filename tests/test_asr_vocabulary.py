import json
import shutil

import numpy as np
import pytest
import tokenizers

from pipeline.asr import vocabulary
from pipeline.asr.model_file import read_tensors, with_rows
from pipeline.asr.weights import ctranslate2_folder
from pipeline.errors import ModelError
from pipeline.settings import Settings

ROWS = "decoder/embeddings/weight"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return ctranslate2_folder("base", Settings(cache_dir=tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="module")
def files(folder):
    return vocabulary.narrowed(folder, "zh")


@pytest.fixture(scope="module")
def tokenizer(files):
    return tokenizers.Tokenizer.from_buffer(files["tokenizer.json"])


@pytest.fixture(scope="module")
def whole(folder):
    return tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))


@pytest.mark.parametrize(
    "text",
    [
        "您好，请问有什么可以帮您？",
        "彧姓淼先生，罕见字龘也写得出来。",
        "一共是199.5元,打九折!",
        "VIP套餐送WiFi和iPhone",
        "请登录 https://example.com/a_b",
        "沒問題，謝謝妳",
    ],
)
def test_what_a_caller_says_can_be_written(tokenizer, text):
    assert tokenizer.decode(tokenizer.encode(text, add_special_tokens=False).ids) == text


@pytest.mark.parametrize(
    "token", ["是", "我们", "謝謝", "OK", "10", "。", "<|zh|>", "<|transcribe|>", "<|notimestamps|>"]
)
def test_tokens_of_mandarin_stay(tokenizer, token):
    [number] = tokenizer.encode(token, add_special_tokens=False).ids
    assert tokenizer.decode([number], skip_special_tokens=False) == token


@pytest.mark.parametrize("token", ["Ġbecause", "ation", "ãģĦ", "Ð¾Ð²", "<|0.02|>", "<|30.00|>"])
def test_tokens_of_other_languages_and_times_go(files, tokenizer, token):
    assert tokenizer.token_to_id(token) is None
    assert token not in json.loads(files["vocabulary.json"])


def test_every_byte_stays(tokenizer):
    assert all(tokenizer.token_to_id(letter) is not None for letter in vocabulary._BYTES)


def test_tokens_keep_their_weights(files, folder, whole, tokenizer, tmp_path):
    (tmp_path / "model.bin").write_bytes(files["model.bin"])
    before, after = read_tensors(folder / "model.bin"), read_tensors(tmp_path / "model.bin")
    words = json.loads(files["vocabulary.json"])
    assert len(words) == len(after[ROWS]) < len(before[ROWS]) / 4
    for token in ("是", "<|zh|>", "<|endoftext|>"):
        old, new = (t.encode(token, add_special_tokens=False).ids[0] for t in (whole, tokenizer))
        assert np.array_equal(after[ROWS][new], before[ROWS][old])
        assert words[new] == tokenizer.id_to_token(new) == whole.id_to_token(old)
    assert all(np.array_equal(after[name], before[name]) for name in before if name != ROWS)


def test_suppressed_tokens_are_the_same_ones(files, folder, whole, tokenizer):
    before, after = json.loads((folder / "config.json").read_text()), json.loads(files["config.json"])
    names = {whole.id_to_token(number) for number in before["suppress_ids"]}
    assert {tokenizer.id_to_token(number) for number in after["suppress_ids"]} <= names
    assert {"<|startoftranscript|>", "(", "["} <= {tokenizer.id_to_token(number) for number in after["suppress_ids"]}
    assert after["alignment_heads"] == before["alignment_heads"]


def test_a_file_rewritten_without_change_is_the_same(folder):
    assert with_rows(folder / "model.bin", 1 << 20, ()) == (folder / "model.bin").read_bytes()


@pytest.fixture
def copy(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / "model")


def test_other_languages_keep_the_whole_vocabulary(folder):
    assert vocabulary.narrowed(folder, "en") is None


@pytest.mark.parametrize("missing", ["tokenizer.json", "vocabulary.txt"])
def test_a_folder_without_its_lists_stays_as_it_is(copy, missing):
    (copy / missing).unlink()
    assert vocabulary.narrowed(copy, "zh") is None


def test_an_english_model_stays_as_it_is(copy):
    words = (copy / "vocabulary.txt").read_text("utf-8").split("\n")
    (copy / "vocabulary.txt").write_text("\n".join(words[:51_864]), "utf-8")
    assert vocabulary.narrowed(copy, "zh") is None


def test_a_file_cut_off_is_named(copy):
    (copy / "model.bin").write_bytes((copy / "model.bin").read_bytes()[:100_000])
    with pytest.raises(ModelError, match=r"model\.bin: is cut off .* fetch it again"):
        vocabulary.narrowed(copy, "zh")


def test_another_format_stays_as_it_is(copy):
    (copy / "model.bin").write_bytes((5).to_bytes(4, "little"))
    assert vocabulary.narrowed(copy, "zh") is None
