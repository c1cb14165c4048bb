"""Looking at cameras for an administrator: finding them, asking what they are, watching streams."""

import asyncio
from dataclasses import asdict

from dashboard_api.schemas import camera_look as shown
from dashboard_api.services import Services
from ingest.cameras.address import Credentials, preferred, put_together, take_apart
from ingest.cameras.direct.source import open_stream
from ingest.cameras.guarded import guarded
from ingest.cameras.inspection import Inspection, inspect
from ingest.cameras.networks import check
from ingest.onvif.facts import Device, Profile, choose_streams
from ingest.onvif.reaching import reach
from models.camera import Camera
from models.kit.secret import unseal
from models.observations import StreamKind


def credentials_of(camera: Camera, key: bytes) -> Credentials | None:
    """Return the user and password of a camera.

    Raises:
        SettingsError: another key sealed them.
    """
    if camera.credentials is None:
        return None
    return Credentials.from_json(unseal(key, camera.credentials))


async def look_at_stream(
    centre: Services,
    url: str,
    credentials: Credentials | None,
    kind: StreamKind | None,
    transport: str,
) -> shown.StreamLook:
    """Watch a stream for some seconds; what the camera does wrong is in the answer.

    Raises:
        InvalidInput: no address, or one outside the networks of cameras.
    """
    bare, held = take_apart(url, credentials)
    await check(bare, centre.settings.camera_networks)
    seen = await inspect(
        put_together(bare, preferred(credentials, held)),
        clock=centre.clock,
        kind=kind,
        transport=transport,
        opener=guarded(centre.settings.camera_networks, open_stream),
    )
    return _stream(seen, bare, kind)


async def look_at_device(
    centre: Services, url: str, credentials: Credentials | None, transport: str
) -> tuple[shown.DeviceLook, list[shown.StreamLook]]:
    """Ask a device by ONVIF and watch the two of its streams that we would take, at once.

    Raises:
        InvalidInput: as ``look_at_stream``.
        OnvifFault: it does not answer by ONVIF, or refuses the password.
    """
    bare, held = take_apart(url)
    signs_in = credentials or held
    async with reach(bare, signs_in, centre.settings.camera_networks, centre.clock) as camera:
        device = await camera.look()
    main, sub = choose_streams(device.profiles)
    wanted = [(StreamKind.MAIN, main), (StreamKind.SUB, sub)]
    streams = await asyncio.gather(
        *(
            look_at_stream(centre, profile.url, signs_in, kind, transport)
            for kind, profile in wanted
            if profile is not None
        )
    )
    return _device(device), list(streams)


def _device(device: Device) -> shown.DeviceLook:
    return shown.DeviceLook(
        url=device.url,
        **asdict(device.description),
        clock_offset_s=device.clock_offset_s,
        profiles=[_profile(profile) for profile in device.profiles],
        turns=device.turns,
        tells_events=device.tells_events,
    )


def _profile(profile: Profile) -> shown.ProfileLook:
    return shown.ProfileLook.model_validate(asdict(profile))


def _stream(seen: Inspection, bare: str, kind: StreamKind | None) -> shown.StreamLook:
    parameters = seen.parameters
    return shown.StreamLook(
        kind=kind,
        url=bare,
        transport=seen.transport,
        usable=seen.usable,
        codec=parameters.codec if parameters else None,
        width=parameters.width if parameters else None,
        height=parameters.height if parameters else None,
        frame_rate=seen.measured.frame_rate,
        key_interval_s=seen.measured.key_interval_s,
        audio_codec=seen.measured.audio_codec,
        clock_offset_s=seen.measured.clock_offset_s,
        kbit_s=seen.kbit_s,
        verdicts=[shown.Verdict.model_validate(asdict(verdict)) for verdict in seen.verdicts],
    )
