"""A camera as its administrator sees it: addresses, never passwords; measurements, no picture."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.camera_setup import CameraSetup, StreamSetup
from models.camera import Camera, Stream
from models.kit.log import redact


async def show(session: AsyncSession, camera: Camera) -> CameraSetup:
    query = select(Stream).where(Stream.camera_id == camera.id).order_by(Stream.kind)
    streams = (await session.execute(query)).scalars()
    return CameraSetup.model_validate(
        {
            **{
                name: getattr(camera, name)
                for name in CameraSetup.model_fields
                if name not in {"has_credentials", "streams"}
            },
            "has_credentials": camera.credentials is not None,
            "streams": [_stream(row) for row in streams],
        }
    )


def _stream(row: Stream) -> StreamSetup:
    fields = {
        name: getattr(row, name)
        for name in StreamSetup.model_fields
        if name not in {"address", "since", "detail"}
    }
    return StreamSetup.model_validate(
        {
            **fields,
            "address": redact(row.url),  # an address that could not be sealed shows no password
            "since": row.state_since,
            "detail": row.state_detail,
        }
    )
