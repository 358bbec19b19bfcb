"""The error family: everything this program raises on purpose.

QinheError
├── InputError              something the user gave cannot be used; the message names it and the remedy
│   ├── AudioError          a recording that cannot be read (kept as a failure, the batch goes on)
│   ├── TranscriptError     a transcript file that cannot be read
│   ├── ManifestError       a manifest that cannot be used
│   ├── LexiconError        a phrase list or rule that cannot be used
│   ├── RubricError         a rubric that cannot be used
│   ├── InspectionError     inspectors' scores that cannot be used
│   └── CalibrationError    a calibration that cannot be used
├── ModelError              weights that are missing, broken or not to be had
├── EngineError             a recogniser that failed on a recording
└── StoreError              a result that could not be kept or found
    ├── MissingError        there is no such record, or several that fit
    └── RefusedError        what people may decide has rules, and this breaks one
        └── StaleError      somebody else changed it meanwhile: nothing was overwritten
"""


class QinheError(Exception):
    """Base of all errors raised on purpose; its text is one line that a user can act on."""


class InputError(QinheError):
    """Something the user gave cannot be used."""


class AudioError(InputError):
    """A recording cannot be read as audio."""


class TranscriptError(InputError):
    """A transcript file cannot be read."""


class ManifestError(InputError):
    """A manifest has a wrong column, path or date."""


class LexiconError(InputError):
    """A phrase list or a rule is not valid."""


class RubricError(InputError):
    """A rubric is not valid."""


class InspectionError(InputError):
    """Inspectors' scores name no known recording or criterion, or are no scores."""


class CalibrationError(InputError):
    """A calibration is not valid, or belongs to another rubric."""


class ModelError(QinheError):
    """Model weights are missing, broken or cannot be fetched."""


class EngineError(QinheError):
    """A recogniser failed on a recording."""


class StoreError(QinheError):
    """A result could not be kept or found."""


class MissingError(StoreError):
    """There is no such record, or several that fit."""


class RefusedError(StoreError):
    """What people may decide has rules, and this breaks one; nothing was changed."""


class StaleError(RefusedError):
    """Somebody else changed it meanwhile; nothing was overwritten.

    Parameters
    ----------
    standing
        What stands now, where there is something to show.
    """

    def __init__(self, message: str, standing: object = None) -> None:
        super().__init__(message)
        self.standing = standing
