"""A device's messages are found by it; rules of judgement, crews of timetables, judged cells."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_SECONDS = ("late_s", "early_s", "off_route_s", "stay_s", "no_progress_s", "lost_s")


def upgrade() -> None:
    op.add_column(
        "raw_message",
        sa.Column("checksum_failed", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index("ix_raw_message_device", "raw_message", ["device", "received_at"], unique=False)
    op.create_index(
        "ix_raw_message_checksum",
        "raw_message",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("checksum_failed"),
    )
    op.add_column("dead_zone", sa.Column("decision", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_dead_zone_decision_known"), "dead_zone", "decision IN ('known', 'ignored')"
    )
    op.create_table(
        "timetable_crew",
        sa.Column("timetable_id", sa.Uuid(), nullable=False),
        sa.Column("crew_member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crew_member_id"],
            ["crew_member.id"],
            name=op.f("fk_timetable_crew_crew_member_id_crew_member"),
        ),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            ["visit_timetable.id"],
            name=op.f("fk_timetable_crew_timetable_id_visit_timetable"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("timetable_id", "crew_member_id", name=op.f("pk_timetable_crew")),
    )
    op.create_table(
        "van_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("working_hours", postgresql.JSONB(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _SECONDS),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.CheckConstraint(
                f"{name} BETWEEN 60 AND 86400", name=op.f(f"ck_van_rules_{name}_possible")
            )
            for name in _SECONDS
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_van_rules_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_van_rules")),
        sa.UniqueConstraint(
            "vehicle_id",
            name=op.f("uq_van_rules_vehicle_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )


def downgrade() -> None:
    op.drop_table("van_rules")
    op.drop_table("timetable_crew")
    op.drop_constraint(op.f("ck_dead_zone_decision_known"), "dead_zone")
    op.drop_column("dead_zone", "decision")
    op.drop_index("ix_raw_message_checksum", table_name="raw_message")
    op.drop_index("ix_raw_message_device", table_name="raw_message")
    op.drop_column("raw_message", "checksum_failed")
