"""The schema: up, down, up again, and no drift between tables and migrations."""

import psycopg
import pytest
from psycopg import errors

from models import migrate

pytestmark = pytest.mark.postgis


def test_schema_goes_down_and_up_without_drift(database_url: str) -> None:
    migrate.check_drift(database_url)
    migrate.downgrade(database_url, "base")
    with psycopg.connect(database_url) as connection:
        left = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' "
            "AND tablename NOT IN ('spatial_ref_sys', 'alembic_version')"
        ).fetchone()
    assert left == (0,)
    migrate.upgrade(database_url)
    migrate.check_drift(database_url)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"]
)
def test_history_refuses_to_be_rewritten(database_url: str, statement: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO audit_entry (action, subject, details) VALUES ('a', 'b', '{}')"
        )
        with pytest.raises(errors.RestrictViolation, match="append-only"):
            connection.execute(statement)
