"""First light."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_entry", "alert_update", "complaint_update")

SQL_UP = [
    "CREATE SEQUENCE IF NOT EXISTS complaint_talon_seq",
    """
    CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: add a new row instead', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END $$
    """,
    *(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in APPEND_ONLY
    ),
    "CREATE TABLE position_default PARTITION OF position DEFAULT",
    "CREATE TABLE zone_observation_default PARTITION OF zone_observation DEFAULT",
    """
    CREATE FUNCTION make_partitions(ahead integer) RETURNS integer LANGUAGE plpgsql AS $$
    DECLARE
        parent text; day date; name text; made integer := 0;
    BEGIN
        FOREACH parent IN ARRAY ARRAY['position', 'zone_observation'] LOOP
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
    """,
    "SELECT make_partitions(14)",
]
SQL_DOWN = [
    "DROP FUNCTION make_partitions(integer)",
    *(f"DROP TRIGGER append_only ON {table}" for table in APPEND_ONLY),
    "DROP FUNCTION refuse_change()",
    "DROP SEQUENCE complaint_talon_seq",
]


def upgrade() -> None:
    op.create_table(
        "calendar_override",
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("on_date", name=op.f("pk_calendar_override")),
    )
    op.create_table(
        "change",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_change")),
    )
    op.create_index("ix_change_at", "change", ["at"], unique=False, postgresql_using="brin")
    op.create_table(
        "media_node",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("public_url", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_node")),
        sa.UniqueConstraint("name", name=op.f("uq_media_node_name")),
    )
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
    op.create_table(
        "region",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("name ?& array['kk','ru','en']", name=op.f("ck_region_has_names")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("code", name=op.f("uq_region_code")),
    )
    op.create_table(
        "site_kind",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("name ?& array['kk','ru','en']", name=op.f("ck_site_kind_has_names")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_kind")),
        sa.UniqueConstraint("code", name=op.f("uq_site_kind_code")),
    )
    op.create_table(
        "office",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("site_kind_id", sa.Uuid(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("name ?& array['kk','ru','en']", name=op.f("ck_office_has_names")),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_office_region_id_region")
        ),
        sa.ForeignKeyConstraint(
            ["site_kind_id"], ["site_kind.id"], name=op.f("fk_office_site_kind_id_site_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office")),
        sa.UniqueConstraint("code", name=op.f("uq_office_code")),
    )
    op.create_index("ix_office_geom", "office", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "operator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=True),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('operator', 'dispatcher', 'auditor', 'agent', 'supervisor', 'admin')",
            name=op.f("ck_operator_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_operator_region_id_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operator")),
        sa.UniqueConstraint("login", name=op.f("uq_operator_login")),
    )
    op.create_table(
        "vehicle",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plate", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("report_interval_s", sa.Integer(), nullable=False),
        sa.CheckConstraint("name ?& array['kk','ru','en']", name=op.f("ck_vehicle_has_names")),
        sa.CheckConstraint(
            "report_interval_s > 0", name=op.f("ck_vehicle_report_interval_positive")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_vehicle_region_id_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("plate", name=op.f("uq_vehicle_plate")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("operator_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_audit_entry_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"], unique=False)
    op.create_table(
        "camera",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("view", sa.String(), nullable=False),
        sa.Column("node_name", sa.String(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.CheckConstraint("name ?& array['kk','ru','en']", name=op.f("ck_camera_has_names")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_camera_office_id_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera")),
        sa.UniqueConstraint("code", name=op.f("uq_camera_code")),
    )
    op.create_table(
        "device",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_device_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("identifier", name=op.f("uq_device_identifier")),
    )
    op.create_table(
        "last_position",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("speed_km_h", sa.Double(), nullable=True),
        sa.Column("course_deg", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_last_position_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("vehicle_id", name=op.f("pk_last_position")),
    )
    op.create_index(
        "ix_last_position_geom", "last_position", ["geom"], unique=False, postgresql_using="gist"
    )
    op.create_table(
        "position",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("fixed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "geom",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
                nullable=False,
            ),
            nullable=False,
        ),
        sa.Column("speed_km_h", sa.Double(), nullable=True),
        sa.Column("course_deg", sa.Double(), nullable=True),
        sa.Column("altitude_m", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("satellites", sa.SmallInteger(), nullable=True),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("protocol", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_position_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("vehicle_id", "fixed_at", name=op.f("pk_position")),
        postgresql_partition_by="RANGE (fixed_at)",
    )
    op.create_index("ix_position_geom", "position", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "service_window",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("unstaffed_after_s", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "name ?& array['kk','ru','en']", name=op.f("ck_service_window_has_names")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_service_window_number_positive")),
        sa.CheckConstraint(
            "unstaffed_after_s > 0", name=op.f("ck_service_window_unstaffed_after_positive")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_service_window_office_id_office")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_window")),
        sa.UniqueConstraint("office_id", "number", name=op.f("uq_service_window_office_id")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("operator_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("user_agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["operator.id"], name=op.f("fk_session_operator_id_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_session_token_sha256")),
    )
    op.create_index("ix_session_operator_id", "session", ["operator_id"], unique=False)
    op.create_table(
        "camera_lease",
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_camera_lease_camera_id_camera"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_camera_lease")),
    )
    op.create_table(
        "complaint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=True),
        sa.Column("ticket_number", sa.String(), nullable=True),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("happened_within_s", sa.Integer(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("caller_name", sa.String(), nullable=True),
        sa.Column("caller_phone", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("registered_by", sa.Uuid(), nullable=True),
        sa.Column("assigned_to", sa.Uuid(), nullable=True),
        sa.Column("camera_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at IS NOT NULL)",
            name=op.f("ck_complaint_closed_has_time"),
        ),
        sa.CheckConstraint(
            "happened_at <= requested_at + interval '5 minutes'",
            name=op.f("ck_complaint_not_from_future"),
        ),
        sa.CheckConstraint(
            "happened_within_s >= 0", name=op.f("ck_complaint_uncertainty_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["assigned_to"], ["operator.id"], name=op.f("fk_complaint_assigned_to_operator")
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_complaint_camera_id_camera")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_complaint_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by"], ["operator.id"], name=op.f("fk_complaint_registered_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], ["service_window.id"], name=op.f("fk_complaint_window_id_service_window")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_complaint_idempotency_key")),
        sa.UniqueConstraint("number", name=op.f("uq_complaint_number")),
    )
    op.create_index(
        "ix_complaint_office_happened", "complaint", ["office_id", "happened_at"], unique=False
    )
    op.create_index("ix_complaint_requested_at", "complaint", ["requested_at"], unique=False)
    op.create_table(
        "recording",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("stream_kind", sa.String(), nullable=False),
        sa.Column("node_name", sa.String(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("init_bytes", sa.Integer(), nullable=False),
        sa.Column("codec", sa.String(), nullable=False),
        sa.Column("gops", sa.LargeBinary(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.CheckConstraint("started_at <= ended_at", name=op.f("ck_recording_starts_before_end")),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_recording_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
        sa.UniqueConstraint("node_name", "path", name=op.f("uq_recording_node_name")),
    )
    op.create_index(
        "ix_recording_camera_time",
        "recording",
        ["camera_id", "stream_kind", "started_at"],
        unique=False,
    )
    op.create_table(
        "recording_gap",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("stream_kind", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "ended_at IS NULL OR started_at <= ended_at",
            name=op.f("ck_recording_gap_starts_before_end"),
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_recording_gap_camera_id_camera")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_gap")),
    )
    op.create_index(
        "ix_recording_gap_camera_time",
        "recording_gap",
        ["camera_id", "stream_kind", "started_at"],
        unique=False,
    )
    op.create_table(
        "stream",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("recorded", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state_detail", sa.String(), nullable=False),
        sa.Column("codec", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('main', 'sub')", name=op.f("ck_stream_kind_known")),
        sa.CheckConstraint(
            "state IN ('connecting', 'live', 'stalled', 'down', 'unsupported')",
            name=op.f("ck_stream_state_known"),
        ),
        sa.CheckConstraint(
            "url LIKE 'rtsp://%%' OR url LIKE 'rtsps://%%'", name=op.f("ck_stream_url_rtsp")
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"],
            ["camera.id"],
            name=op.f("fk_stream_camera_id_camera"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream")),
        sa.UniqueConstraint("camera_id", "kind", name=op.f("uq_stream_camera_id")),
    )
    op.create_table(
        "timetable",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=True),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("opens_at < closes_at", name=op.f("ck_timetable_opens_before_closes")),
        sa.CheckConstraint("weekday BETWEEN 1 AND 7", name=op.f("ck_timetable_weekday_iso")),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_timetable_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], ["service_window.id"], name=op.f("fk_timetable_window_id_service_window")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable")),
    )
    op.create_index(
        "ix_timetable_office", "timetable", ["office_id", "window_id", "weekday"], unique=False
    )
    op.create_table(
        "timetable_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=True),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=True),
        sa.Column("closes_at", sa.Time(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "(opens_at IS NULL) = (closes_at IS NULL) "
            "AND (opens_at IS NULL OR opens_at < closes_at)",
            name=op.f("ck_timetable_exception_both_or_neither"),
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_timetable_exception_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"],
            ["service_window.id"],
            name=op.f("fk_timetable_exception_window_id_service_window"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timetable_exception")),
    )
    op.create_index(
        "ix_timetable_exception_office",
        "timetable_exception",
        ["office_id", "on_date"],
        unique=False,
    )
    op.create_table(
        "zone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("window_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("polygon", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("queue_limit", sa.Integer(), nullable=True),
        sa.Column("queue_for_s", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "kind <> 'operator' OR window_id IS NOT NULL", name=op.f("ck_zone_operator_has_window")
        ),
        sa.CheckConstraint(
            "kind IN ('queue', 'operator', 'visitor', 'restricted', 'entrance')",
            name=op.f("ck_zone_kind_known"),
        ),
        sa.CheckConstraint("jsonb_array_length(polygon) >= 3", name=op.f("ck_zone_three_corners")),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_zone_camera_id_camera"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], ["service_window.id"], name=op.f("fk_zone_window_id_service_window")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_zone")),
    )
    op.create_index("ix_zone_camera_id", "zone", ["camera_id"], unique=False)
    op.create_index("ix_zone_window_id", "zone", ["window_id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=True),
        sa.Column("window_id", sa.Uuid(), nullable=True),
        sa.Column("camera_id", sa.Uuid(), nullable=True),
        sa.Column("vehicle_id", sa.Uuid(), nullable=True),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint(
            "(state = 'resolved') = (resolved_at IS NOT NULL)",
            name=op.f("ck_alert_resolved_has_time"),
        ),
        sa.CheckConstraint(
            "severity IN ('info', 'warning', 'critical')", name=op.f("ck_alert_severity_known")
        ),
        sa.CheckConstraint(
            "state IN ('open', 'acknowledged', 'resolved')", name=op.f("ck_alert_state_known")
        ),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["operator.id"], name=op.f("fk_alert_acknowledged_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_alert_camera_id_camera")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_alert_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_alert_office_id_office")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_alert_vehicle_id_vehicle")
        ),
        sa.ForeignKeyConstraint(
            ["window_id"], ["service_window.id"], name=op.f("fk_alert_window_id_service_window")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index("ix_alert_office_raised", "alert", ["office_id", "raised_at"], unique=False)
    op.create_index("ix_alert_window_raised", "alert", ["window_id", "raised_at"], unique=False)
    op.create_index(
        "one_open_alert_per_subject",
        "alert",
        ["rule", "subject"],
        unique=True,
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "clip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("camera_id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("requested_s", sa.Double(), nullable=False),
        sa.Column("delivered_s", sa.Double(), nullable=True),
        sa.Column("manifest", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('requested', 'ready', 'failed')", name=op.f("ck_clip_state_known")
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_clip_starts_before_end")),
        sa.ForeignKeyConstraint(
            ["camera_id"], ["camera.id"], name=op.f("fk_clip_camera_id_camera")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_clip_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["operator.id"], name=op.f("fk_clip_requested_by_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clip")),
    )
    op.create_index("ix_clip_complaint_id", "clip", ["complaint_id"], unique=False)
    op.create_table(
        "clock",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("working_days", sa.Boolean(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("met_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.CheckConstraint("days > 0", name=op.f("ck_clock_days_positive")),
        sa.CheckConstraint("started_at < due_at", name=op.f("ck_clock_due_after_start")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_clock_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        sa.UniqueConstraint("complaint_id", "kind", name=op.f("uq_clock_complaint_id")),
    )
    op.create_table(
        "complaint_update",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=True),
        sa.Column("to_state", sa.String(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["by"], ["operator.id"], name=op.f("fk_complaint_update_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_update_complaint_id_complaint"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_update")),
    )
    op.create_index(
        "ix_complaint_update_complaint_id", "complaint_update", ["complaint_id"], unique=False
    )
    op.create_table(
        "hold",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("camera_ids", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("cardinality(camera_ids) > 0", name=op.f("ck_hold_has_cameras")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_hold_starts_before_end")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_hold_complaint_id_complaint")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["operator.id"], name=op.f("fk_hold_made_by_operator")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["operator.id"], name=op.f("fk_hold_released_by_operator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    op.create_index("ix_hold_span", "hold", ["starts_at", "ends_at"], unique=False)
    op.create_table(
        "outcome",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('provided', 'lawfully_refused', 'withdrawn')",
            name=op.f("ck_outcome_kind_known"),
        ),
        sa.ForeignKeyConstraint(["by"], ["operator.id"], name=op.f("fk_outcome_by_operator")),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaint.id"], name=op.f("fk_outcome_complaint_id_complaint")
        ),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_outcome")),
    )
    op.create_table(
        "zone_minute",
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("minute_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.Column("known_looks", sa.Integer(), nullable=False),
        sa.Column("people_mean", sa.Double(), nullable=True),
        sa.Column("people_max", sa.Integer(), nullable=True),
        sa.Column("occupied_share", sa.Double(), nullable=True),
        sa.CheckConstraint("known_looks <= looks", name=op.f("ck_zone_minute_known_within_looks")),
        sa.ForeignKeyConstraint(
            ["zone_id"], ["zone.id"], name=op.f("fk_zone_minute_zone_id_zone"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("zone_id", "minute_at", name=op.f("pk_zone_minute")),
    )
    op.create_table(
        "zone_observation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("zone_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attributes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "(people IS NULL) = (state = 'unknown')",
            name=op.f("ck_zone_observation_unknown_has_no_people"),
        ),
        sa.CheckConstraint(
            "state IN ('occupied', 'empty', 'unknown')",
            name=op.f("ck_zone_observation_state_known"),
        ),
        sa.ForeignKeyConstraint(
            ["zone_id"],
            ["zone.id"],
            name=op.f("fk_zone_observation_zone_id_zone"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", "at", name=op.f("pk_zone_observation")),
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index(
        "ix_zone_observation_zone_at", "zone_observation", ["zone_id", "at"], unique=False
    )
    op.create_table(
        "alert_update",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_update_alert_id_alert")
        ),
        sa.ForeignKeyConstraint(["by"], ["operator.id"], name=op.f("fk_alert_update_by_operator")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_update")),
    )
    op.create_index("ix_alert_update_alert_id", "alert_update", ["alert_id"], unique=False)
    op.create_table(
        "complaint_alert",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_complaint_alert_alert_id_alert")
        ),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["complaint.id"],
            name=op.f("fk_complaint_alert_complaint_id_complaint"),
        ),
        sa.PrimaryKeyConstraint("complaint_id", "alert_id", name=op.f("pk_complaint_alert")),
    )
    op.create_index("ix_complaint_alert_alert_id", "complaint_alert", ["alert_id"], unique=False)
    for statement in SQL_UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in SQL_DOWN:
        op.execute(statement)
    op.drop_index("ix_complaint_alert_alert_id", table_name="complaint_alert")
    op.drop_table("complaint_alert")
    op.drop_index("ix_alert_update_alert_id", table_name="alert_update")
    op.drop_table("alert_update")
    op.drop_index("ix_zone_observation_zone_at", table_name="zone_observation")
    op.drop_table("zone_observation")
    op.drop_table("zone_minute")
    op.drop_table("outcome")
    op.drop_index("ix_hold_span", table_name="hold")
    op.drop_table("hold")
    op.drop_index("ix_complaint_update_complaint_id", table_name="complaint_update")
    op.drop_table("complaint_update")
    op.drop_table("clock")
    op.drop_index("ix_clip_complaint_id", table_name="clip")
    op.drop_table("clip")
    op.drop_index(
        "one_open_alert_per_subject",
        table_name="alert",
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_index("ix_alert_window_raised", table_name="alert")
    op.drop_index("ix_alert_office_raised", table_name="alert")
    op.drop_table("alert")
    op.drop_index("ix_zone_window_id", table_name="zone")
    op.drop_index("ix_zone_camera_id", table_name="zone")
    op.drop_table("zone")
    op.drop_index("ix_timetable_exception_office", table_name="timetable_exception")
    op.drop_table("timetable_exception")
    op.drop_index("ix_timetable_office", table_name="timetable")
    op.drop_table("timetable")
    op.drop_table("stream")
    op.drop_index("ix_recording_gap_camera_time", table_name="recording_gap")
    op.drop_table("recording_gap")
    op.drop_index("ix_recording_camera_time", table_name="recording")
    op.drop_table("recording")
    op.drop_index("ix_complaint_requested_at", table_name="complaint")
    op.drop_index("ix_complaint_office_happened", table_name="complaint")
    op.drop_table("complaint")
    op.drop_table("camera_lease")
    op.drop_index("ix_session_operator_id", table_name="session")
    op.drop_table("session")
    op.drop_table("service_window")
    op.drop_index("ix_position_geom", table_name="position", postgresql_using="gist")
    op.drop_table("position")
    op.drop_index("ix_last_position_geom", table_name="last_position", postgresql_using="gist")
    op.drop_table("last_position")
    op.drop_table("device")
    op.drop_table("camera")
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("vehicle")
    op.drop_table("operator")
    op.drop_index("ix_office_geom", table_name="office", postgresql_using="gist")
    op.drop_table("office")
    op.drop_table("site_kind")
    op.drop_table("region")
    op.drop_index("ix_raw_message_received_at", table_name="raw_message")
    op.drop_table("raw_message")
    op.drop_table("media_node")
    op.drop_index("ix_change_at", table_name="change", postgresql_using="brin")
    op.drop_table("change")
    op.drop_table("calendar_override")
