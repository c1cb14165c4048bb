"""A still of a camera in which nobody can be recognised, for drawing zones on.

An administrator may not see footage, yet must see where the windows are. The picture is shrunk to
96 × 54: of a hall two metres wide that is 48 pixels a metre, below what EN 62676-4 asks to even
observe people (62). Footage itself never passes through here: only this small picture leaves.
"""

import asyncio
import ssl
from datetime import datetime
from fractions import Fraction
from uuid import UUID

import av
import httpx
from av.error import FFmpegError
from av.video.codeccontext import VideoCodecContext

from ingest.media.tickets import Ticket, sign
from models.kit.errors import Unavailable
from models.kit.settings import Settings

_WIDTH, _HEIGHT = 96, 54
_TIMEOUT_S = 10.0
_MOST_BYTES = 32 * 1024 * 1024


async def fetch(
    media_url: str, camera_id: UUID, ticket: Ticket, key: bytes, settings: Settings
) -> bytes:
    """Return the newest key picture of a camera, made small, as JPEG.

    Raises:
        Unavailable: its node does not answer, or has no picture now.
    """
    jpeg = await whole(media_url, camera_id, ticket, key, settings)
    return await asyncio.to_thread(shrink, jpeg)


async def whole(
    media_url: str,
    camera_id: UUID,
    ticket: Ticket,
    key: bytes,
    settings: Settings,
    at: datetime | None = None,
) -> bytes:
    """Return the newest key picture of a camera, or the one of a moment, as JPEG.

    Raises:
        Unavailable: its node does not answer, or has no picture then.
    """
    url = f"{media_url}/media/v1/cameras/{camera_id}/snapshot.jpg"
    trust = ssl.create_default_context()
    if settings.tls_ca is not None:
        trust.load_verify_locations(settings.tls_ca)
    try:
        async with httpx.AsyncClient(verify=trust, timeout=_TIMEOUT_S, trust_env=False) as client:
            params = {"ticket": sign(ticket, key)}
            if at is not None:
                params["at"] = at.isoformat()
            answer = await client.get(url, params=params)
    except httpx.HTTPError as error:
        raise Unavailable("The camera's media node does not answer; try again") from error
    if answer.status_code != httpx.codes.OK or len(answer.content) > _MOST_BYTES:
        raise Unavailable("There is no picture of this camera then; try another moment")
    return answer.content


def shrink(jpeg: bytes) -> bytes:
    """Return the picture at 96 × 54, every pixel the mean of what it covers. Blocks.

    Raises:
        Unavailable: this is no picture.
    """
    try:
        decoder = VideoCodecContext.create("mjpeg", "r")
        (frame,) = decoder.decode(av.Packet(jpeg))
        small = frame.reformat(_WIDTH, _HEIGHT, format="yuvj420p", interpolation="AREA")
        encoder = VideoCodecContext.create("mjpeg", "w")
        encoder.width, encoder.height, encoder.pix_fmt = _WIDTH, _HEIGHT, "yuvj420p"
        encoder.time_base, small.pts = Fraction(1, 25), 0  # it insists, a still needs none
        return b"".join(bytes(p) for p in [*encoder.encode(small), *encoder.encode(None)])
    except (FFmpegError, ValueError) as error:
        raise Unavailable("The camera's picture cannot be read; try again") from error
