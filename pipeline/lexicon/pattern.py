"""The little language of phrase patterns, and the plain forms a pattern stands for.

``为您[查询|核实]一下`` alternatives · ``(请)稍等`` optional part · ``{surname}先生``, ``工号{number}``,
``给您{any:0-6}办理`` slots. Brackets may be nested and may be typed full-width.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.language.normalise import fold_characters, normalise

MOST_FORMS = 200
"""A pattern that stands for more forms than this is refused: nobody can foresee what it finds."""
_SLOT = re.compile(r"\{(surname|number|fill|any:(\d{1,2})-(\d{1,2}))\}")
_LONGEST_ANY = 20
_LONGEST_LITERAL = 40
_SURNAME_CHARS, _NUMBER_CHARS = 2, 12


class PatternError(ValueError):
    """A pattern cannot be read; the text says what is wrong and what to write."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A part of a form that stands for ``low`` to ``high`` characters of a kind: ``surname``, ``number`` or ``any``."""

    kind: str
    low: int
    high: int


Piece = str | Slot
Form = tuple[Piece, ...]
"""Comparable characters and slots in order; neighbouring characters are one piece."""


def forms_of_text(text: str) -> tuple[Form, ...]:
    """The single form of a literal phrase."""
    return _tidy([(text,)])


def forms_of_pattern(pattern: str) -> tuple[Form, ...]:
    """All forms that a pattern stands for, each once, in the order of the alternatives.

    Raises
    ------
    PatternError
        Brackets do not match, a slot is unknown, there are too many forms, or a form has no characters to look for.
    """
    reader = _Reader(fold_characters(pattern))
    return _tidy(reader.read_all())


class _Reader:
    """Recursive descent over a pattern."""

    def __init__(self, pattern: str) -> None:
        self._pattern, self._at = pattern, 0

    def read_all(self) -> list[Form]:
        forms = self._sequence("")
        if self._at < len(self._pattern):
            raise PatternError(f"「{self._pattern[self._at]}」 closes nothing; remove it or add its opening bracket")
        return forms

    def _sequence(self, stops: str) -> list[Form]:
        """Forms up to one of the ``stops`` or an unmatched closing bracket."""
        forms: list[Form] = [()]
        while self._at < len(self._pattern) and self._pattern[self._at] not in f"{stops})]|}}":
            forms = [before + after for after in self._part() for before in forms]
            if len(forms) > MOST_FORMS:
                raise PatternError(
                    f"the pattern stands for more than {MOST_FORMS} forms; split it into several entries"
                )
        return forms

    def _part(self) -> list[Form]:
        char = self._pattern[self._at]
        if char == "{":
            return [self._slot()]
        if char == "(":
            return [*self._group(")"), ()]
        if char == "[":
            return self._group("]")
        self._at += 1
        return [(char,)]

    def _group(self, close: str) -> list[Form]:
        opening = self._pattern[self._at]
        self._at += 1
        forms = self._sequence(f"|{close}")
        while self._next() == "|":
            self._at += 1
            forms += self._sequence(f"|{close}")
        if self._next() != close:
            raise PatternError(f"「{opening}」 is not closed; add 「{close}」")
        self._at += 1
        return forms

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _slot(self) -> Form:
        found = _SLOT.match(self._pattern, self._at)
        if found is None:
            raise PatternError("unknown slot; write {surname}, {number}, {fill} or {any:0-6}")
        self._at = found.end()
        kind = found.group(1)
        if kind == "fill":  # fillers are left out of what is compared, so they are allowed everywhere
            return ()
        if kind == "surname":
            return (Slot(kind, 1, _SURNAME_CHARS),)
        if kind == "number":
            return (Slot(kind, 1, _NUMBER_CHARS),)
        low, high = int(found.group(2)), int(found.group(3))
        if low > high or high > _LONGEST_ANY:
            raise PatternError(
                f"{{{kind}}} is no range; write {{any:LOW-HIGH}} with LOW not above HIGH, HIGH at most {_LONGEST_ANY}"
            )
        return (Slot("any", low, high),)


def _tidy(forms: list[Form]) -> tuple[Form, ...]:
    tidy = dict.fromkeys(tuple(_join(form)) for form in forms)
    if any(not any(isinstance(piece, str) for piece in form) for form in tidy):
        raise PatternError(
            "a form is left without characters to look for; write at least one outside optional parts and slots"
        )
    if any(len(piece) > _LONGEST_LITERAL for form in tidy for piece in form if isinstance(piece, str)):
        raise PatternError(
            f"it is longer than {_LONGEST_LITERAL} characters; nobody says that twice: take the telling part"
        )
    return tuple(tidy)


def _join(form: Form) -> Iterator[Piece]:
    """Neighbouring characters joined and made comparable."""
    literal = ""
    for piece in (*form, None):
        if isinstance(piece, str):
            literal += piece
            continue
        comparable = normalise(literal).text
        if comparable:
            yield comparable
        literal = ""
        if piece is not None:
            yield piece
