"""/retention: how long footage stays, and how long it could with the disks there are."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, scope
from dashboard_api.dependencies import Centre, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas import recordings as schemas
from dashboard_api.sessions import Caller
from ingest.recordings.holdings import Outlook, outlook
from ingest.recordings.retention import default_keep
from models.camera import Camera, MediaNode, RetentionClass
from models.kit.bus import announce
from models.kit.errors import NotFound

router = APIRouter(tags=["media"])


@router.get("/retention")
async def show_retention(
    caller: Annotated[Caller, Depends(Requires(Permission.CAMERAS_READ))], centre: Centre
) -> schemas.Retention:
    """Classes, disks and, of the caller's cameras, the days asked for, kept and feasible."""
    async with centre.database.read() as session:
        classes = await session.scalars(select(RetentionClass).order_by(RetentionClass.code))
        seen = set(await session.scalars(select(Camera.id).where(scope.cameras(caller))))
        disks = await _disks(session)
        streams = [
            _kept(disk, each)
            for disk in disks
            for each in await outlook(
                session,
                disk.node,
                default_keep(centre.settings),
                disk.free_bytes or 0,
                centre.clock.now(),
            )
            if each.holding.stream.camera_id in seen
        ]
        return schemas.Retention.model_validate(
            {"classes": list(classes), "disks": disks, "streams": streams}, from_attributes=True
        )


@router.put("/retention/classes/{class_id}")
async def change_class(
    class_id: UUID,
    wanted: schemas.RetentionClassEdit,
    caller: Annotated[Caller, Depends(Requires(Permission.CAMERAS_CONFIGURE))],
    centre: Centre,
) -> schemas.RetentionClass:
    """Say when the cameras of a class are recorded; their nodes follow at once."""
    told = wanted.recording_schedule
    async with centre.database.transaction() as session:
        kept = await session.get(RetentionClass, class_id, with_for_update=True)
        if kept is None:
            raise NotFound("There is no such retention class")
        kept.recording_schedule = None if told is None else told.model_dump(mode="json")
        audit.record(session, caller.operator_id, "retention.change", class_id, code=kept.code)
        of_class = select(Camera.id).where(Camera.retention_class_id == class_id)
        for camera_id in await session.scalars(of_class):
            announce(session, "config", camera_id, {"camera_id": str(camera_id)})
        return schemas.RetentionClass.model_validate(kept, from_attributes=True)


async def _disks(session: AsyncSession) -> list[schemas.NodeDisk]:
    """Return one a node: its workers share the disk, each writes its part."""
    nodes: dict[str, schemas.NodeDisk] = {}
    for row in await session.scalars(select(MediaNode).order_by(MediaNode.name, MediaNode.worker)):
        known = nodes.setdefault(
            row.name,
            schemas.NodeDisk(
                node=row.name,
                state=row.disk_state,
                detail=row.disk_detail,
                free_bytes=row.free_bytes,
                freeable_bytes=row.freeable_bytes,
                write_bytes_per_s=0.0,
            ),
        )
        known.write_bytes_per_s += row.write_bytes_per_s or 0.0
    return list(nodes.values())


def _kept(disk: schemas.NodeDisk, each: Outlook) -> schemas.KeptStream:
    return schemas.KeptStream(
        camera_id=each.holding.stream.camera_id,
        kind=each.holding.stream.kind,
        node=disk.node,
        class_id=each.holding.class_id,
        keep_min_days=each.holding.keep.min_days,
        keep_max_days=each.holding.keep.max_days,
        bytes_per_day=each.bytes_per_day,
        kept_days=each.kept_days,
        feasible_days=None if disk.free_bytes is None else each.feasible_days,
    )
