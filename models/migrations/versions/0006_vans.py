"""Vans: routes, trips, crews, fences, panels; what was made of the fixes."""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dead_zone",
        sa.Column("cell", sa.String(), nullable=False),
        sa.Column("silences", sa.Integer(), nullable=False),
        sa.Column("longest_s", sa.Double(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("cell", name=op.f("pk_dead_zone")),
    )
    op.create_table(
        "crew_member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "role IN ('driver', 'specialist')", name=op.f("ck_crew_member_role_known")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_crew_member_region_id_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crew_member")),
    )
    op.create_table(
        "geofence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=True),
        sa.Column("geom", Geometry("POLYGON", srid=4326, spatial_index=False), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("buffer_m", sa.Double(), nullable=False),
        sa.Column("hold_s", sa.Integer(), nullable=False),
        sa.Column("calendar", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name ?& array['kk','ru','en']", name=op.f("ck_geofence_has_names")),
        sa.CheckConstraint(
            "rule IN ('stay_inside', 'stay_outside', 'note')", name=op.f("ck_geofence_rule_known")
        ),
        sa.CheckConstraint(
            "buffer_m >= 0 AND hold_s >= 0", name=op.f("ck_geofence_hysteresis_possible")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_geofence_region_id_region")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_geofence")),
    )
    op.create_index("ix_geofence_geom", "geofence", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "route",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("region_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("geom", Geometry("LINESTRING", srid=4326, spatial_index=False), nullable=False),
        sa.Column("length_m", sa.Double(), nullable=False),
        sa.Column("corridor_m", sa.Double(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("name ?& array['kk','ru','en']", name=op.f("ck_route_has_names")),
        sa.CheckConstraint(
            "source IN ('drawn', 'imported', 'driven')", name=op.f("ck_route_source_known")
        ),
        sa.CheckConstraint(
            "corridor_m BETWEEN 25 AND 5000", name=op.f("ck_route_corridor_possible")
        ),
        sa.CheckConstraint("length_m > 0", name=op.f("ck_route_length_positive")),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["operator.id"], name=op.f("fk_route_made_by_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["region_id"], ["region.id"], name=op.f("fk_route_region_id_region")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["route.id"], name=op.f("fk_route_replaces_id_route")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
    )
    op.create_index("ix_route_geom", "route", ["geom"], unique=False, postgresql_using="gist")
    op.create_table(
        "geofence_vehicle",
        sa.Column("geofence_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["geofence_id"],
            ["geofence.id"],
            name=op.f("fk_geofence_vehicle_geofence_id_geofence"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_geofence_vehicle_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("geofence_id", "vehicle_id", name=op.f("pk_geofence_vehicle")),
    )
    op.create_table(
        "judgement_snapshot",
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("knowledge", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_judgement_snapshot_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("vehicle_id", "at", name=op.f("pk_judgement_snapshot")),
    )
    op.create_table(
        "unjudged_span",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("from_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_unjudged_span_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unjudged_span")),
    )
    op.create_index("ix_unjudged_span_vehicle_id", "unjudged_span", ["vehicle_id"], unique=False)
    op.create_table(
        "stop",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("name", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("village", sa.String(), nullable=False),
        sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=False),
        sa.Column("radius_m", sa.Double(), nullable=False),
        sa.Column("progress_m", sa.Double(), nullable=False),
        sa.Column("arrive_after_s", sa.Integer(), nullable=False),
        sa.Column("stay_s", sa.Integer(), nullable=False),
        sa.Column("served_after_s", sa.Integer(), nullable=False),
        sa.CheckConstraint("name ?& array['kk','ru','en']", name=op.f("ck_stop_has_names")),
        sa.CheckConstraint(
            "arrive_after_s >= 0 AND stay_s > 0", name=op.f("ck_stop_window_possible")
        ),
        sa.CheckConstraint("progress_m >= 0", name=op.f("ck_stop_progress_not_negative")),
        sa.CheckConstraint("radius_m BETWEEN 50 AND 1000", name=op.f("ck_stop_radius_possible")),
        sa.CheckConstraint("sequence > 0", name=op.f("ck_stop_sequence_positive")),
        sa.ForeignKeyConstraint(
            ["route_id"], ["route.id"], name=op.f("fk_stop_route_id_route"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop")),
        sa.UniqueConstraint("route_id", "sequence", name=op.f("uq_stop_route_id")),
    )
    op.create_index("ix_stop_geom", "stop", ["geom"], unique=False, postgresql_using="gist")
    op.create_index("ix_stop_village", "stop", ["village"], unique=False)
    op.create_table(
        "van_panel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("token_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["operator.id"], name=op.f("fk_van_panel_made_by_id_operator")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_van_panel_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_van_panel")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_van_panel_token_sha256")),
    )
    op.create_table(
        "visit_timetable",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("weekdays", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=False),
        sa.Column("time_zone", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cardinality(weekdays) > 0 AND weekdays <@ ARRAY[1,2,3,4,5,6,7]::smallint[]",
            name=op.f("ck_visit_timetable_weekdays_known"),
        ),
        sa.CheckConstraint(
            "every_weeks BETWEEN 1 AND 8", name=op.f("ck_visit_timetable_every_weeks_possible")
        ),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_from <= valid_until",
            name=op.f("ck_visit_timetable_valid_span"),
        ),
        sa.ForeignKeyConstraint(
            ["route_id"], ["route.id"], name=op.f("fk_visit_timetable_route_id_route")
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_visit_timetable_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_timetable")),
    )
    op.create_table(
        "trip",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("route_id", sa.Uuid(), nullable=False),
        sa.Column("timetable_id", sa.Uuid(), nullable=True),
        sa.Column("service_date", sa.Date(), nullable=False),
        sa.Column("planned_start_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_end_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress_m", sa.Double(), nullable=True),
        sa.Column("judged_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_why", sa.String(), server_default="", nullable=False),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'running', 'done', 'missed', 'cancelled')",
            name=op.f("ck_trip_state_known"),
        ),
        sa.CheckConstraint(
            "planned_start_at < planned_end_at", name=op.f("ck_trip_starts_before_end")
        ),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_trip_route_id_route")),
        sa.ForeignKeyConstraint(
            ["timetable_id"],
            ["visit_timetable.id"],
            name=op.f("fk_trip_timetable_id_visit_timetable"),
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_trip_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trip")),
        sa.UniqueConstraint("vehicle_id", "planned_start_at", name=op.f("uq_trip_vehicle_id")),
    )
    op.create_index("ix_trip_service_date", "trip", ["service_date"], unique=False)
    op.create_index(
        "ix_trip_vehicle_time", "trip", ["vehicle_id", "planned_start_at"], unique=False
    )
    op.create_table(
        "movement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("trip_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("geom", Geometry("POINT", srid=4326, spatial_index=False), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ended_at IS NULL OR started_at <= ended_at", name=op.f("ck_movement_starts_before_end")
        ),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["trip.id"], name=op.f("fk_movement_trip_id_trip"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_movement_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement")),
    )
    op.create_index("ix_movement_started_at", "movement", ["started_at"], unique=False)
    op.create_index("ix_movement_trip_id", "movement", ["trip_id"], unique=False)
    op.create_index(
        "ix_movement_vehicle_time", "movement", ["vehicle_id", "started_at"], unique=False
    )
    op.create_table(
        "stop_visit",
        sa.Column("trip_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stop_id", sa.Uuid(), nullable=False),
        sa.Column("planned_arrival_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_departure_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("departed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inferred", sa.Boolean(), nullable=False),
        sa.Column("people_served", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('planned', 'arrived', 'served', 'passed', 'skipped')",
            name=op.f("ck_stop_visit_state_known"),
        ),
        sa.CheckConstraint("people_served >= 0", name=op.f("ck_stop_visit_people_not_negative")),
        sa.CheckConstraint(
            "planned_arrival_at < planned_departure_at",
            name=op.f("ck_stop_visit_starts_before_end"),
        ),
        sa.ForeignKeyConstraint(["stop_id"], ["stop.id"], name=op.f("fk_stop_visit_stop_id_stop")),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["trip.id"], name=op.f("fk_stop_visit_trip_id_trip"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trip_id", "sequence", name=op.f("pk_stop_visit")),
    )
    op.create_index("ix_stop_visit_stop_id", "stop_visit", ["stop_id"], unique=False)
    op.create_table(
        "trip_crew",
        sa.Column("trip_id", sa.Uuid(), nullable=False),
        sa.Column("crew_member_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["crew_member_id"],
            ["crew_member.id"],
            name=op.f("fk_trip_crew_crew_member_id_crew_member"),
        ),
        sa.ForeignKeyConstraint(
            ["trip_id"], ["trip.id"], name=op.f("fk_trip_crew_trip_id_trip"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("trip_id", "crew_member_id", name=op.f("pk_trip_crew")),
    )
    op.create_table(
        "movement_revision",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("movement_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint(
            "change IN ('said', 'amended', 'withdrawn')",
            name=op.f("ck_movement_revision_change_known"),
        ),
        sa.ForeignKeyConstraint(
            ["movement_id"],
            ["movement.id"],
            name=op.f("fk_movement_revision_movement_id_movement"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_movement_revision")),
    )
    op.create_index(
        "ix_movement_revision_movement_id", "movement_revision", ["movement_id"], unique=False
    )
    op.create_table(
        "van_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("vehicle_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("trip_id", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(), server_default="", nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('arrived', 'serving', 'people_served', 'departed', 'problem', 'sos')",
            name=op.f("ck_van_report_kind_known"),
        ),
        sa.CheckConstraint("people >= 0", name=op.f("ck_van_report_people_not_negative")),
        sa.ForeignKeyConstraint(
            ["panel_id"], ["van_panel.id"], name=op.f("fk_van_report_panel_id_van_panel")
        ),
        sa.ForeignKeyConstraint(
            ["trip_id", "sequence"],
            ["stop_visit.trip_id", "stop_visit.sequence"],
            name=op.f("fk_van_report_trip_id_stop_visit"),
        ),
        sa.ForeignKeyConstraint(
            ["vehicle_id"], ["vehicle.id"], name=op.f("fk_van_report_vehicle_id_vehicle")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_van_report")),
    )
    op.create_index(
        "ix_van_report_vehicle_time", "van_report", ["vehicle_id", "happened_at"], unique=False
    )
    op.add_column("position", sa.Column("ignition", sa.Boolean(), nullable=True))
    op.add_column("position", sa.Column("external_power_v", sa.Double(), nullable=True))
    op.add_column(
        "vehicle", sa.Column("stop_interval_s", sa.Integer(), server_default="3600", nullable=False)
    )
    op.add_column(
        "vehicle", sa.Column("speed_limit_km_h", sa.Double(), server_default="110", nullable=False)
    )
    op.add_column(
        "vehicle",
        sa.Column("base", Geometry("POINT", srid=4326, spatial_index=False), nullable=True),
    )
    op.add_column(
        "vehicle", sa.Column("base_radius_m", sa.Double(), server_default="300", nullable=False)
    )
    op.add_column("vehicle", sa.Column("office_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_vehicle_office_id_office"), "vehicle", "office", ["office_id"], ["id"]
    )


def downgrade() -> None:
    op.drop_constraint(op.f("fk_vehicle_office_id_office"), "vehicle", type_="foreignkey")
    op.drop_column("vehicle", "office_id")
    op.drop_column("vehicle", "base_radius_m")
    op.drop_column("vehicle", "base")
    op.drop_column("vehicle", "speed_limit_km_h")
    op.drop_column("vehicle", "stop_interval_s")
    op.drop_column("position", "external_power_v")
    op.drop_column("position", "ignition")
    op.drop_index("ix_van_report_vehicle_time", table_name="van_report")
    op.drop_table("van_report")
    op.drop_index("ix_movement_revision_movement_id", table_name="movement_revision")
    op.drop_table("movement_revision")
    op.drop_table("trip_crew")
    op.drop_index("ix_stop_visit_stop_id", table_name="stop_visit")
    op.drop_table("stop_visit")
    op.drop_index("ix_movement_vehicle_time", table_name="movement")
    op.drop_index("ix_movement_trip_id", table_name="movement")
    op.drop_index("ix_movement_started_at", table_name="movement")
    op.drop_table("movement")
    op.drop_index("ix_trip_vehicle_time", table_name="trip")
    op.drop_index("ix_trip_service_date", table_name="trip")
    op.drop_table("trip")
    op.drop_table("visit_timetable")
    op.drop_table("van_panel")
    op.drop_index("ix_stop_village", table_name="stop")
    op.drop_index("ix_stop_geom", table_name="stop", postgresql_using="gist")
    op.drop_table("stop")
    op.drop_index("ix_unjudged_span_vehicle_id", table_name="unjudged_span")
    op.drop_table("unjudged_span")
    op.drop_table("judgement_snapshot")
    op.drop_table("geofence_vehicle")
    op.drop_index("ix_route_geom", table_name="route", postgresql_using="gist")
    op.drop_table("route")
    op.drop_index("ix_geofence_geom", table_name="geofence", postgresql_using="gist")
    op.drop_table("geofence")
    op.drop_table("crew_member")
    op.drop_table("dead_zone")
