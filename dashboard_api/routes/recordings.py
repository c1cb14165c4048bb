"""GET /recordings: what there is to replay, and what is missing and why."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from sqlalchemy import select

from dashboard_api import scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.common import Moment
from dashboard_api.schemas.recordings import Gap, Timeline
from dashboard_api.sessions import Caller
from dashboard_api.spans import merged, refuse_bad_span
from ingest.recordings import archive
from models.observations import StreamKind
from models.recording import RecordingGap

router = APIRouter(tags=["media"])
LONGEST = timedelta(days=7)


@router.get("/recordings")
async def list_recordings(
    caller: Annotated[Caller, Depends(Requires(Permission.REPLAY_VIEW))],
    centre: Centre,
    camera_id: UUID,
    starts_at: Annotated[Moment, Query(alias="from")],
    ends_at: Annotated[Moment, Query(alias="to")],
    kind: StreamKind = StreamKind.MAIN,
) -> Timeline:
    """Spans without a break, and gaps with their reason, cut to the asked span (7 days at most)."""
    refuse_bad_span(starts_at, ends_at, LONGEST)
    async with centre.database.read() as session:
        await scope.camera(session, camera_id, caller)
        recorded = await archive.recorded_spans(session, camera_id, kind, starts_at, ends_at)
        spans = merged(recorded)
        missing = await session.execute(
            select(RecordingGap)
            .where(
                RecordingGap.camera_id == camera_id,
                RecordingGap.stream_kind == kind,
                RecordingGap.started_at < ends_at,
                RecordingGap.ended_at.is_(None) | (RecordingGap.ended_at > starts_at),
            )
            .order_by(RecordingGap.started_at)
        )
        gaps = [Gap.model_validate(gap, from_attributes=True) for gap in missing.scalars()]
    return Timeline.model_validate(
        {
            "recordings": [
                {"started_at": max(a, starts_at), "ended_at": min(b, ends_at)} for a, b in spans
            ],
            "gaps": gaps,
        }
    )
