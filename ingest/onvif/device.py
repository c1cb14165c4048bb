"""One camera asked by ONVIF; the only file that knows onvif-zeep-async.

Every request goes to the address that was checked against the networks of cameras, whatever
addresses the device tells, and no redirection is followed.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from onvif import ONVIFCamera, ONVIFError
from onvif.util import utcnow
from zeep.exceptions import Error as ZeepError
from zeep.exceptions import Fault

from ingest.cameras.address import Credentials, host_of, take_apart, with_host
from ingest.cameras.networks import Network, allowed_address
from ingest.onvif.facts import Description, Device, Preset, Profile
from ingest.onvif.faults import OnvifFault, OnvifRefused
from models.kit.clock import Clock
from models.kit.log import redact

_SUBSCRIBED_S = 50 * 60.0  # of an hour, then anew
_GOODBYE_S = 2.0
_MEDIA = "http://www.onvif.org/ver10/media/wsdl"
_PTZ = "http://www.onvif.org/ver20/ptz/wsdl"
_EVENTS = "http://www.onvif.org/ver10/events/wsdl"
_PORTS = {"http": 80, "https": 443}
_REFUSED = ("notauthorized", "not authorized", "unauthorized", "401", "sender not")
_FAULTS = (ZeepError, ONVIFError, aiohttp.ClientError, TimeoutError, OSError)


class OnvifCamera:
    """A camera whose services are known; made by ``reaching.reach``."""

    def __init__(
        self, camera: ONVIFCamera, url: str, session: aiohttp.ClientSession, clock: Clock
    ) -> None:
        self._camera = camera
        self._url = url
        self._session = session
        self._clock = clock
        self._offset_s: float | None = None

    async def greet(self) -> None:
        """Ask for its time, then sign in by that time, and ask for its services.

        The password's digest holds the time, and the clocks of cameras are wrong.
        """
        device = await self._service("devicemgmt")
        told = await _asked(device.authless_GetSystemDateAndTime())
        theirs = _utc(told)
        skew = None if theirs is None else theirs - utcnow()  # the library signs by that clock
        if theirs is not None:
            self._offset_s = round((theirs - self._clock.now()).total_seconds(), 1)
        await device.close()
        self._camera.services.clear()
        self._camera.dt_diff = skew
        await self._service("devicemgmt")
        await _asked(self._camera.update_xaddrs())
        self._camera.dt_diff = skew  # update_xaddrs forgets it

    async def look(self) -> Device:
        """Ask for everything that somebody needs who adds this camera.

        Raises:
            OnvifFault: it does not answer, refuses us, or has no media service.
        """
        device = await self._service("devicemgmt")
        told = await _asked(device.GetDeviceInformation())
        profiles = await self._profiles()
        first = profiles[0].token if profiles else None
        return Device(
            url=self._url,
            description=Description(
                _text(told.Manufacturer),
                _text(told.Model),
                _text(told.FirmwareVersion),
                _text(told.SerialNumber),
            ),
            clock_offset_s=self._offset_s,
            profiles=profiles,
            snapshot_url=None if first is None else await self._snapshot_url(first),
            turns=_PTZ in self._camera.xaddrs,
            tells_events=_EVENTS in self._camera.xaddrs,
        )

    async def presets(self) -> list[Preset]:
        """Return the stored positions; empty where the camera does not turn.

        Raises:
            OnvifFault: as ``look``.
        """
        token = await self._ptz_profile()
        if token is None:
            return []
        ptz = await self._service("ptz")
        told = await _asked(ptz.GetPresets({"ProfileToken": token})) or []
        return [Preset(_text(each.token), _text(each.Name)) for each in told]

    async def go_to(self, preset: str) -> None:
        """Turn to a stored position.

        Raises:
            OnvifFault: as ``look``; the camera does not turn, or has no such position.
        """
        token = await self._ptz_profile()
        if token is None:
            raise OnvifFault("This camera does not turn.")
        ptz = await self._service("ptz")
        await _asked(ptz.GotoPreset({"ProfileToken": token, "PresetToken": preset}))

    async def notices(
        self, *, wait_s: int = 5, begun: Callable[[], None] = lambda: None
    ) -> AsyncGenerator[tuple[str, dict[str, str]], None]:
        """Yield topic and values of what the camera notices (motion, tampering), for ever.

        Args:
            wait_s: for how long the camera may hold back an empty answer.
            begun: called at each subscription: the camera then tells how things stand.

        Raises:
            OnvifFault: it tells no events, or the connection was lost; ask again later.
        """
        if _EVENTS not in self._camera.xaddrs:
            raise OnvifFault("This camera tells no events.")
        while True:
            async with self._subscription() as pull:
                begun()
                until = self._clock.monotonic() + _SUBSCRIBED_S
                while self._clock.monotonic() < until:
                    wanted = {"Timeout": f"PT{wait_s}S", "MessageLimit": 100}
                    answer = await _asked(pull.PullMessages(wanted))
                    for message in answer.NotificationMessage or []:
                        yield _notice(message)

    @asynccontextmanager
    async def _subscription(self) -> AsyncIterator[Any]:
        """Have a place where the camera puts what it notices; cameras have few of them."""
        events = await self._service("events")
        made = await _asked(events.CreatePullPointSubscription({"InitialTerminationTime": "PT1H"}))
        address = self._camera.rewrite_url(made.SubscriptionReference.Address._value_1)  # noqa: SLF001 - zeep's only name for it
        self._camera.xaddrs[f"{_EVENTS}/PullPointSubscription"] = address
        self._camera.xaddrs[f"{_EVENTS}/SubscriptionManager"] = address
        try:
            yield await self._service("pullpoint", "PullPointSubscription")
        finally:
            with suppress(OnvifFault, TimeoutError):  # a courtesy: it ends by itself
                async with asyncio.timeout(_GOODBYE_S):
                    manager = await self._service("subscription", "SubscriptionManager")
                    await _asked(manager.Unsubscribe())

    async def close(self) -> None:
        await self._camera.close()
        await self._session.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _profiles(self) -> tuple[Profile, ...]:
        if _MEDIA not in self._camera.xaddrs:
            raise OnvifFault("This device offers no video by ONVIF; add its RTSP address instead.")
        media = await self._service("media")
        found = []
        for told in await _asked(media.GetProfiles()) or []:
            encoder = told.VideoEncoderConfiguration
            if encoder is None or encoder.Resolution is None:
                continue
            rate = encoder.RateControl
            found.append(
                Profile(
                    token=_text(told.token),
                    name=_text(told.Name),
                    codec=_text(encoder.Encoding),
                    width=int(encoder.Resolution.Width),
                    height=int(encoder.Resolution.Height),
                    frame_rate=float(rate.FrameRateLimit) if rate is not None else None,
                    url=await self._stream_url(media, _text(told.token)),
                )
            )
        return tuple(found)

    async def _stream_url(self, media: Any, token: str) -> str:
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        told = await _asked(media.GetStreamUri({"StreamSetup": setup, "ProfileToken": token}))
        bare, _ = take_apart(_text(told.Uri))
        return with_host(bare, host_of(self._url))  # cameras behind a router tell an inner address

    async def _snapshot_url(self, token: str) -> str | None:
        try:
            told = await _asked(self._camera.get_snapshot_uri(token))
        except OnvifRefused:
            raise
        except OnvifFault:
            return None
        return None if told is None else take_apart(_text(told))[0]

    async def _ptz_profile(self) -> str | None:
        if _PTZ not in self._camera.xaddrs:
            return None
        media = await self._service("media")
        told = await _asked(media.GetProfiles()) or []
        turning = (each for each in told if each.PTZConfiguration is not None)
        return next((_text(each.token) for each in turning), None)

    async def _service(self, name: str, port_type: str | None = None) -> Any:
        service = await _asked(self._camera.create_onvif_service(name, port_type))
        service.transport.session = self._session
        return service


@asynccontextmanager
async def connected(
    url: str,
    credentials: Credentials | None,
    networks: Sequence[Network],
    clock: Clock,
    timeout_s: float,
) -> AsyncIterator[OnvifCamera]:
    """Connect as ``reaching.reach`` says."""
    bare, held = take_apart(url)
    address = await asyncio.to_thread(allowed_address, host_of(bare), networks)
    camera = _Pinned(with_host(bare, address), credentials or held or Credentials("", ""))
    async with OnvifCamera(camera, bare, _session(timeout_s), clock) as reached:
        await reached.greet()
        yield reached


class _Pinned(ONVIFCamera):  # type: ignore[misc]
    """The library's camera, kept at one origin: the one that was checked."""

    def __init__(self, url: str, signs_in: Credentials) -> None:
        self._device_url = url
        self._parts = urlsplit(url)
        port = self._parts.port or _PORTS[self._parts.scheme]
        super().__init__(
            self._parts.hostname, port, signs_in.user, signs_in.password, no_cache=True
        )

    def rewrite_url(self, url: str | None) -> str | None:
        """Return the address with our scheme, host and port: devices behind routers tell others."""
        if not url:
            return url
        inner = urlsplit(url)
        return urlunsplit((self._parts.scheme, self._parts.netloc, inner.path, inner.query, ""))

    def get_definition(self, name: str, port_type: str | None = None) -> tuple[str, str, str]:
        xaddr, wsdl, binding = super().get_definition(name, port_type)
        return self._device_url if name == "devicemgmt" else xaddr, wsdl, binding


