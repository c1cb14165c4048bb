"""Cameras: what they notice by themselves, and when they are recorded."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = "kind IN ('motion', 'tamper', 'digital_input', 'video_loss')"


def upgrade() -> None:
    op.create_table(
        "camera_notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_camera_notice_kind_known")),
        sa.CheckConstraint(
            "ended_at IS NULL OR started_at <= ended_at",
            name=op.f("ck_camera_notice_starts_before_end"),
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_camera_notice_camera_id_camera"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_notice")),
    )
    op.create_index("ix_camera_notice_camera_time", "camera_notice", ["camera_id", "started_at"])
    op.create_index(
        "ix_camera_notice_lasting",
        "camera_notice",
        ["camera_id", "kind", "source"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for table in ("camera", "retention_class"):
        op.add_column(
            table,
            sa.Column("recording_schedule", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        )


def downgrade() -> None:
    for table in ("camera", "retention_class"):
        op.drop_column(table, "recording_schedule")
    op.drop_table("camera_notice")
