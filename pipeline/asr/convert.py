"""A CTranslate2 Whisper model as an openai-whisper checkpoint, without loss.

CTranslate2 (binary format 6) keeps the same float16 tensors under other names, with query, key and value fused; the key has no bias in Whisper, so the
fused bias holds zeros there.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.asr.model_file import Tensors, read_tensors

_NORMS = {"gamma": "weight", "beta": "bias", "weight": "weight", "bias": "bias"}


def convert(model_folder: Path, checkpoint: Path) -> None:
    """Write the checkpoint file that openai-whisper loads."""
    import torch

    tensors = read_tensors(model_folder / "model.bin")
    state = {name: torch.from_numpy(value.copy()) for name, value in openai_names(tensors).items()}
    torch.save({"dims": dimensions(tensors), "model_state_dict": state}, checkpoint)


def openai_names(tensors: Tensors) -> Tensors:
    """The same tensors under openai-whisper's names."""
    named = dict(_outer(tensors))
    for side, blocks in (("encoder", _layers(tensors, "encoder")), ("decoder", _layers(tensors, "decoder"))):
        for layer in range(blocks):
            prefix = f"{side}/layer_{layer}"
            named.update(
                (f"{side}.blocks.{layer}.{name}", value) for name, value in _block(tensors, prefix, side == "decoder")
            )
    return named


def _layers(tensors: Tensors, side: str) -> int:
    return sum(1 for name in tensors if name.startswith(f"{side}/layer_") and name.endswith("/ffn/linear_0/weight"))


def _outer(tensors: Tensors) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    for conv in ("conv1", "conv2"):
        for part in ("weight", "bias"):
            yield f"encoder.{conv}.{part}", tensors[f"encoder/{conv}/{part}"]
    yield "encoder.positional_embedding", tensors["encoder/position_encodings/encodings"]
    yield "decoder.positional_embedding", tensors["decoder/position_encodings/encodings"]
    yield "decoder.token_embedding.weight", tensors["decoder/embeddings/weight"]
    for theirs, ours in (("encoder", "encoder.ln_post"), ("decoder", "decoder.ln")):
        yield from _pair(tensors, f"{theirs}/layer_norm", ours)


def _block(tensors: Tensors, prefix: str, decoder: bool) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    yield from _attention(tensors, f"{prefix}/self_attention", "attn", fused=("query", "key", "value"))
    yield from _pair(tensors, f"{prefix}/self_attention/linear_1", "attn.out")
    yield from _pair(tensors, f"{prefix}/self_attention/layer_norm", "attn_ln")
    if decoder:
        yield from _pair(tensors, f"{prefix}/attention/linear_0", "cross_attn.query")
        yield from _attention(tensors, f"{prefix}/attention", "cross_attn", fused=("key", "value"))
        yield from _pair(tensors, f"{prefix}/attention/linear_2", "cross_attn.out")
        yield from _pair(tensors, f"{prefix}/attention/layer_norm", "cross_attn_ln")
    yield from _pair(tensors, f"{prefix}/ffn/linear_0", "mlp.0")
    yield from _pair(tensors, f"{prefix}/ffn/linear_1", "mlp.2")
    yield from _pair(tensors, f"{prefix}/ffn/layer_norm", "mlp_ln")


def _pair(tensors: Tensors, theirs: str, ours: str) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    for part, name in _NORMS.items():
        if f"{theirs}/{part}" in tensors:
            yield f"{ours}.{name}", tensors[f"{theirs}/{part}"]


def _attention(
    tensors: Tensors, theirs: str, ours: str, *, fused: tuple[str, ...]
) -> Iterator[tuple[str, npt.NDArray[Any]]]:
    linear = f"{theirs}/linear_0" if "query" in fused else f"{theirs}/linear_1"
    weights = np.split(tensors[f"{linear}/weight"], len(fused))
    biases = np.split(tensors[f"{linear}/bias"], len(fused))
    for role, weight, bias in zip(fused, weights, biases, strict=True):
        yield f"{ours}.{role}.weight", weight
        if role != "key":
            yield f"{ours}.{role}.bias", bias


def dimensions(tensors: Tensors) -> dict[str, int]:
    """openai-whisper's ``ModelDimensions``; every head is 64 wide in Whisper."""
    width, mels, _ = tensors["encoder/conv1/weight"].shape
    vocabulary, text_width = tensors["decoder/embeddings/weight"].shape
    return {
        "n_mels": mels,
        "n_audio_ctx": tensors["encoder/position_encodings/encodings"].shape[0],
        "n_audio_state": width,
        "n_audio_head": width // 64,
        "n_audio_layer": _layers(tensors, "encoder"),
        "n_vocab": vocabulary,
        "n_text_ctx": tensors["decoder/position_encodings/encodings"].shape[0],
        "n_text_state": text_width,
        "n_text_head": text_width // 64,
        "n_text_layer": _layers(tensors, "decoder"),
    }
