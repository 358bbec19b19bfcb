"""The lists that judge a call: those of its day, loaded when a call first needs them, and what they share only once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from pipeline.asr.guard import InventedPhrases, load_invented
from pipeline.criteria.flows import FlowBook, load_flows
from pipeline.criteria.reactions import FILE as REACTIONS_FILE
from pipeline.criteria.wordings import Wordings, load_wordings
from pipeline.language.segment import Segmenter
from pipeline.lexicon.editions import Edition, edition_at, editions, list_files
from pipeline.lexicon.entries import load_lexicon
from pipeline.lexicon.finder import Finder
from pipeline.lexicon.meaning import load_model
from pipeline.lexicon.phrases import Lexicon
from pipeline.rules.reader import RULES_FILE
from pipeline.rules.shelf import Shelf, load_shelf
from pipeline.scoring.rubric import Rubric
from pipeline.settings import Settings

_MODELS = ("meaning.npz", "scenarios.npz", REACTIONS_FILE)
"""Models that judge, by their files; the one that spells is named with the recogniser."""


@dataclass(frozen=True, slots=True)
class Lists:
    """One folder of lists, ready to judge.

    Parameters
    ----------
    version
        Of labels and phrases, then of the models and all lists but the rules, which have their own; before it for published lists the day from which
        they hold.
    """

    folder: Path
    segmenter: Segmenter
    finder: Finder
    flows: FlowBook
    invented: InventedPhrases
    rules: Shelf
    wordings: Wordings
    version: str


class Library:
    """The lists of a folder and their published versions; each is loaded once.

    Raises
    ------
    LexiconError
        By all that loads: a list is not valid; file and line are named.
    """

    def __init__(self, settings: Settings, rubric: Rubric) -> None:
        self._settings = settings
        meaning, self._scenarios, self._reactions = (settings.models_dir / name for name in _MODELS)
        self._model = load_model(meaning)
        self._criteria: Mapping[str, str] = {rule.id: rule.zh for rule in rubric.criteria}
        self._editions: Sequence[Edition] = editions(settings.lexicons_dir)
        self._loaded: dict[Path, Lists] = {}
        self._readers: dict[str, tuple[Segmenter, Finder]] = {}

    @property
    def published(self) -> bool:
        """Whether there are published versions."""
        return bool(self._editions)

    def first(self) -> Lists:
        """The lists of the folder itself, which hold until the first published version."""
        return self._of(self._settings.lexicons_dir, None)

    def at(self, day: date | None) -> Lists:
        """The lists that hold for calls of this day, for an unknown day the newest."""
        edition = edition_at(self._editions, day)
        return self._of(edition.folder, edition.begins) if edition else self.first()

    def _of(self, folder: Path, begins: date | None) -> Lists:
        if folder not in self._loaded:
            self._loaded[folder] = self._load(folder, begins)
        return self._loaded[folder]

    def _load(self, folder: Path, begins: date | None) -> Lists:
        lexicon = load_lexicon(folder)
        segmenter, finder = self._reading(lexicon)
        return Lists(
            folder=folder,
            segmenter=segmenter,
            finder=finder,
            flows=load_flows(folder / "flows.yaml", model=self._scenarios),
            invented=load_invented(folder / "invented.yaml"),
            wordings=load_wordings(folder, reactions=self._reactions),
            rules=load_shelf(folder, labels=lexicon.labels, criteria=self._criteria),
            version="+".join(filter(None, (str(begins or ""), lexicon.version, self._others(folder)))),
        )

    def _others(self, folder: Path) -> str:
        """Version of the models and of all lists but the rules."""
        lists = (path for path in list_files(folder) if path.name != RULES_FILE)
        return _digest((*lists, *(self._settings.models_dir / name for name in _MODELS)))[:12]

    def _reading(self, lexicon: Lexicon) -> tuple[Segmenter, Finder]:
        """What searches for phrases takes seconds to make: versions with the same phrases share it."""
        if lexicon.version not in self._readers:
            self._readers[lexicon.version] = Segmenter(lexicon.words), Finder(lexicon, self._model)
        return self._readers[lexicon.version]


def all_that_judges(settings: Settings) -> str:
    """Hash of the lists, of their published versions, of the rubric and of the models: where it is the same, calls are judged alike.

    Raises
    ------
    LexiconError
        A published version is not as it was published.
    """
    folder = settings.lexicons_dir
    models = (settings.models_dir / name for name in _MODELS)
    published = (f"{each.begins} {_digest(list_files(each.folder))}" for each in editions(folder))
    return sha256(
        " ".join((_digest((folder / "rubric.yaml", *list_files(folder), *models)), *published)).encode()
    ).hexdigest()


def _digest(files: Iterable[Path]) -> str:
    digest = sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def check_lists(folder: Path, settings: Settings, rubric: Rubric) -> None:
    """Refuse a folder whose lists cannot judge.

    Raises
    ------
    LexiconError
        The first thing that is wrong.
    """
    Library(settings.model_copy(update={"lexicons_dir": folder}), rubric).first()
