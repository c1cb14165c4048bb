"""Media: workers, retention classes, sealed credentials, what was measured of a stream."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES_BEFORE = "state IN ('connecting', 'live', 'stalled', 'down', 'unsupported')"
STATES = "state IN ('connecting', 'live', 'stalled', 'down', 'auth_failed', 'unsupported')"


def upgrade() -> None:
    op.add_column(
        "media_node", sa.Column("worker", sa.Integer(), server_default="0", nullable=False)
    )
    op.add_column(
        "media_node", sa.Column("workers", sa.Integer(), server_default="1", nullable=False)
    )
    op.drop_constraint(op.f("uq_media_node_name"), "media_node")
    op.create_unique_constraint(op.f("uq_media_node_name"), "media_node", ["name", "worker"])
    op.create_check_constraint(
        op.f("ck_media_node_worker_of_workers"), "media_node", "0 <= worker AND worker < workers"
    )
    op.add_column("media_node", sa.Column("disk_state", sa.String(), nullable=True))
    op.add_column("media_node", sa.Column("disk_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "media_node", sa.Column("disk_detail", sa.String(), server_default="", nullable=False)
    )
    op.add_column("media_node", sa.Column("free_bytes", sa.BigInteger(), nullable=True))
    op.add_column("media_node", sa.Column("freeable_bytes", sa.BigInteger(), nullable=True))
    op.add_column("media_node", sa.Column("write_bytes_per_s", sa.Float(), nullable=True))
    op.create_table(
        "retention_class",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("keep_min_days", sa.Float(), nullable=False),
        sa.Column("keep_max_days", sa.Float(), nullable=False),
        sa.CheckConstraint(
            "name ?& array['kk','ru','en']", name=op.f("ck_retention_class_has_names")
        ),
        sa.CheckConstraint(
            "0 < keep_min_days AND keep_min_days <= keep_max_days",
            name=op.f("ck_retention_class_min_max"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_class")),
        sa.UniqueConstraint("code", name=op.f("uq_retention_class_code")),
    )
    op.add_column("camera", sa.Column("retention_class_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_camera_retention_class_id_retention_class"),
        "camera",
        "retention_class",
        ["retention_class_id"],
        ["id"],
    )
    op.add_column("camera", sa.Column("onvif_url", sa.String(), nullable=True))
    op.add_column(
        "camera", sa.Column("device", postgresql.JSONB(astext_type=sa.Text()), nullable=True)
    )
    op.add_column("camera", sa.Column("credentials", sa.LargeBinary(), nullable=True))
    op.add_column(
        "stream", sa.Column("transport", sa.String(), server_default="tcp", nullable=False)
    )
    op.add_column("stream", sa.Column("frame_rate", sa.Float(), nullable=True))
    op.add_column("stream", sa.Column("key_interval_s", sa.Float(), nullable=True))
    op.add_column("stream", sa.Column("audio_codec", sa.String(), nullable=True))
    op.add_column("stream", sa.Column("clock_offset_s", sa.Float(), nullable=True))
    op.create_check_constraint(
        op.f("ck_stream_transport_known"), "stream", "transport IN ('tcp', 'udp', 'http')"
    )
    op.drop_constraint(op.f("ck_stream_state_known"), "stream")
    op.create_check_constraint(op.f("ck_stream_state_known"), "stream", STATES)
    op.add_column("recording", sa.Column("deleting_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_recording_node_time", "recording", ["node_name", "started_at"])
    op.create_index(
        "ix_recording_deleting",
        "recording",
        ["node_name"],
        postgresql_where=sa.text("deleting_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_recording_deleting", table_name="recording")
    op.drop_index("ix_recording_node_time", table_name="recording")
    op.drop_column("recording", "deleting_at")
    op.drop_constraint(op.f("ck_stream_state_known"), "stream")
    op.execute("UPDATE stream SET state = 'down' WHERE state = 'auth_failed'")
    op.create_check_constraint(op.f("ck_stream_state_known"), "stream", STATES_BEFORE)
    op.drop_constraint(op.f("ck_stream_transport_known"), "stream")
    for column in ("clock_offset_s", "audio_codec", "key_interval_s", "frame_rate", "transport"):
        op.drop_column("stream", column)
    op.drop_constraint(op.f("fk_camera_retention_class_id_retention_class"), "camera")
    for column in ("credentials", "device", "onvif_url", "retention_class_id"):
        op.drop_column("camera", column)
    op.drop_table("retention_class")
    for column in (
        "write_bytes_per_s",
        "freeable_bytes",
        "free_bytes",
        "disk_detail",
        "disk_since",
        "disk_state",
    ):
        op.drop_column("media_node", column)
    op.drop_constraint(op.f("ck_media_node_worker_of_workers"), "media_node")
    op.execute("DELETE FROM media_node WHERE worker > 0")
    op.drop_constraint(op.f("uq_media_node_name"), "media_node")
    op.create_unique_constraint(op.f("uq_media_node_name"), "media_node", ["name"])
    op.drop_column("media_node", "workers")
    op.drop_column("media_node", "worker")
