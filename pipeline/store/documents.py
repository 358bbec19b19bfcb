"""Nouns as JSON documents and back, through their own annotations."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from pipeline.errors import StoreError
from pipeline.schema import Acoustics, Recording, Scorecard, Transcript, Versions

Noun = TypeVar("Noun")

# Kept in rows of their own, so that rescoring replaces the judgement and leaves what was heard.
_HEARD = {"recording", "transcript"}


# Made once: making a converter costs more than using it.
_ADAPTERS: Mapping[type, TypeAdapter[Any]] = {
    noun: TypeAdapter(noun) for noun in (Recording, Transcript, Acoustics, Scorecard, Versions)
}


def dump(noun: Recording | Transcript | Acoustics | Versions) -> str:
    """Write a noun as JSON; a figure that is not finite becomes null."""
    return _ADAPTERS[type(noun)].dump_json(noun).decode()


def load(noun_type: type[Noun], document: str) -> Noun:
    """Read a noun back from its JSON.

    Raises
    ------
    StoreError
        The document does not fit the noun: it was damaged or written by something else.
    """
    with _fitting(noun_type):
        noun: Noun = _ADAPTERS[noun_type].validate_json(document)
        return noun


def dump_judgement(card: Scorecard) -> str:
    """Write what a scorecard says beyond its recording and transcript."""
    return _ADAPTERS[Scorecard].dump_json(card, exclude=_HEARD).decode()


def load_scorecard(recording: str, transcript: str, judgement: str) -> Scorecard:
    """Put a scorecard together from its three documents.

    Raises
    ------
    StoreError
        One of the documents does not fit.
    """
    heard = {"recording": load(Recording, recording), "transcript": load(Transcript, transcript)}
    with _fitting(Scorecard):
        card: Scorecard = _ADAPTERS[Scorecard].validate_python(from_json(judgement) | heard)
        return card


def storable(text: str) -> str:
    """Text that every database takes; a file name's bytes that are no UTF-8 are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


@contextmanager
def _fitting(noun_type: type) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StoreError(
            f"a stored {noun_type.__name__} does not fit at {where!r}: delete its record and score again"
        ) from error
