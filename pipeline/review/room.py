"""What every page needs, opened once: settings, store, desk, words, rubric, and the kit that judges calls again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from fastapi import Request

from pipeline.kit import Kit, load_kit
from pipeline.lexicon.editions import folder_at
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

_EFFECTS = 200
LOCAL_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


class LazyKit:
    """What judging needs, loaded when it is first asked for: most pages do without."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._lock = settings, Lock()
        self._kit: Kit | None = None

    def __call__(self) -> Kit:
        """The kit; whoever comes while it is loaded waits."""
        with self._lock:
            if self._kit is None:
                self._kit = load_kit(self._settings)
            return self._kit


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
    labels
        What an inspector may say of an agent's words, by name.
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
    words: Words
    rubric: Rubric
    labels: Mapping[str, Label]
    kit: LazyKit
    sounds: Sounds
    jobs: Jobs
    effects: Recent[Scorecard]
    access: Access = field(default_factory=Access)

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
    return Room(
        settings=settings,
        store=Store(settings.store_url),
        desk=Desk(settings.store_url),
        words=chinese_words(settings),
        rubric=load_rubric(folder / "rubric.yaml", labels=folder / "labels.yaml"),
        labels=load_labels(folder_at(folder)),
        kit=LazyKit(settings),
        sounds=Sounds(settings.cache_dir / "desk"),
        jobs=Jobs(),
        effects=Recent(_EFFECTS),
        access=access,
    )


def room_of(request: Request) -> Room:
    """The room of the application that was asked."""
    room: Room = request.app.state.room
    return room
