"""The Silero detector as few large products: the probabilities of the file that comes with faster-whisper, at a quarter of the cost.

That file convolves every frame by itself, over four places: its products are too small for a processor to be quick at them.
Here the same weights are laid out as matrices by which many frames of all channels are multiplied at once.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from pipeline.audio.room import Samples, blocks
from pipeline.errors import ModelError

if TYPE_CHECKING:
    from onnx import GraphProto

Numbers = npt.NDArray[np.float32]

FRAME = 512
"""Samples of which the detector says at once how likely they are speech."""

_BEFORE = 64
"""So many samples before a frame are looked at with it, and as many mirrored at its end."""

_WINDOW, _STEP, _WINDOWS = 256, 128, 4
_STRIDES = (1, 2, 2, 1)
_STATE = 128

_AT_ONCE = 125 * FRAME
"""Four seconds: longer saves no more, and what is worked out of them stays in the processor's own memory."""

_NETWORK = """
<ir_version: 8, opset_import: ["": 18]>
speech (float[n, m, 4, 128] even, float[n, m, 4, 128] odd, float[1, m, 128] h, float[1, m, 128] c)
    => (float[n, 1, m, 1] chances, float[1, m, 128] h_after, float[1, m, 128] c_after)
<int64[3] joined = {0, 0, 387}, int64[1] windows = {2},
 int64[1] zero = {0}, int64[1] one = {1}, int64[1] three = {3}, int64[1] four = {4}>
{
    real = MatMul(even, cosines)
    imaginary = MatMul(odd, sines)
    real_square = Mul(real, real)
    imaginary_square = Mul(imaginary, imaginary)
    power = Add(real_square, imaginary_square)
    magnitude = Sqrt(power)
    first_three = Slice(magnitude, zero, three, windows)
    last_three = Slice(magnitude, one, four, windows)
    first_joined = Reshape(first_three, joined)
    last_joined = Reshape(last_three, joined)
    first_product = MatMul(first_joined, first_weight)
    last_product = MatMul(last_joined, last_weight)
    product_0 = Concat <axis = 2> (first_product, last_product)
    sum_0 = Add(product_0, bias_0)
    heard_0 = Relu(sum_0)
    product_1 = MatMul(heard_0, weight_1)
    sum_1 = Add(product_1, bias_1)
    heard_1 = Relu(sum_1)
    product_2 = MatMul(heard_1, weight_2)
    sum_2 = Add(product_2, bias_2)
    heard_2 = Relu(sum_2)
    product_3 = MatMul(heard_2, weight_3)
    sum_3 = Add(product_3, bias_3)
    heard_3 = Relu(sum_3)
    remembered, h_after, c_after = LSTM <hidden_size = 128> (heard_3, lstm_0, lstm_1, lstm_2, , h, c)
    positive = Relu(remembered)
    product_4 = MatMul(positive, weight_4)
    sum_4 = Add(product_4, bias_4)
    chances = Sigmoid(sum_4)
}
"""


def chances(samples: Samples, channels: Sequence[int]) -> Numbers:
    """How likely somebody speaks in each frame of these channels; shape (channels, frames).

    Parameters
    ----------
    samples
        Shape (all channels, n), 16 kHz; behind the end lies silence.
    channels
        Numbers of those to be heard, at least one.

    Raises
    ------
    ModelError
        The detector's file is missing or another.
    """
    found = []
    h = c = np.zeros((1, len(channels), _STATE), np.float32)
    for piece in _pieces(samples, channels):
        even, odd = _folded(piece)
        said, h, c = network().run(None, {"even": even, "odd": odd, "h": h, "c": c})
        found.append(said.reshape(-1, len(channels)))
    return np.concatenate(found).T


