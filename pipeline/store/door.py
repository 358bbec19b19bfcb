"""What every door to the store shares: opening a database, bringing its tables up to date, letting go of it."""

from typing import Self

from pipeline.store.border import open_engine
from pipeline.store.migrate import upgrade


class Door:
    """An open database.

    Parameters
    ----------
    url
        ``sqlite:///file`` (created where it is missing) or ``postgresql://…`` when several people or machines share it.

    Raises
    ------
    StoreError
        By every method, in one line, when the database cannot be opened, read or written.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        upgrade(self._engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
