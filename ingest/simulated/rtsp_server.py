"""An RTSP server that plays clips as if they were cameras. TCP-interleaved only, one track each.

Any RTSP client can open ``rtsp://host:port/<name>``. Tests and the control port make its cameras
fail the way real ones do: silent (stall), cut (kick), gone (stop_camera), another picture (show).
"""

import asyncio
from contextlib import suppress
from pathlib import Path
from random import Random
from secrets import token_hex
from typing import Self

from ingest.simulated.clip import Clip, load_clip
from ingest.simulated.metronome import Metronome
from ingest.simulated.playback import Playback, Viewer
from ingest.simulated.rtp import CLOCK_HZ
from ingest.simulated.rtsp_messages import (
    METHODS,
    SPEAKER,
    TRACK,
    Request,
    parse_request,
    reply,
    session_description,
)
from models.kit import log
from models.kit.clock import Clock, SystemClock
from models.kit.errors import Conflict, InvalidInput, NotFound

_HEAD_LIMIT = 8_192
_SILENCE_LIMIT_S = 75.0  # a client that plays must show a sign of life; we announce 60 s
_log = log.get(__name__)


class SimulatedCameras:
    """Cameras by name, e.g. ``hall-1/main``. A scene's name stands for all of its streams."""

    def __init__(self, *, clock: Clock | None = None, seed: int | None = None) -> None:
        self._clock = clock or SystemClock()
        self._random = Random(seed)  # spreads key pictures, guards nothing
        self._server: asyncio.Server | None = None
        self._cameras: dict[str, Playback] = {}
        self._loaded: dict[Path, Clip] = {}
        self._phases: dict[str, float] = {}
        self._metronome: Metronome | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self.port = 0

    async def start(self, host: str | list[str] = "127.0.0.1", port: int = 0) -> None:
        """Listen; ``port`` 0 takes a free one, which ``.port`` then says. Call before ``add``.

        At several hosts the port must be given.
        """
        loop = asyncio.get_running_loop()
        wall_at_start = self._clock.now().timestamp() - loop.time()
        self._metronome = Metronome(lambda at: round((wall_at_start + at) * CLOCK_HZ))
        self._server = await asyncio.start_server(self._connected, host, port, limit=_HEAD_LIMIT)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, end every connection and every timer."""
        if self._metronome is not None:
            self._metronome.close()
        for camera in self._cameras.values():
            camera.kick()
        self._cameras.clear()
        if self._server is not None:
            self._server.close()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        if self._server is not None:
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        """Enter to close at the end; starts on a free port unless started already."""
        if self._server is None:
            await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def url(self, name: str, host: str = "127.0.0.1") -> str:
        return f"rtsp://{host}:{self.port}/{name}"

    def add(self, name: str, clips: dict[str, Path], *, phase: float | None = None) -> None:
        """Add a camera that shows the first of its clips (variant → file).

        ``phase`` 0–1 is its place in the loop; None means that of the scene's other streams.
        Raises InvalidInput for a file that no camera could send, Conflict for a taken name.
        """
        if self._metronome is None:
            raise Conflict("start the simulated cameras before adding one")
        if name in self._cameras:
            raise Conflict(f"there is already a simulated camera {name}")
        if not clips:
            raise InvalidInput(f"the simulated camera {name} needs at least one clip")
        loaded = {variant: self._load(Path(path)) for variant, path in clips.items()}
        if phase is None:
            # Not all scenes may send their large pictures at once; a scene's streams go together.
            phase = self._phases.setdefault(name.partition("/")[0], self._random.random())
        self._cameras[name] = Playback(
            loaded, metronome=self._metronome, phase=phase, random=self._random
        )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._cameras)

    def camera(self, name: str) -> Playback:
        """Return one camera. Raises NotFound."""
        if name not in self._cameras:
            raise NotFound(f"there is no simulated camera {name}; known: {', '.join(self.names)}")
        return self._cameras[name]

    def viewers(self, name: str) -> int:
        """Return how many clients play the camera, or any stream of the scene, now."""
        return sum(1 for c in self._meant(name) for v in c.viewers if v.playing)

    def heard(self, name: str) -> int:
        """Return how many packets came to the loudspeaker of the camera, or of the scene's."""
        return sum(len(camera.heard) for camera in self._meant(name))

    def late_s(self) -> float:
        """Return by how much the latest picture of all was late since the last call."""
        latest = max((camera.latest for camera in self._cameras.values()), default=0)
        for camera in self._cameras.values():
            camera.latest = 0
        return latest / CLOCK_HZ

    def showing(self, name: str) -> str:
        return self._meant(name)[0].variant

    def stall(self, name: str) -> None:
        """Send nothing more but keep every connection, as a camera that hangs."""
        for camera in self._meant(name):
            camera.stall()

    def resume(self, name: str) -> None:
        for camera in self._meant(name):
            camera.resume()

    def kick(self, name: str) -> int:
        """Cut the TCP connections of all viewers; return how many there were."""
        return sum(camera.kick() for camera in self._meant(name))

    def reset(self, name: str) -> int:
        """Break the viewers' connections inside a packet, by a TCP reset; return how many."""
        return sum(camera.reset() for camera in self._meant(name))

    def drop(self, name: str, percent: float) -> None:
        """From now on lose so many of the RTP packets; 0 heals."""
        for camera in self._meant(name):
            camera.faults.drop_percent = percent

    def garble(self, name: str, percent: float) -> None:
        """From now on send noise in so many of the RTP packets; 0 heals."""
        for camera in self._meant(name):
            camera.faults.garbage_percent = percent

    def shift_clock(self, name: str, by_s: float) -> None:
        """Move the camera's own clock at once, as a person or NTP does; shifts add up."""
        for camera in self._meant(name):
            camera.faults.clock_shift += round(by_s * CLOCK_HZ)

    def stop_camera(self, name: str) -> None:
        """Cut all viewers and answer 404 from now on."""
        for camera in self._meant(name):
            camera.stopped = True
            camera.kick()

    def start_camera(self, name: str) -> None:
        for camera in self._meant(name):
            camera.stopped = False
            camera.resume()

    def show(self, name: str, variant: str) -> None:
        """Switch clips at the next key picture. Raises NotFound for an unknown variant."""
        for camera in self._that_have(name, variant):
            camera.show(variant)

    def become(self, name: str, variant: str) -> None:
        """Cut all viewers and be a camera with this clip. Raises NotFound."""
        for camera in self._that_have(name, variant):
            camera.become(variant)

    def _that_have(self, name: str, variant: str) -> list[Playback]:
        cameras = self._meant(name)
        for camera in cameras:
            if variant not in camera.variants:
                known = ", ".join(camera.variants)
                raise NotFound(f"{name} has no variant {variant}; known: {known}")
        return cameras

    def _meant(self, name: str) -> list[Playback]:
        found = [
            camera
            for known, camera in self._cameras.items()
            if known == name or known.startswith(f"{name}/")
        ]
        return found or [self.camera(name)]

    def _load(self, path: Path) -> Clip:
        if path not in self._loaded:
            self._loaded[path] = load_clip(path)
        return self._loaded[path]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._connections.add(task)
            task.add_done_callback(self._connections.discard)
        connection = _Connection(self, reader, writer)
        try:
            await connection.serve()
        except InvalidInput as error:
            _log.info("simulated.garbage", error=error.detail)
            if not writer.is_closing():
                writer.write(reply(400, "0"))
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # the client is gone; nobody to tell
        finally:
            connection.leave()
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


