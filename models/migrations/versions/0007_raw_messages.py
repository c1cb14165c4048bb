"""Raw messages: every one of a week, in daily partitions, in the order of their conversations."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _make_partitions(*parents: str) -> str:
    names = ", ".join(f"'{parent}'" for parent in parents)
    return f"""
    CREATE OR REPLACE FUNCTION make_partitions(ahead integer) RETURNS integer
    LANGUAGE plpgsql AS $$
    DECLARE
        parent text; day date; name text; made integer := 0;
    BEGIN
        FOREACH parent IN ARRAY ARRAY[{names}] LOOP
            FOR day IN SELECT generate_series(current_date - 1, current_date + ahead, '1 day') LOOP
                name := parent || '_' || to_char(day, 'YYYYMMDD');
                IF to_regclass(name) IS NULL THEN
                    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                        name, parent, day::timestamp AT TIME ZONE 'UTC',
                        (day + 1)::timestamp AT TIME ZONE 'UTC');
                    made := made + 1;
                END IF;
            END LOOP;
        END LOOP;
        RETURN made;
    END $$
    """


def upgrade() -> None:
    op.execute("CREATE TEMP TABLE raw_kept ON COMMIT DROP AS SELECT * FROM raw_message")
    op.drop_table("raw_message")
    op.create_table(
        "raw_message",
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("transport", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("rejection", sa.String(), nullable=True),
        sa.CheckConstraint(
            "transport IN ('http', 'tcp', 'udp')", name=op.f("ck_raw_message_transport_known")
        ),
        sa.PrimaryKeyConstraint("received_at", "session_id", "number", name=op.f("pk_raw_message")),
        postgresql_partition_by="RANGE (received_at)",
    )
    op.create_index(
        "ix_raw_message_rejected",
        "raw_message",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("rejection IS NOT NULL"),
    )
    op.execute("CREATE TABLE raw_message_default PARTITION OF raw_message DEFAULT")
    op.execute(_make_partitions("position", "zone_observation", "raw_message"))
    op.execute("SELECT make_partitions(14)")
    op.execute("""
        INSERT INTO raw_message (received_at, session_id, number, protocol, transport, device,
                                 payload, rejection)
        SELECT received_at, gen_random_uuid(), 0, protocol,
               CASE protocol WHEN 'osmand' THEN 'http' ELSE 'tcp' END, device, payload, rejection
        FROM raw_kept
    """)


def downgrade() -> None:
    op.execute(
        "CREATE TEMP TABLE raw_kept ON COMMIT DROP AS "
        "SELECT * FROM raw_message WHERE rejection IS NOT NULL"
    )
    op.drop_table("raw_message")
    op.execute(_make_partitions("position", "zone_observation"))
    op.create_table(
        "raw_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("rejection", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_message")),
    )
    op.create_index("ix_raw_message_received_at", "raw_message", ["received_at"], unique=False)
    op.execute("""
        INSERT INTO raw_message (received_at, protocol, device, payload, rejection)
        SELECT received_at, protocol, device, payload, rejection FROM raw_kept ORDER BY received_at
    """)
