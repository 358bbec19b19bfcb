"""Brings a store's tables to the newest form: numbered migrations, run from code."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from pipeline.errors import StoreError
from pipeline.store.border import shown, upgrading

_MIGRATIONS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine) -> None:
    """Create the tables, or bring them to the newest form; all steps are made, or none.

    Raises
    ------
    StoreError
        The store was written by a newer program, or cannot be written.
    """
    config = Config()
    # Config reads % as the start of a variable.
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with upgrading(engine) as connection:
        if _is_current(connection, scripts, shown(engine.url)):
            return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_current(connection: Connection, scripts: ScriptDirectory, name: str) -> bool:
    """Whether nothing is to be done; refuses a store that knows steps which this program does not."""
    current = MigrationContext.configure(connection).get_current_revision()
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"the store {name} was written by a newer qinhe (tables {current}): update qinhe, or give another store"
        )
    return current == scripts.get_current_head()
