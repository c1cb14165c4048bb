"""WHEP as Chromium sees it: time to the first picture, and pictures while packets are lost."""

import asyncio
import random
import re
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dashboard_api.cli.bench.report import Goal

try:
    from playwright.async_api import Browser, Page, async_playwright
except ImportError:  # only developers have it
    async_playwright = None  # type: ignore[assignment]

AT_LEAST = Goal.AT_LEAST
_LOST_SHARE = 0.01
_PAUSE_S = 0.37  # so that joins fall everywhere between key pictures
_ARGUMENTS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-quic"]
_CANDIDATE = re.compile(r"^a=candidate:(\S+ 1 udp \d+) (\S+) (\d+) typ host.*$", re.MULTILINE)
_PAGE = """
async ({url, edit}) => {
  const begun = performance.now();
  const connection = new RTCPeerConnection();
  connection.addTransceiver("video", {direction: "recvonly"});
  const video = document.createElement("video");
  video.muted = video.autoplay = video.playsInline = true;
  document.body.append(video);
  const shown = new Promise((resolve) =>
    video.requestVideoFrameCallback(() => resolve(performance.now() - begun)));
  connection.ontrack = ({streams, track}) => {
    video.srcObject = streams[0] ?? new MediaStream([track]);
  };
  await connection.setLocalDescription(await connection.createOffer());
  const answer = await fetch(url, {
    method: "POST", headers: {"Content-Type": "application/sdp"},
    body: connection.localDescription.sdp,
  });
  if (answer.status !== 201) throw new Error(await answer.text());
  let sdp = await answer.text();
  if (edit) sdp = await window.throughProxy(sdp);
  await connection.setRemoteDescription({type: "answer", sdp});
  window.stats = async () => {
    for (const one of (await connection.getStats()).values())
      if (one.type === "inbound-rtp")
        return {frames: one.framesDecoded, freezes: one.freezeCount, lost: one.packetsLost};
  };
  window.end = () => { connection.close(); video.remove(); };
  return await shown;
}
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What Chromium told. ``frames_share`` is 0–1 of the pictures that the camera sent."""

    join_ms: list[float]
    frames_share: float
    freezes: int
    lost: int


@asynccontextmanager
async def browser() -> "AsyncIterator[Browser | None]":
    """Give a headless Chromium; None where there is none."""
    chromium = shutil.which("chromium")
    if async_playwright is None or chromium is None:
        yield None
        return
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        yield opened
        await opened.close()


async def look(
    browser: "Browser",
    address: str,
    tickets: Sequence[tuple[UUID, str]],
    *,
    joins: int,
    lossy_s: float,
    fps: float = 15,
) -> Seen:
    page = await browser.new_page()
    await page.goto(f"{address}/healthz")
    join_ms = []
    for number in range(joins + 1):
        camera, ticket = tickets[number % len(tickets)]
        join_ms.append(await _join(page, camera, ticket))
        await page.evaluate("end()")
        await asyncio.sleep(_PAUSE_S)
    camera, ticket = tickets[0]
    async with _lossy(page) as proxy:
        await _join(page, camera, ticket, edit=True)
        await asyncio.sleep(1)
        before: dict[str, Any] = await page.evaluate("stats()")
        proxy.losing = True
        await asyncio.sleep(lossy_s)
        after: dict[str, Any] = await page.evaluate("stats()")
        await page.evaluate("end()")
    await page.close()
    share = (after["frames"] - before["frames"]) / (lossy_s * fps)
    # The first join also loads Chromium's decoder; an operator's wall has done so before.
    return Seen(join_ms[1:], min(share, 1.0), after["freezes"] - before["freezes"], proxy.lost)


async def _join(page: "Page", camera: UUID, ticket: str, *, edit: bool = False) -> float:
    url = f"/media/v1/cameras/{camera}/whep?stream=sub&ticket={ticket}"
    return float(await page.evaluate(_PAGE, {"url": url, "edit": edit}))


class _Proxy(asyncio.DatagramProtocol):
    """Stands between browser and node and loses SRTP packets of the node."""

    def __init__(self) -> None:
        self.node = ("", 0)
        self._browser: tuple[str, int] | None = None
        self._random = random.Random(7)  # the same packets each time
        self.losing = False
        self.lost = 0
        self.transport: asyncio.DatagramTransport | None = None

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        assert self.transport is not None
        if addr[:2] != self.node:
            self._browser = addr
            self.transport.sendto(data, self.node)
        elif self._browser is not None:
            rtp = 127 < data[0] < 192 and not 191 < data[1] < 224  # RFC 5761
            if self.losing and rtp and self._random.random() < _LOST_SHARE:
                self.lost += 1
            else:
                self.transport.sendto(data, self._browser)


@asynccontextmanager
async def _lossy(page: "Page") -> AsyncIterator[_Proxy]:
    """Lead the page's next edited join through a proxy on the node's own address."""
    proxy = _Proxy()

    async def through(sdp: str) -> str:
        _, host, port = _CANDIDATE.search(sdp).groups()  # type: ignore[union-attr]
        proxy.node = (host, int(port))
        proxy.transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: proxy, local_addr=(host, 0)
        )
        mine = proxy.transport.get_extra_info("sockname")[1]
        kept = [line for line in sdp.splitlines() if not line.startswith("a=candidate")]
        at = next(n for n, line in enumerate(kept) if line.startswith("a=mid")) + 1
        kept.insert(at, f"a=candidate:1 1 udp 2130706431 {host} {mine} typ host")
        return "\r\n".join(kept) + "\r\n"

    await page.expose_function("throughProxy", through)
    try:
        yield proxy
    finally:
        if proxy.transport is not None:
            proxy.transport.close()
