"""A simulated ONVIF camera: SOAP over HTTP with the digest of WS-UsernameToken, and WS-Discovery.

It points at streams that somebody else serves, such as the simulated cameras of the demo.
"""

import asyncio
import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from models.kit.clock import Clock, SystemClock

_S = "{http://www.w3.org/2003/05/soap-envelope}"
_WSSE = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
_WSU = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd}"
_OPEN = frozenset({"GetSystemDateAndTime"})  # ONVIF lets everybody ask these
_FRESH = timedelta(minutes=5)
_NAMESPACES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl"'
    ' xmlns:trt="http://www.onvif.org/ver10/media/wsdl"'
    ' xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl"'
    ' xmlns:tev="http://www.onvif.org/ver10/events/wsdl"'
    ' xmlns:tt="http://www.onvif.org/ver10/schema"'
    ' xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2"'
    ' xmlns:wsa="http://www.w3.org/2005/08/addressing"'
    ' xmlns:ter="http://www.onvif.org/ver10/error"'
)
_FAULT = (
    "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:{code}</s:Value>"
    '</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">{text}</s:Text></s:Reason></s:Fault>'
)
_DESCRIPTION = (
    "<tds:GetDeviceInformationResponse><tds:Manufacturer>Ahual</tds:Manufacturer>"
    "<tds:Model>Simulated</tds:Model><tds:FirmwareVersion>1.0</tds:FirmwareVersion>"
    "<tds:SerialNumber>0001</tds:SerialNumber><tds:HardwareId>1</tds:HardwareId>"
    "</tds:GetDeviceInformationResponse>"
)


@dataclass(frozen=True, slots=True)
class SimulatedProfile:
    token: str
    codec: str
    width: int
    height: int
    url: str


