"""Models of sherpa-onnx small enough for a test: they write the next character of ``TEXT`` wherever it is loud.

Inputs, outputs and what they tell of themselves are those of the released models, so that the library loads and runs
them as it would the real ones.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TEXT = "您好广电客服很高兴为您服务"
EVERY = 3
"""Frames of 60 ms from one character to the next."""

LOUD = 12.0
"""Mean of the logarithms of the mel bands; quiet telephone lines stay below."""

FEATURES = 560
LONGEST = 2048
SPOKEN = 3
"""The language's number in the model: asked for another it writes nothing."""

SHARED = {
    "lfr_window_size": 7,
    "lfr_window_shift": 6,
    "neg_mean": ",".join(["0"] * FEATURES),
    "inv_stddev": ",".join(["1"] * FEATURES),
}
SENSE_VOICE = {
    **SHARED,
    "model_type": "sense_voice_ctc",
    "normalize_samples": 0,
    "with_itn": 14,
    "without_itn": 15,
    "lang_auto": 0,
    "lang_zh": SPOKEN,
    "lang_en": 4,
    "lang_ja": 11,
    "lang_ko": 12,
    "lang_yue": 7,
}
PARAFORMER = {**SHARED, "model_type": "paraformer"}


def sense_voice(folder, *, without=()):
    """A folder with a CTC model of SenseVoice's form: four marks, then a character or a blank a frame."""
    tokens = ["<blank>", "<zh>", "<NEUTRAL>", "<Speech>", "<withitn>", *dict.fromkeys(TEXT)]
    marks = np.zeros((1, 4, len(tokens)), np.float32)
    marks[0, range(4), range(1, 5)] = 1
    blank = np.eye(1, len(tokens), dtype=np.float32)[0] / 2
    nodes = [
        *_loud("x"),
        _node("Equal", "language", "spoken", to="asked"),
        _node("Cast", "asked", to="asked_f", kind=TensorProto.FLOAT),
        _node("Reshape", "asked_f", "column", to="asked_3"),
        _node("Mul", "loud", "asked_3", to="heard"),
        _node("Mul", "heard", "written", to="characters"),
        _node("Add", "characters", "blank", to="frames"),
        _node("Concat", "batch", "one", "one", to="times", axis=0),
        _node("Tile", "marks", "times", to="all_marks"),
        _node("Concat", "all_marks", "frames", to="logits", axis=1),
    ]
    more = {"marks": marks, "blank": blank, "spoken": np.int32(SPOKEN), "column": np.array([-1, 1, 1])}
    inputs = [
        _features("x"),
        *(_value(name, TensorProto.INT32, ["N"]) for name in ("x_length", "language", "text_norm")),
    ]
    outputs = [_value("logits", TensorProto.FLOAT, ["N", "L", len(tokens)])]
    _save(folder, tokens, (nodes, inputs, outputs, more), _told(SENSE_VOICE, tokens, without))
    return folder


def paraformer(folder, *, timed=True, without=()):
    """A folder with a model of Paraformer's form: the loud frames' characters in order, then ends of sentence."""
    tokens = ["<blank>", "<s>", "</s>", *dict.fromkeys(TEXT)]
    outputs = {
        "logits": ["N", "L", len(tokens)],
        "token_num": ["N"],
        "us_alphas": ["N", "P"],
        "us_cif_peak": ["N", "P"],
    }
    nodes = [
        *_loud("speech"),
        _node("ReduceMax", "written", to="due_row", axes=[2], keepdims=0),
        _node("Squeeze", "loud", "two", to="loud_2"),
        _node("Mul", "loud_2", "due_row", to="due"),
        _node("Slice", "countdown", "zero", "length", "one", to="left"),
        _node("Mul", "due", "left", to="order"),
        _node("TopK", "order", "length", to=["highest", "at"], axis=1),
        _node("Greater", "highest", "nothing", to="is_one"),
        _node("Squeeze", "written", "zero", to="written_2"),
        _node("ArgMax", "written_2", to="ids", axis=1, keepdims=0),
        _node("Gather", "ids", "at", to="named", axis=0),
        _node("Where", "is_one", "named", "end", to="sentence"),
        _node("OneHot", "sentence", "depth", "off_on", to="logits"),
        _node("ReduceSum", "due", "one", to="token_num", keepdims=0),
        _node("Unsqueeze", "due", "two", to="due_3"),
        _node("Pad", "due_3", "pads", to="thirds"),
        _node("Reshape", "thirds", "rows", to="us_alphas"),
        _node("Pad", "us_alphas", "one_more", "peak", to="us_cif_peak"),
    ]
    more = {
        "countdown": np.arange(LONGEST, 0, -1, dtype=np.float32)[None],
        "nothing": np.float32(0),
        "end": np.int64(2),
        "depth": np.int64(len(tokens)),
        "off_on": np.array([0, 1], np.float32),
        "pads": np.array([0, 0, 0, 0, 0, 2]),
        "rows": np.array([0, -1]),
        "one_more": np.array([0, 0, 0, 1]),
        "peak": np.float32(1),
    }
    inputs = [_features("speech"), _value("speech_lengths", TensorProto.INT32, ["N"])]
    kept = list(outputs.items())[: None if timed else 2]
    graph = (nodes, inputs, [_value(name, TensorProto.FLOAT, shape) for name, shape in kept], more)
    _save(folder, tokens, graph, _told(PARAFORMER, tokens, without))
    return folder


def _loud(features):
    """Per frame whether it is loud, shape (N, T, 1), and what is written there if it is, shape (1, T, tokens)."""
    return [
        _node("Shape", features, to="shape"),
        _node("Slice", "shape", "zero", "one", to="batch"),
        _node("Slice", "shape", "one", "two", to="length"),
        _node("Slice", "page", "zero", "length", "one", to="written"),
        _node("ReduceMean", features, to="level", axes=[2], keepdims=1),
        _node("Greater", "level", "limit", to="is_loud"),
        _node("Cast", "is_loud", to="loud", kind=TensorProto.FLOAT),
    ]


def _node(operator, *inputs, to, kind=None, **options):
    more = {} if kind is None else {"to": kind}
    return helper.make_node(operator, list(inputs), [to] if isinstance(to, str) else to, **more, **options)


def _value(name, kind, shape):
    return helper.make_tensor_value_info(name, kind, shape)


def _features(name):
    return _value(name, TensorProto.FLOAT, ["N", "T", FEATURES])


def _told(facts, tokens, without):
    told = {**facts, "vocab_size": len(tokens), "comment": "tiny"}
    return {name: str(value) for name, value in told.items() if name not in without}


def _page(tokens):
    """The text, again and again, a character every few frames; shape (1, frames, tokens)."""
    page = np.zeros((1, LONGEST, len(tokens)), np.float32)
    for number, frame in enumerate(range(0, LONGEST, EVERY)):
        page[0, frame, tokens.index(TEXT[number % len(TEXT)])] = 1
    return page


def _save(folder, tokens, graph, told):
    nodes, inputs, outputs, more = graph
    constants = {"page": _page(tokens), "limit": np.float32(LOUD), **more}
    constants |= {name: np.array([number]) for number, name in enumerate(("zero", "one", "two"))}
    stored = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    model = helper.make_model(
        helper.make_graph(nodes, "tiny", inputs, outputs, stored),
        opset_imports=[helper.make_opsetid("", 13)],
        ir_version=8,
    )
    helper.set_model_props(model, told)
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(model, folder / "model.onnx")
    (folder / "tokens.txt").write_text("".join(f"{token} {number}\n" for number, token in enumerate(tokens)), "utf-8")
