"""What every page needs, opened once: settings, store, desk, words, rubric, and the kit that judges calls again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from fastapi import Request

from pipeline.kit import Kit, load_kit
from pipeline.lexicon.editions import folder_at, last_published
from pipeline.lexicon.entries import load_labels
from pipeline.lexicon.phrases import Label
from pipeline.reports.wording import chinese_words
from pipeline.reports.words import Words
from pipeline.review.jobs import Jobs
from pipeline.review.recent import Recent
from pipeline.review.sound import Sounds
from pipeline.schema import Scorecard
from pipeline.scoring.rubric import Rubric, load_rubric
from pipeline.settings import Settings
from pipeline.store.desk import Desk
from pipeline.store.repository import Store

Made = TypeVar("Made")
_EFFECTS = 200
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class Fresh(Generic[Made]):
    """What is made of a folder of lists when it is first asked for, and again when lists were published since."""

    def __init__(self, folder: Path, make: Callable[[], Made]) -> None:
        self._folder, self._make, self._lock = folder, make, Lock()
        self._kept: tuple[int, Made] | None = None

    def __call__(self) -> Made:
        """What holds now; whoever comes while it is made waits."""
        with self._lock:
            published = last_published(self._folder)
            if self._kept is None or self._kept[0] != published:
                self._kept = published, self._make()
            return self._kept[1]


@dataclass(frozen=True, slots=True)
class Access:
    """From where the desk may be asked.

    Parameters
    ----------
    behind_proxy
        Whether a proxy speaks TLS to the browsers: cookies are then for TLS only, and it tells who asks.
    hosts
        Names by which the desk may be asked for; others are refused, so that no foreign page can pose as this one.
    """

    behind_proxy: bool = False
    hosts: frozenset[str] = LOCAL_HOSTS


@dataclass(frozen=True, slots=True)
class Room:
    """What every page needs.

    Parameters
    ----------
    kit
        What judging needs; most pages do without.
    sounds
        Playable copies of the recordings.
    jobs
        Work that takes longer than a page may.
    effects
        Calls as they stand after people's verdicts.
    """

    settings: Settings
    store: Store
    desk: Desk
    fresh_words: Fresh[Words]
    rubric: Rubric
    fresh_labels: Fresh[Mapping[str, Label]]
    kit: Fresh[Kit]
    sounds: Sounds
    jobs: Jobs
    effects: Recent[Scorecard]
    access: Access = field(default_factory=Access)

    @property
    def words(self) -> Words:
        """The Chinese words of the lists as they hold now."""
        return self.fresh_words()

    @property
    def labels(self) -> Mapping[str, Label]:
        """What an inspector may say of an agent's words, by name."""
        return self.fresh_labels()

    def close(self) -> None:
        """Let go of the store, and of work that has not begun."""
        self.jobs.close()
        self.store.close()
        self.desk.close()


def open_room(settings: Settings, access: Access) -> Room:
    """Open everything.

    Raises
    ------
    StoreError, LexiconError, RubricError
        The store, the phrase lists or the rubric cannot be used.
    """
    folder = settings.lexicons_dir
    words = Fresh(folder, lambda: chinese_words(settings))
    words()  # lists that cannot be used are told before anybody comes
    return Room(
        settings=settings,
        store=Store(settings.store_url),
        desk=Desk(settings.store_url),
        fresh_words=words,
        rubric=load_rubric(folder / "rubric.yaml", labels=folder / "labels.yaml"),
        fresh_labels=Fresh(folder, lambda: load_labels(folder_at(folder))),
        kit=Fresh(folder, lambda: load_kit(settings)),
        sounds=Sounds(settings.cache_dir / "desk"),
        jobs=Jobs(),
        effects=Recent(_EFFECTS),
        access=access,
    )


def room_of(request: Request) -> Room:
    """The room of the application that was asked."""
    room: Room = request.app.state.room
    return room
