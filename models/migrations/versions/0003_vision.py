"""Vision: kinds and anchors of zones, presence a window, waiting an office, the ticket system."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('queue', 'operator', 'visitor', 'restricted', 'entrance')"
KINDS = (
    "kind IN ('queue', 'queue_head', 'queue_tail', 'operator', 'visitor', 'restricted', "
    "'entrance', 'hall', 'mask')"
)
FIGURES = (
    "people_mean",
    "staffed_mean",
    "wait_s",
    "wait_low_s",
    "wait_high_s",
    "forecast_s",
    "forecast_high_s",
    "service_s",
    "service_low_s",
    "service_high_s",
)


def upgrade() -> None:
    op.add_column("zone", sa.Column("anchor", sa.String(), server_default="foot", nullable=False))
    op.create_check_constraint(op.f("ck_zone_anchor_known"), "zone", "anchor IN ('foot', 'head')")
    op.drop_constraint(op.f("ck_zone_kind_known"), "zone")
    op.create_check_constraint(op.f("ck_zone_kind_known"), "zone", KINDS)
    op.create_table(
        "window_presence",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.CheckConstraint(
            "started_at <= ended_at", name=op.f("ck_window_presence_starts_before_ends")
        ),
        sa.CheckConstraint(
            "state IN ('occupied', 'empty', 'unknown')",
            name=op.f("ck_window_presence_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["window_id"],
            ["service_window.id"],
            name=op.f("fk_window_presence_window_id_service_window"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["zone_id"],
            ["zone.id"],
            name=op.f("fk_window_presence_zone_id_zone"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("zone_id", "started_at", name=op.f("pk_window_presence")),
    )
    op.create_index(
        "ix_window_presence_window_time", "window_presence", ["window_id", "started_at"]
    )
    op.create_table(
        "office_minute",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("minute_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("known_s", sa.Float(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("people_max", sa.Integer(), nullable=True),
        sa.Column("wait_from", sa.String(), nullable=True),
        *(sa.Column(name, sa.Float(), nullable=True) for name in FIGURES),
        sa.CheckConstraint(
            "wait_from IN ('flow', 'stays')", name=op.f("ck_office_minute_wait_from_known")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["office.id"],
            name=op.f("fk_office_minute_office_id_office"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("office_id", "minute_at", name=op.f("pk_office_minute")),
    )
    op.create_table(
        "ticket_call",
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "taken_at <= called_at", name=op.f("ck_ticket_call_taken_before_called")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"],
            ["office.id"],
            name=op.f("fk_ticket_call_office_id_office"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("office_id", "called_at", "number", name=op.f("pk_ticket_call")),
    )


def downgrade() -> None:
    op.drop_table("ticket_call")
    op.drop_table("office_minute")
    op.drop_table("window_presence")
    op.drop_constraint(op.f("ck_zone_kind_known"), "zone")
    op.execute(f"DELETE FROM zone WHERE NOT ({KINDS_BEFORE})")
    op.create_check_constraint(op.f("ck_zone_kind_known"), "zone", KINDS_BEFORE)
    op.drop_constraint(op.f("ck_zone_anchor_known"), "zone")
    op.drop_column("zone", "anchor")