@dataclass
class SimulatedOnvifDevice:
    """Serves until closed. ``moves`` lists the presets that it was told to go to."""

    user: str
    password: str
    profiles: list[SimulatedProfile]
    presets: dict[str, str] = field(default_factory=dict)
    clock_offset_s: float = 0.0
    advertised_host: str = "127.0.0.1"  # what it says of itself, as one behind a router does
    redirect_to: str | None = None  # where it sends everybody who asks, as a hostile one would
    redirect_after: int = 0  # so many requests are answered first
    moves: list[str] = field(default_factory=list)
    subscribers: int = 0
    notices: asyncio.Queue[tuple[str, str, str]] = field(default_factory=asyncio.Queue)
    port: int = 0
    discovery_port: int = 0
    clock: Clock = field(default_factory=SystemClock)
    _host: str = "127.0.0.1"
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    async def start(self, host: str = "127.0.0.1") -> None:
        """Listen on free ports of the host, unless others were given."""
        self._host = host
        self._server = await asyncio.start_server(self._answer, host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        loop = asyncio.get_running_loop()
        self._discovery, _ = await loop.create_datagram_endpoint(
            lambda: _Responder(self), local_addr=(host, self.discovery_port)
        )
        self.discovery_port = self._discovery.get_extra_info("sockname")[1]

    async def close(self) -> None:
        self._discovery.close()
        self._server.close()
        for writer in tuple(self._writers):
            writer.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self.port}/onvif/device_service"

    def now(self) -> datetime:
        return self.clock.now() + timedelta(seconds=self.clock_offset_s)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").lower().split("\r\n")
                length = next(int(x[15:]) for x in lines if x.startswith("content-length:"))
                writer.write(await self._response(await reader.readexactly(length)))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client has what it wanted
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _response(self, request: bytes) -> bytes:
        self.redirect_after -= 1
        if self.redirect_to is not None and self.redirect_after < 0:
            return (
                f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {self.redirect_to}\r\n"
                "Content-Length: 0\r\n\r\n"
            ).encode()
        root = ElementTree.fromstring(request)
        body = root.find(f"{_S}Body")
        asked = body[0] if body is not None and len(body) else ElementTree.Element("{}Nothing")
        name = asked.tag.rpartition("}")[2]
        status, inner = "200 OK", ""
        if name in _OPEN or self._signed(root):
            inner = await self._body(name, asked)
        else:
            inner = _FAULT.format(code="NotAuthorized", text="Sender not authorized")
        if inner.startswith("<s:Fault>"):
            status = "400 Bad Request"
        text = f"<s:Envelope {_NAMESPACES}><s:Body>{inner}</s:Body></s:Envelope>".encode()
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: application/soap+xml; charset=utf-8\r\n"
            f"Content-Length: {len(text)}\r\n\r\n"
        )
        return head.encode() + text

    def _signed(self, root: ElementTree.Element) -> bool:
        """Check the digest: SHA-1 of nonce, time and password, and the time by our own clock."""
        token = root.find(f".//{_WSSE}UsernameToken")
        if token is None:
            return False
        created = token.findtext(f"{_WSU}Created") or ""
        nonce = base64.b64decode(token.findtext(f"{_WSSE}Nonce") or "")
        digest = hashlib.sha1(nonce + created.encode() + self.password.encode()).digest()
        given = (token.findtext(f"{_WSSE}Password") or "").encode()
        if not hmac.compare_digest(base64.b64encode(digest), given):
            return False
        at = datetime.fromisoformat(created)
        return token.findtext(f"{_WSSE}Username") == self.user and abs(at - self.now()) < _FRESH

    async def _body(self, name: str, asked: ElementTree.Element) -> str:
        if name == "PullMessages":
            return await self._pull(asked)
        answers: dict[str, Callable[[ElementTree.Element], str]] = {
            "GetSystemDateAndTime": self._time,
            "GetServices": self._services,
            "GetDeviceInformation": lambda _: _DESCRIPTION,
            "GetProfiles": self._profiles,
            "GetStreamUri": self._stream_uri,
            "GetSnapshotUri": self._snapshot_uri,
            "GetPresets": self._get_presets,
            "GotoPreset": self._goto_preset,
            "CreatePullPointSubscription": self._subscribe,
            "Unsubscribe": self._unsubscribe,
        }
        if name not in answers:
            return _FAULT.format(code="ActionNotSupported", text=f"{escape(name)} is not known")
        return answers[name](asked)

    def _profiles(self, _: ElementTree.Element) -> str:
        inner = "".join(map(self._profile, self.profiles))
        return f"<trt:GetProfilesResponse>{inner}</trt:GetProfilesResponse>"

    def _stream_uri(self, asked: ElementTree.Element) -> str:
        token = asked.findtext("{http://www.onvif.org/ver10/media/wsdl}ProfileToken")
        url = next((p.url for p in self.profiles if p.token == token), None)
        return self._uri("GetStreamUri", url)

    def _snapshot_uri(self, _: ElementTree.Element) -> str:
        return self._uri("GetSnapshotUri", f"http://{self._advertised}/snapshot.jpg")

    def _get_presets(self, _: ElementTree.Element) -> str:
        inner = "".join(
            f'<tptz:Preset token="{escape(key)}"><tt:Name>{escape(text)}</tt:Name></tptz:Preset>'
            for key, text in self.presets.items()
        )
        return f"<tptz:GetPresetsResponse>{inner}</tptz:GetPresetsResponse>"

    def _goto_preset(self, asked: ElementTree.Element) -> str:
        preset = asked.findtext("{http://www.onvif.org/ver20/ptz/wsdl}PresetToken") or ""
        if preset not in self.presets:
            return _FAULT.format(code="NoToken", text="No such preset")
        self.moves.append(preset)
        return "<tptz:GotoPresetResponse/>"

    def _subscribe(self, _: ElementTree.Element) -> str:
        self.subscribers += 1
        return (
            "<tev:CreatePullPointSubscriptionResponse><tev:SubscriptionReference>"
            f"<wsa:Address>http://{self._advertised}/events/1</wsa:Address>"
            f"</tev:SubscriptionReference>{self._term('wsnt')}"
            "</tev:CreatePullPointSubscriptionResponse>"
        )

    def _unsubscribe(self, _: ElementTree.Element) -> str:
        self.subscribers -= 1
        return "<wsnt:UnsubscribeResponse/>"

    async def _pull(self, asked: ElementTree.Element) -> str:
        """Return the next notice, or none where there is none for as long as was asked."""
        wait = asked.findtext("{http://www.onvif.org/ver10/events/wsdl}Timeout") or ""
        try:
            async with asyncio.timeout(float(re.sub(r"\D", "", wait) or 5)):
                return self._messages(*await self.notices.get())
        except TimeoutError:
            return f"<tev:PullMessagesResponse>{self._term('tev')}</tev:PullMessagesResponse>"

    @property
    def _advertised(self) -> str:
        return f"{self.advertised_host}:{self.port}"

    def _time(self, _: ElementTree.Element) -> str:
        at = self.now()
        return (
            "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime>"
            "<tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>"
            f"<tt:UTCDateTime><tt:Time><tt:Hour>{at.hour}</tt:Hour><tt:Minute>{at.minute}"
            f"</tt:Minute><tt:Second>{at.second}</tt:Second></tt:Time><tt:Date><tt:Year>{at.year}"
            f"</tt:Year><tt:Month>{at.month}</tt:Month><tt:Day>{at.day}</tt:Day></tt:Date>"
            "</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
        )

    def _services(self, _: ElementTree.Element) -> str:
        kinds = ["device", "media", "events", *(["ptz"] if self.presets else [])]
        versions = {"ptz": "ver20"}
        inner = "".join(
            "<tds:Service><tds:Namespace>"
            f"http://www.onvif.org/{versions.get(kind, 'ver10')}/{kind}/wsdl</tds:Namespace>"
            f"<tds:XAddr>http://{self._advertised}/onvif/{kind}_service</tds:XAddr>"
            "<tds:Version><tt:Major>2</tt:Major><tt:Minor>6</tt:Minor></tds:Version></tds:Service>"
            for kind in kinds
        )
        return f"<tds:GetServicesResponse>{inner}</tds:GetServicesResponse>"

    def _profile(self, profile: SimulatedProfile) -> str:
        turns = (
            '<tt:PTZConfiguration token="ptz"><tt:Name>ptz</tt:Name><tt:UseCount>1</tt:UseCount>'
            "<tt:NodeToken>node</tt:NodeToken></tt:PTZConfiguration>"
            if self.presets
            else ""
        )
        return (
            f'<trt:Profiles token="{profile.token}" fixed="true"><tt:Name>{profile.token}</tt:Name>'
            f'<tt:VideoEncoderConfiguration token="v-{profile.token}"><tt:Name>v</tt:Name>'
            f"<tt:UseCount>1</tt:UseCount><tt:Encoding>{profile.codec}</tt:Encoding>"
            f"<tt:Resolution><tt:Width>{profile.width}</tt:Width>"
            f"<tt:Height>{profile.height}</tt:Height></tt:Resolution><tt:Quality>5</tt:Quality>"
            "<tt:RateControl><tt:FrameRateLimit>15</tt:FrameRateLimit>"
            "<tt:EncodingInterval>1</tt:EncodingInterval><tt:BitrateLimit>512</tt:BitrateLimit>"
            f"</tt:RateControl></tt:VideoEncoderConfiguration>{turns}</trt:Profiles>"
        )

    def _uri(self, operation: str, url: str | None) -> str:
        if url is None:
            return _FAULT.format(code="NoProfile", text="No such profile")
        return (
            f"<trt:{operation}Response><trt:MediaUri><tt:Uri>{escape(url)}</tt:Uri>"
            "<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>"
            "<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout>"
            f"</trt:MediaUri></trt:{operation}Response>"
        )

    def _term(self, prefix: str) -> str:
        now, end = self.now(), self.now() + timedelta(hours=1)
        return (
            f"<{prefix}:CurrentTime>{now.isoformat()}</{prefix}:CurrentTime>"
            f"<{prefix}:TerminationTime>{end.isoformat()}</{prefix}:TerminationTime>"
        )

    def _messages(self, topic: str, key: str, value: str) -> str:
        return (
            f"<tev:PullMessagesResponse>{self._term('tev')}<wsnt:NotificationMessage>"
            '<wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
            f"{escape(topic)}</wsnt:Topic><wsnt:Message>"
            f'<tt:Message UtcTime="{self.now().isoformat()}"><tt:Data>'
            f'<tt:SimpleItem Name="{escape(key)}" Value="{escape(value)}"/></tt:Data></tt:Message>'
            "</wsnt:Message></wsnt:NotificationMessage></tev:PullMessagesResponse>"
        )


class _Responder(asyncio.DatagramProtocol):
    def __init__(self, device: SimulatedOnvifDevice) -> None:
        self._device = device

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if b"Probe" in data:
            self._transport.sendto(probe_match(self._device.url, "Ahual hall").encode(), addr)


def probe_match(urls: str, name: str) -> str:
    """Return the answer to a probe; ``urls`` are separated by spaces."""
    return (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
        ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"><e:Body><d:ProbeMatches>'
        "<d:ProbeMatch><w:EndpointReference><w:Address>urn:uuid:1</w:Address>"
        "</w:EndpointReference><d:Types>dn:NetworkVideoTransmitter</d:Types>"
        f"<d:Scopes>onvif://www.onvif.org/name/{escape(name.replace(' ', '%20'))}"
        " onvif://www.onvif.org/hardware/Simulated</d:Scopes>"
        f"<d:XAddrs>{escape(urls)}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
        "</d:ProbeMatch></d:ProbeMatches></e:Body></e:Envelope>"
    )
