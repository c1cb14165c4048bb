"""Alembic's door to the tables; run through models/migrate.py, which passes the connection."""

from typing import Any

from alembic import context

from models.tables import Base

PARTITIONED = ("position_", "raw_message_", "zone_observation_")


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave PostGIS' own tables and made-ahead partitions out of the drift check."""
    if kind == "table" and name is not None:
        return name != "spatial_ref_sys" and not name.startswith(PARTITIONED)
    return True


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    include_name=include_name,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
