"""Adding and changing cameras: addresses are checked, user and password sealed apart from them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api.schemas.camera_setup import (
    CameraEdit,
    CameraIn,
    CredentialsIn,
    RecordingSchedule,
    StreamEdit,
)
from ingest.cameras import networks
from ingest.cameras.address import (
    Credentials,
    host_of,
    merged,
    preferred,
    readable_secret,
    take_apart,
)
from models.camera import Camera, RetentionClass, Stream
from models.kit.bus import announce
from models.kit.errors import Conflict, InvalidInput, SettingsError
from models.kit.ids import new_id
from models.kit.secret import seal, unseal
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState

Wanted = CameraIn | CameraEdit


async def check_addresses(settings: Settings, wanted: Wanted) -> None:
    """Refuse addresses outside the networks of cameras; before any transaction, as names are asked.

    Raises:
        InvalidInput: names the field.
    """
    given = [(f"streams.{n}.url", stream.url) for n, stream in enumerate(wanted.streams)]
    for field, url in [*given, ("onvif_url", wanted.onvif_url)]:
        if url is None:
            continue
        try:
            await networks.check(take_apart(url)[0], settings.camera_networks)
        except InvalidInput as error:
            raise InvalidInput(error.detail, field=field) from error


async def add(
    session: AsyncSession, wanted: CameraIn, *, settings: Settings, key: bytes, now: datetime
) -> Camera:
    """Add a camera; its media node starts pulling it at once.

    Raises:
        Conflict: its code is taken.
        InvalidInput: no such retention class, or several users and passwords.
    """
    if await session.scalar(select(Camera.id).where(Camera.code == wanted.code)):
        raise Conflict(f"There is already a camera with the code {wanted.code}")
    onvif_url, bare, found = _taken_apart(wanted)
    credentials = preferred(given(wanted.credentials), found)
    camera = Camera(
        id=new_id(),
        office_id=wanted.office_id,
        code=wanted.code,
        name=wanted.name.model_dump(),
        view=wanted.view,
        node_name=wanted.node_name or settings.media_node,
        retention_class_id=await _retention(session, wanted.retention_class_id),
        recording_schedule=_told_schedule(wanted.recording_schedule),
        onvif_url=onvif_url,
        device=wanted.device.model_dump() if wanted.device else None,
        credentials=_sealed(key, credentials),
    )
    session.add(camera)
    await session.flush()
    session.add_all(_stream(camera.id, stream, bare[stream.kind], now) for stream in wanted.streams)
    _told(session, camera)
    return camera


async def change(
    session: AsyncSession, camera: Camera, wanted: CameraEdit, *, key: bytes, now: datetime
) -> list[str]:
    """Make the camera as wanted; return the names of what changed.

    Raises:
        InvalidInput: as ``add``; a new stream without address; an address moved to another host
            while the credentials of the old one would be kept.
    """
    onvif_url, bare, found = _taken_apart(wanted)
    query = select(Stream).where(Stream.camera_id == camera.id).with_for_update()
    present = {StreamKind(row.kind): row for row in (await session.execute(query)).scalars()}
    moved = _hosts([*bare.values(), onvif_url]) - _hosts(
        [*(row.url for row in present.values()), camera.onvif_url]
    )
    changed = await _change_streams(session, camera, present, wanted, bare, now)
    fresh = preferred(given(wanted.credentials), found)
    if fresh is not None and not moved:
        fresh = preferred(fresh, _signs_in_now(camera, key))
    if fresh is not None or "credentials" in wanted.model_fields_set:
        camera.credentials = _sealed(key, fresh)
        changed.append("credentials")
    elif camera.credentials is not None and moved:
        msg = (
            f"{', '.join(sorted(moved))} is another host than before; "
            "give the user and password for it, or credentials null to forget them"
        )
        raise InvalidInput(msg, field="credentials")
    fields = {
        "name": wanted.name.model_dump(),
        "view": wanted.view,
        "enabled": wanted.enabled,
        "node_name": wanted.node_name or camera.node_name,
        "retention_class_id": await _retention(session, wanted.retention_class_id),
        "recording_schedule": _told_schedule(wanted.recording_schedule),
        "onvif_url": onvif_url,
    }
    for field, value in fields.items():
        if getattr(camera, field) != value:
            setattr(camera, field, value)
            changed.append(field)
    _told(session, camera)
    return changed


async def _change_streams(
    session: AsyncSession,
    camera: Camera,
    present: dict[StreamKind, Stream],
    wanted: CameraEdit,
    bare: dict[StreamKind, str],
    now: datetime,
) -> list[str]:
    """Add, change and remove streams; return the kinds that changed."""
    gone = present.keys() - {stream.kind for stream in wanted.streams}
    for kind in gone:
        await session.delete(present[kind])
    changed = [kind.value for kind in gone]
    for stream in wanted.streams:
        row, url = present.get(stream.kind), bare.get(stream.kind)
        if row is None:
            if url is None:
                raise InvalidInput(f"The new {stream.kind} stream needs a url", field="streams")
            session.add(_stream(camera.id, stream, url, now))
        elif not _adjust(row, stream, url or row.url):
            continue
        changed.append(stream.kind.value)
    return changed


def _taken_apart(
    wanted: Wanted,
) -> tuple[str | None, dict[StreamKind, str], Credentials | None]:
    """Return the bare ONVIF and stream addresses and the credentials found in them.

    Raises:
        InvalidInput: the addresses name different users or passwords, or one that stays readable.
    """
    bare: dict[StreamKind, str] = {}
    seen: list[Credentials | None] = []
    told = given(wanted.credentials)
    onvif_url = wanted.onvif_url
    if onvif_url is not None:
        onvif_url, held = _clean(onvif_url, "onvif_url", told)
        seen.append(held)
    for number, stream in enumerate(wanted.streams):
        if stream.url is not None:
            bare[stream.kind], held = _clean(stream.url, f"streams.{number}.url", told)
            seen.append(held)
    return onvif_url, bare, merged(seen)


def _clean(url: str, field: str, told: Credentials | None) -> tuple[str, Credentials | None]:
    """Return the address that may be stored and shown, and what was sealed out of it."""
    bare, held = take_apart(url, told)
    secret = readable_secret(bare)
    if secret is not None:
        msg = (
            f"Everybody could read what stands behind {secret}= in this address; put the password "
            f"into its own field and write {secret}={{password}} here"
        )
        raise InvalidInput(msg, field=field)
    return bare, held


def given(credentials: CredentialsIn | None) -> Credentials | None:
    """Return the credentials of a request in our own shape."""
    if credentials is None:
        return None
    return Credentials(credentials.user, credentials.password.get_secret_value())


def _signs_in_now(camera: Camera, key: bytes) -> Credentials | None:
    try:
        sealed = camera.credentials
        return None if sealed is None else Credentials.from_json(unseal(key, sealed))
    except SettingsError:  # another key sealed them: what comes now replaces them
        return None


def _sealed(key: bytes, credentials: Credentials | None) -> bytes | None:
    return None if credentials is None else seal(key, credentials.to_json())


def _hosts(urls: Iterable[str | None]) -> set[str]:
    return {host_of(take_apart(url)[0]) for url in urls if url is not None}


def _stream(camera_id: UUID, wanted: StreamEdit, url: str, now: datetime) -> Stream:
    return Stream(
        camera_id=camera_id,
        kind=wanted.kind,
        url=url,
        recorded=wanted.recorded,
        transport=wanted.transport,
        state=StreamState.CONNECTING,
        state_since=now,
    )


def _adjust(row: Stream, wanted: StreamEdit, url: str) -> bool:
    now, then = (url, wanted.recorded, wanted.transport), (row.url, row.recorded, row.transport)
    row.url, row.recorded, row.transport = now
    return now != then


async def _retention(session: AsyncSession, class_id: UUID | None) -> UUID | None:
    if class_id is not None and await session.get(RetentionClass, class_id) is None:
        raise InvalidInput("There is no such retention class", field="retention_class_id")
    return class_id


def _told_schedule(wanted: RecordingSchedule | None) -> dict[str, Any] | None:
    return None if wanted is None else wanted.model_dump(mode="json")


def _told(session: AsyncSession, camera: Camera) -> None:
    announce(session, "config", camera.id, {"camera_id": str(camera.id)})


def take_apart_stored(key: bytes, camera: Camera, streams: Sequence[Stream]) -> bool:
    """Seal what the addresses of an older release still hold; False where that cannot be done.

    A camera whose streams have different users keeps them in its addresses until a person decides.
    """
    parts = [(stream, *take_apart(stream.url)) for stream in streams]
    try:
        held = merged(credentials for _, _, credentials in parts)
    except InvalidInput:
        return False
    if held is not None and camera.credentials is not None:
        return False
    for stream, bare, _ in parts:
        stream.url = bare
    if held is not None:
        camera.credentials = seal(key, held.to_json())
    return True
