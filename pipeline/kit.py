"""What hearing and judging need: all that is loaded once, and which lists hold on a call's day."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from pipeline.asr.guard import InventedPhrases
from pipeline.criteria.flows import FlowBook
from pipeline.criteria.wordings import Wordings
from pipeline.language.segment import Segmenter
from pipeline.lexicon.finder import Finder
from pipeline.lists import Library
from pipeline.rules.shelf import Shelf
from pipeline.schema import Recording
from pipeline.scoring.calibration import Calibration, load_calibration
from pipeline.scoring.rubric import Rubric, load_rubric
from pipeline.scoring.rules import with_rules
from pipeline.settings import Settings
from pipeline.spelling.search import Speller, load_speller


@dataclass(frozen=True)
class Kit:
    """What hearing and judging need, loaded once; a speller and a calibration only where they are set.

    Parameters
    ----------
    library
        The published lists; without, the kit's own lists judge every call.
    """

    settings: Settings
    segmenter: Segmenter
    finder: Finder
    flows: FlowBook
    rubric: Rubric
    invented: InventedPhrases
    lists_version: str
    wordings: Wordings
    rules: Shelf = field(default_factory=Shelf)
    speller: Speller | None = None
    calibration: Calibration | None = None
    library: Library | None = None

    @cached_property
    def scheme(self) -> Rubric:
        """The rubric with what the rules are worth."""
        return with_rules(self.rubric, self.rules.book)

    @property
    def lexicon_version(self) -> str:
        """Version of the lists, the models and the rules; of the newest, where lists are published."""
        if self.library:
            return self.on(None).lexicon_version
        return "+".join(filter(None, (self.lists_version, self.rules.book.version)))

    def lexicon_for(self, recording: Recording) -> str:
        """Version of the lists, the models and the rules that hold on the day of a call."""
        return self.on(recording.started_at).lexicon_version

    def on(self, started_at: datetime | None) -> "Kit":
        """The kit with the lists that hold on the day of a call, of an unknown day with the newest."""
        if self.library is None:
            return self
        lists = self.library.at(started_at.date() if started_at else None)
        return replace(
            self,
            segmenter=lists.segmenter,
            finder=lists.finder,
            flows=lists.flows,
            invented=lists.invented,
            lists_version=lists.version,
            wordings=lists.wordings,
            rules=lists.rules,
            library=None,
        )


def load_kit(settings: Settings, *, rubric: Path | None = None) -> Kit:
    """Load everything that judging needs.

    Parameters
    ----------
    rubric
        Another rubric than the one in the lexicons folder.

    Raises
    ------
    LexiconError, RubricError, CalibrationError
        A list, the rubric or the calibration is not valid; file and line are named.
    """
    folder = settings.lexicons_dir
    scheme = load_rubric(rubric or folder / "rubric.yaml", labels=folder / "labels.yaml")
    library = Library(settings, scheme)
    lists = library.first()
    return Kit(
        settings=settings,
        segmenter=lists.segmenter,
        finder=lists.finder,
        flows=lists.flows,
        rubric=scheme,
        invented=lists.invented,
        lists_version=lists.version,
        wordings=lists.wordings,
        rules=lists.rules,
        library=library if library.published else None,
        speller=load_speller(settings),
        calibration=load_calibration(settings.calibration, rubric=scheme.version) if settings.calibration else None,
    )