def _session(timeout_s: float) -> aiohttp.ClientSession:
    async def refuse(*_: object) -> None:
        raise OnvifFault("The camera sends us elsewhere; write the address that it really has.")

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(refuse)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(ssl=False),  # cameras sign their certificates themselves
        timeout=aiohttp.ClientTimeout(total=timeout_s),
        trace_configs=[trace],
    )


async def _asked(call: Awaitable[Any]) -> Any:
    """Return what the camera answered, its faults in words for a person."""
    try:
        return await call
    except _FAULTS as error:
        said = redact(getattr(error, "message", None) or str(error) or type(error).__name__)
        codes = " ".join(map(str, error.subcodes or ())) if isinstance(error, Fault) else ""
        if any(word in f"{said} {codes}".lower() for word in _REFUSED):
            raise OnvifRefused("The camera refuses this user and password.") from error
        if isinstance(error, TimeoutError | aiohttp.ClientConnectionError):
            msg = "Nothing answers there by ONVIF; check address and port."
            raise OnvifFault(msg) from error
        raise OnvifFault(f"The camera answered: {said[:200]}") from error


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:500]


def _utc(told: Any) -> datetime | None:
    """Return the time that a camera told, None where it told none or nonsense."""
    at = told.UTCDateTime if told is not None else None
    if at is None:
        return None
    date, time = at.Date, at.Time
    try:
        second = min(time.Second, 59)
        return datetime(date.Year, date.Month, date.Day, time.Hour, time.Minute, second, tzinfo=UTC)
    except ValueError:
        return None


def _notice(message: Any) -> tuple[str, dict[str, str]]:
    """Return topic and the simple items of a notification, e.g. IsMotion: true."""
    topic = _text(getattr(message.Topic, "_value_1", None))
    told = getattr(message.Message, "_value_1", None)
    parts = (getattr(told, name, None) for name in ("Source", "Key", "Data"))
    items = (item for part in parts if part is not None for item in part.SimpleItem or [])
    return topic, {_text(item.Name): _text(item.Value) for item in items}
