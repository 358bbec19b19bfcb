"""A fitted calibration as it is kept and used: plain numbers in a JSON file with its model card."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, Field, ValidationError, field_validator

from pipeline.errors import CalibrationError
from pipeline.scoring.curves import BEST, Curve, Knot

_Score = Annotated[float, Field(ge=0, le=BEST)]


@dataclass(frozen=True, slots=True)
class Calibration:
    """Curves from the rubric's scores to the inspectors'; a criterion without one keeps the rubric's score.

    Parameters
    ----------
    rubric
        Version of the rubric whose scores the curves start from.
    """

    rubric: str
    curves: Mapping[str, Curve]

    @property
    def version(self) -> str:
        """First 12 hexadecimal digits of the SHA-256 of all that changes a score; equal for equal curves."""
        content = json.dumps([self.rubric, {name: curve.knots for name, curve in sorted(self.curves.items())}])
        return hashlib.sha256(content.encode()).hexdigest()[:12]


class _Entry(BaseModel):
    """What the file says of one criterion; the figures of its card are for people."""

    knots: tuple[tuple[_Score, _Score], ...] = ()

    @field_validator("knots")
    @classmethod
    def _never_falls(cls, knots: tuple[Knot, ...]) -> tuple[Knot, ...]:
        if any(left[0] >= right[0] or left[1] > right[1] for left, right in pairwise(knots)):
            raise ValueError("the machine's scores must rise from knot to knot and the calibrated must not fall")
        return knots


class _File(BaseModel):
    """The part of the file that scoring reads."""

    rubric: str
    criteria: Mapping[str, _Entry]


def load_calibration(path: Path, *, rubric: str) -> Calibration:
    """Read a calibration that was fitted for this version of the rubric.

    Raises
    ------
    CalibrationError
        The file cannot be read, is not valid, or belongs to another rubric: its curves would start from other scores.
    """
    remedy = "fit it again with qinhe calibrate, or take the setting calibration out"
    try:
        read = _File.model_validate_json(path.read_bytes())
    except OSError as error:
        raise CalibrationError(f"{path}: cannot be read ({error.strerror}); {remedy}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise CalibrationError(f"{path}: {where}: {first['msg']}; {remedy}") from error
    if read.rubric != rubric:
        raise CalibrationError(f"{path}: was fitted for rubric {read.rubric}, but the rubric is {rubric}; {remedy}")
    return Calibration(read.rubric, {name: Curve(entry.knots) for name, entry in read.criteria.items() if entry.knots})


def write_down(calibration: Calibration, *, card: Mapping[str, Any], criteria: Mapping[str, Mapping[str, Any]]) -> str:
    """The JSON text of a calibration.

    Parameters
    ----------
    card
        The model card: who, when, how much.
    criteria
        The figures of each criterion's fit; knots are added where there is a curve.
    """
    content = {
        "rubric": calibration.rubric,
        "version": calibration.version,
        "card": card,
        "criteria": {
            name: {**figures, **({"knots": calibration.curves[name].knots} if name in calibration.curves else {})}
            for name, figures in criteria.items()
        },
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