def _pieces(samples: Samples, channels: Sequence[int]) -> Iterator[Samples]:
    """The channels' samples, so many frames at a time, each piece with what is looked at before it."""
    before = np.zeros((len(channels), _BEFORE), np.float32)
    for block in blocks(samples):
        for start in range(0, block.shape[1], _AT_ONCE):
            piece = block[channels, start : start + _AT_ONCE]
            behind = np.zeros((len(channels), -piece.shape[1] % FRAME), np.float32)
            yield np.concatenate([before, piece, behind], axis=1)
            before = piece[:, -_BEFORE:]


def _folded(piece: Samples) -> tuple[Samples, Samples]:
    """Sums and differences of the samples as far before as after the middle of each window, twice shape (frames, channels, 4, 128).

    Cosines are the same on both sides of the middle and sines opposite, so that either needs half the products.
    """
    frames = np.lib.stride_tricks.sliding_window_view(piece, _BEFORE + FRAME, axis=1)[:, ::FRAME].swapaxes(0, 1)
    mirrored = np.concatenate([frames, frames[..., -2 : -_BEFORE - 2 : -1]], axis=2)
    windows = np.lib.stride_tricks.sliding_window_view(mirrored, _WINDOW, axis=2)[:, :, ::_STEP]
    early, late = windows[..., 1 : _WINDOW // 2 + 1], windows[..., : _WINDOW // 2 - 1 : -1]
    return early + late, early - late


@lru_cache(maxsize=1)
def network() -> Any:  # noqa: ANN401 - onnxruntime is not typed here
    """The network, loaded once; see ``chances``."""
    from faster_whisper.utils import get_assets_path
    from google.protobuf.message import DecodeError
    from onnx import load, numpy_helper, parser
    from onnxruntime import InferenceSession, SessionOptions

    path = Path(get_assets_path()) / "silero_vad_v6.onnx"
    try:
        weights = _weights(load(path).graph)
    except (OSError, LookupError, ValueError, DecodeError) as error:
        raise ModelError(f"{path}: is not the speech detector's file; reinstall faster-whisper==1.2.1") from error
    model = parser.parse_model(_NETWORK)
    model.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in weights.items())
    options = SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def _weights(graph: "GraphProto") -> dict[str, Numbers]:
    """The file's weights as the network above takes them."""
    from onnx.numpy_helper import to_array

    held = {each.name: to_array(each) for each in graph.initializer}
    convolutions, memories = (
        [[held[name] for name in node.input[1:4]] for node in graph.node if node.op_type == kind]
        for kind in ("Conv", "LSTM")
    )
    (waves,), *layers, last = convolutions
    cosines, sines = np.split(waves[:, 0, 1 : _WINDOW // 2 + 1].T.copy(), 2, axis=1)
    cosines[-1] /= 2  # the middle is added to itself
    weights = {"cosines": cosines, "sines": sines, "weight_4": last[0][0], "bias_4": last[1]}
    weights |= {f"lstm_{number}": value for number, value in enumerate(memories[0])}
    places = _WINDOWS
    for number, ((kernel, bias), stride) in enumerate(zip(layers, _STRIDES, strict=True)):
        matrix = _as_matrix(kernel, places, stride)
        places = matrix.shape[1] // len(bias)
        weights |= {f"weight_{number}": matrix, f"bias_{number}": np.tile(bias, places)}
    early, late = np.split(weights.pop("weight_0"), 2, axis=1)
    window = len(early) // _WINDOWS
    return weights | {"first_weight": early[:-window], "last_weight": late[window:]}  # either half hears three windows


def _as_matrix(kernel: Numbers, places: int, stride: int) -> Numbers:
    """What a convolution of three places does to so many, and to nothing on both sides of them, as one matrix."""
    left = -(-places // stride)
    matrix = np.zeros((places, kernel.shape[1], left, kernel.shape[0]), np.float32)
    for target in range(left):
        for offset in range(3):
            source = target * stride + offset - 1
            if 0 <= source < places:
                matrix[source, :, target] = kernel[:, :, offset].T
    return matrix.reshape(places * kernel.shape[1], -1)
