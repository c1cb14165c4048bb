"""Looking: vision's heartbeat, how cameras are to be looked at and how well they are."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vision_node",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detector", sa.String(), nullable=False),
        sa.Column("cameras", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_vision_node")),
    )
    op.create_table(
        "camera_looking",
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("looks_per_s", sa.Float(), nullable=True),
        sa.Column("score", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "looks_per_s BETWEEN 0.1 AND 5", name=op.f("ck_camera_looking_looks_per_s_possible")
        ),
        sa.CheckConstraint(
            "0 < score AND score < 1", name=op.f("ck_camera_looking_score_possible")
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_camera_looking_camera_id_camera"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_camera_looking")),
    )
    op.create_table(
        "camera_health",
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("looks_per_s", sa.Float(), nullable=False),
        sa.Column("late_s", sa.Float(), nullable=True),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.Column("key_interval_s", sa.Float(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_camera_health_camera_id_camera"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_camera_health")),
    )


def downgrade() -> None:
    op.drop_table("camera_health")
    op.drop_table("camera_looking")
    op.drop_table("vision_node")
