"""What a rubric says of doubt: how well evidence is found, and how far people differ."""

from dataclasses import dataclass

from pipeline.scoring.checks import Checks

_KEYS = {"forbidden", "standard", "reactions", "unseen_points", "usual_confidence", "raters_points"}


@dataclass(frozen=True, slots=True)
class Detector:
    """How well one kind of evidence is found, measured: share of hits that are right, share of what was said that is hit."""

    precision: float = 1.0
    recall: float = 1.0


@dataclass(frozen=True, slots=True)
class DoubtRule:
    """How far intervals reach beyond the evidence; as given here they do not.

    Parameters
    ----------
    reactions
        How well it is found how customers take what they are told.
    unseen_points
        Points that stand for what may have been said where nothing was found.
    usual_confidence
        Mean confidence of the agent's words in the calls on which the detectors were measured.
    raters_points
        How far inspectors lie apart who judge the same evidence.
    """

    forbidden: Detector = Detector()
    standard: Detector = Detector()
    reactions: Detector = Detector()
    unseen_points: float = 0.0
    usual_confidence: float = 1.0
    raters_points: float = 0.0


def read_doubt(raw: object, check: Checks) -> DoubtRule:
    """The section ``doubt`` of a rubric.

    Raises
    ------
    RubricError
        Naming the value and the remedy.
    """
    entry = check.only("doubt", raw, _KEYS)
    return DoubtRule(
        forbidden=_detector("forbidden", check.section(entry, "forbidden"), check),
        standard=_detector("standard", check.section(entry, "standard"), check),
        reactions=_detector("reactions", check.section(entry, "reactions"), check),
        unseen_points=check.number("doubt", entry, "unseen_points", (0.0, 100.0)),
        usual_confidence=check.number("doubt", entry, "usual_confidence", (0.1, 1.0)),
        raters_points=check.number("doubt", entry, "raters_points", (0.0, 50.0)),
    )


def _detector(name: str, raw: object, check: Checks) -> Detector:
    where = f"doubt: {name}"
    entry = check.only(where, raw, {"precision", "recall"})
    precision, recall = (check.number(where, entry, key, (0.1, 1.0)) for key in ("precision", "recall"))
    return Detector(precision, recall)
