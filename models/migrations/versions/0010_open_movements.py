"""What lasts of the vans' movements is looked at all the time, and is little."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_movement_open",
        "movement",
        ["vehicle_id"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NULL AND withdrawn_at IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_movement_open", table_name="movement")
