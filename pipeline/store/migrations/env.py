"""Runs the migrations on the connection that the program hands over."""

from alembic import context

import pipeline.store.desk_tables  # noqa: F401  its tables belong to the same METADATA
from pipeline.store.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
