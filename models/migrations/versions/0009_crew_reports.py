"""Crews name their problem; a report outlives the trip that it was about."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_TIE = "fk_van_report_trip_id_stop_visit"
_COLUMNS = (["trip_id", "sequence"], ["trip_id", "sequence"])


def upgrade() -> None:
    op.add_column("van_report", sa.Column("problem", sa.String(), nullable=True))
    op.create_check_constraint(
        op.f("ck_van_report_problem_known"),
        "van_report",
        "problem IN ('breakdown', 'road', 'equipment', 'network', 'people', 'other')",
    )
    op.drop_constraint(op.f(_TIE), "van_report", type_="foreignkey")
    op.create_foreign_key(op.f(_TIE), "van_report", "stop_visit", *_COLUMNS, ondelete="SET NULL")
    op.create_index("ix_van_report_trip", "van_report", ["trip_id", "sequence"])
    op.create_index("ix_van_report_happened_at", "van_report", ["happened_at"])


def downgrade() -> None:
    op.drop_index("ix_van_report_happened_at", table_name="van_report")
    op.drop_index("ix_van_report_trip", table_name="van_report")
    op.drop_constraint(op.f(_TIE), "van_report", type_="foreignkey")
    op.create_foreign_key(op.f(_TIE), "van_report", "stop_visit", *_COLUMNS)
    op.drop_constraint(op.f("ck_van_report_problem_known"), "van_report", type_="check")
    op.drop_column("van_report", "problem")