class _Connection:
    """One client: reads its requests, answers them, and hands its transport to a Playback."""

    def __init__(
        self,
        cameras: SimulatedCameras,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self._cameras = cameras
        self._reader = reader
        self._writer = writer
        self._session = token_hex(8)
        self._camera: Playback | None = None
        self._viewer: Viewer | None = None
        self._speaker: tuple[int, Playback] | None = None  # interleaved channel, whose

    async def serve(self) -> None:
        """Answer requests until the client leaves. Raises InvalidInput for garbage."""
        while True:
            request = await asyncio.wait_for(self._next_request(), _SILENCE_LIMIT_S)
            answer = self._answer(request)
            if self._writer.is_closing():  # the client asked and left at once
                return
            self._writer.write(answer)
            await self._writer.drain()
            if request.method == "TEARDOWN":
                return

    def leave(self) -> None:
        if self._camera is not None and self._viewer is not None:
            self._camera.viewers.discard(self._viewer)
        self._camera = self._viewer = None

    async def _next_request(self) -> Request:
        first = await self._reader.readexactly(1)
        while first in b"$\r\n":
            if first == b"$":
                head = await self._reader.readexactly(3)
                frame = await self._reader.readexactly(int.from_bytes(head[1:], "big"))
                if self._speaker is not None and self._speaker[0] == head[0]:
                    self._speaker[1].heard.append(frame)  # the others are their RTCP
            first = await self._reader.readexactly(1)
        try:
            head = first + await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as error:
            raise InvalidInput(f"a request head is longer than {_HEAD_LIMIT} bytes") from error
        request = parse_request(head.removesuffix(b"\r\n\r\n"))
        await self._reader.readexactly(request.content_length)
        return request

    def _answer(self, request: Request) -> bytes:
        cseq = request.headers.get("cseq", "0")
        if request.method not in METHODS:
            return reply(405, cseq, {"Allow": ", ".join(METHODS)})
        if request.method == "OPTIONS":
            return reply(200, cseq, {"Public": ", ".join(METHODS)})
        if request.method == "TEARDOWN":
            self.leave()
            return reply(200, cseq)
        if request.method == "GET_PARAMETER":
            return reply(200, cseq, {"Session": self._session})
        try:
            camera = self._cameras.camera(request.camera)
        except NotFound:
            return reply(404, cseq)
        if camera.stopped:
            return reply(404, cseq)
        if request.method == "DESCRIBE":
            return self._describe(request, cseq, camera)
        if request.method == "SETUP":
            return self._setup(request, cseq, camera)
        return self._play(request, cseq, camera)

    def _describe(self, request: Request, cseq: str, camera: Playback) -> bytes:
        headers = {
            "Content-Type": "application/sdp",
            "Content-Base": request.url.rstrip("/") + "/",
        }
        body = session_description(
            request.camera, camera.clip.media_lines, speaker=request.wants_speaker
        )
        return reply(200, cseq, headers, body)

    def _setup(self, request: Request, cseq: str, camera: Playback) -> bytes:
        channel = request.channel
        if channel is None:
            return reply(461, cseq)
        if request.url.endswith(SPEAKER):
            self._speaker = (channel, camera)
            return reply(200, cseq, self._granted(channel))
        self.leave()
        self._camera = camera
        self._viewer = Viewer(self._writer.transport, channel)
        camera.viewers.add(self._viewer)
        return reply(200, cseq, self._granted(channel))

    def _granted(self, channel: int) -> dict[str, str]:
        return {
            "Transport": f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}",
            "Session": f"{self._session};timeout=60",
        }

    def _play(self, request: Request, cseq: str, camera: Playback) -> bytes:
        if self._viewer is None and self._speaker is not None:
            return reply(200, cseq, {"Session": self._session})
        if self._viewer is None or self._camera is not camera:
            return reply(455, cseq)
        asked = request.headers.get("session", "").partition(";")[0]
        if asked != self._session:
            return reply(454, cseq)
        self._viewer.playing = True
        track = f"{request.url.rstrip('/')}/{TRACK}"
        sequence, timestamp = camera.next_key()
        headers = {
            "Session": self._session,
            "Range": "npt=now-",
            "RTP-Info": f"url={track};seq={sequence};rtptime={timestamp}",
        }
        return reply(200, cseq, headers)
