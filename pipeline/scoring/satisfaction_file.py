"""The dialogue quality model as plain numbers in one ``.npz`` file: loading it can run no foreign code, as a pickled one could."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import ModelError
from pipeline.numbers_file import UNREADABLE, Arrays, read_numbers, write_numbers
from pipeline.scoring.likeness import Likeness, Places
from pipeline.scoring.satisfaction import Forest, Reader, SatisfactionModel, Words

FILE = "satisfaction.npz"
COMMAND = "python -m pipeline.scoring.satisfaction_training DIALOGUES.jsonl"


def save_model(model: SatisfactionModel, path: Path) -> None:
    """Write the numbers to one file."""
    arrays = {"names": np.array(model.names), "centre": model.centre, "spread": model.spread}
    for number, reader in enumerate(model.readers):
        arrays |= {f"{number}.coefficients": reader.coefficients.astype(np.float32), f"{number}.mean": reader.mean}
        arrays[f"{number}.figures"] = np.array(reader.figures)
        arrays[f"{number}.views"] = np.array([words.view for words in reader.words])
        for words in reader.words:
            key = f"{number}.{words.view}"
            arrays |= {f"{key}.ngrams": np.array(words.vocabulary), f"{key}.idf": words.idf.astype(np.float32)}
            arrays[f"{key}.shape"] = np.array([words.weight, words.longest])
    arrays |= _taken_apart("forest", model.forest) | _taken_apart("likeness", model.likeness)
    arrays |= _taken_apart("places", model.places)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_numbers(path, arrays)


def load_model(path: Path) -> SatisfactionModel:
    """Read the numbers.

    Raises
    ------
    ModelError
        The file is missing or is not such a model; the command that makes it is named.
    """
    try:
        arrays = read_numbers(path)
        count = sum(name.endswith(".views") for name in arrays)
        return SatisfactionModel(
            names=tuple(str(name) for name in arrays["names"]),
            centre=arrays["centre"],
            spread=arrays["spread"],
            readers=tuple(_reader(arrays, str(number)) for number in range(count)),
            places=_places(arrays),
            likeness=Likeness(**{name: arrays[f"likeness.{name}"] for name in Likeness.__dataclass_fields__}),
            forest=Forest(**{name: arrays[f"forest.{name}"] for name in Forest.__dataclass_fields__}),
        )
    except UNREADABLE as error:
        raise ModelError(f"{path}: is no satisfaction model ({type(error).__name__}); train one: {COMMAND}") from error


def _taken_apart(name: str, part: Forest | Likeness | Places) -> dict[str, NDArray[Any]]:
    """Its arrays by name, numbers at half their length but for what a tree compares."""
    arrays = {f"{name}.{each}": np.asarray(getattr(part, each)) for each in part.__dataclass_fields__}
    if isinstance(part, Forest):
        return arrays
    return {each: array.astype(np.float32) if array.dtype.kind == "f" else array for each, array in arrays.items()}


def _places(arrays: Arrays) -> Places:
    words, *numbers = (arrays[f"places.{name}"] for name in Places.__dataclass_fields__)
    return Places(tuple(str(word) for word in words), *(each.astype(np.float64) for each in numbers))


def _reader(arrays: Arrays, number: str) -> Reader:
    views = [str(view) for view in arrays[f"{number}.views"]]
    return Reader(
        tuple(_words(arrays, number, view) for view in views),
        float(arrays[f"{number}.figures"]),
        arrays[f"{number}.coefficients"].astype(np.float64),
        arrays[f"{number}.mean"],
    )


def _words(arrays: Arrays, number: str, view: str) -> Words:
    key = f"{number}.{view}"
    weight, longest = arrays[f"{key}.shape"]
    ngrams = tuple(str(ngram) for ngram in arrays[f"{key}.ngrams"])
    return Words(view, float(weight), int(longest), ngrams, arrays[f"{key}.idf"].astype(np.float64))
