"""``python -m dashboard_api.cli.bench.live_page``: the product's own wall in Chromium, watched.

Reads one JSON line from stdin (see ``Wish``) and prints one (see ``Seen``). The page, its worker
and its decoders are the product's; a probe only notes when a message brought a picture's bytes
and when that picture was given to the screen. While a join or a turn of the page is measured nobody
asks for those notes: reading them holds up the very threads that are watched.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass, field

from playwright.async_api import Browser, Page, Worker, async_playwright

from dashboard_api.cli import sim
from ingest.simulated.farm import farm_name
from models.kit.clock import SystemClock

_PROBE = """
self.arrived = new Map(); // time of a picture, in steps of 4 µs → its tile, arrival, cached
self.newest = 0; // tile
const Plain = self.WebSocket;
self.WebSocket = class extends Plain {
  constructor(...given) {
    super(...given);
    this.addEventListener("message", ({ data }) => {
      if (typeof data === "string") return;
      const view = new DataView(data);
      for (let at = 0; at < view.byteLength; at += 4 + view.getUint32(at)) {
        if (view.getUint8(at + 6) !== 1) continue;
        const tile = view.getUint16(at + 4);
        self.newest = Math.max(self.newest, tile);
        self.arrived.set(Math.round(view.getFloat64(at + 16) * 250000),
          [tile, view.getFloat64(at + 8) * 1000, (view.getUint8(at + 7) & 2) > 0]);
      }
      if (self.arrived.size > 50000) self.arrived.clear();
    });
  }
};
"""
# The worker's script is the product's own file, imported after the probe. Each <video> tells
# of every picture that it gave to the screen.
_BEFORE = """
const Plain = window.Worker;
const module = (text) => URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
const probe = module(%s);
window.Worker = class extends Plain {
  constructor(url, options) {
    const both = () => module(`import "${probe}"; import "${new URL(url, location.href)}";`);
    super(String(url).includes("live.worker") ? both() : url, options);
  }
};
window.made = 0; window.shown = [];
const create = Document.prototype.createElement;
Document.prototype.createElement = function (name, ...rest) {
  const made = create.call(this, name, ...rest);
  if (name !== "video") return made;
  made.presented = 0;
  const number = (made.number = window.made++);
  const seen = (_, { presentedFrames, presentationTime, mediaTime }) => {
    const at = performance.timeOrigin + presentationTime;
    window.shown.push([number, Math.floor(Math.round(mediaTime * 1e6) / 4), at]);
    made.presented = presentedFrames;
    made.requestVideoFrameCallback(seen);
  };
  made.requestVideoFrameCallback(seen);
  return made;
};
"""
_ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
_FORGET_SHOWN = "() => { window.shown.length = 0 }"
_FORGET_ARRIVED = "() => { self.arrived.clear(); return self.newest }"
# Of the first tiles: when each turned grey, and when it showed its last picture before; Unix ms.
_GREY = """
(count) => Promise.all([...document.querySelectorAll("section[data-camera]")].slice(0, count).map(
  (tile) => new Promise((resolve) => {
    const video = tile.querySelector("video");
    const look = () => {
      if (!tile.querySelector("[data-stale=true]")) return requestAnimationFrame(look);
      const mine = window.shown.filter(([number]) => number === video.number);
      resolve([performance.timeOrigin + performance.now(), mine.at(-1)[2]]);
    };
    look();
  })))
"""
_PATIENCE_S = 20.0
_LOOK_S = 0.4  # longer than the goals: what they promise is not disturbed by a look
_PAUSE_S = 0.6
_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Wish:
    """Where the product runs and what to look at."""

    api: str
    login: str
    password: str
    cameras: list[str]  # codes
    camera_ids: list[str]  # in the same order, which is the farm's
    control_port: int  # of the farm
    seconds: float
    joins: int
    switches: int
    stalls: int  # at the same time


@dataclass(slots=True)
class Seen:
    """What was seen, in milliseconds; ``grown`` is the fewest pictures that a tile showed.

    ``…_live_ms``: until the picture is not an earlier one of the camera's cache.
    """

    join_ms: list[float] = field(default_factory=list)
    join_live_ms: list[float] = field(default_factory=list)
    switch_ms: list[float] = field(default_factory=list)
    switch_live_ms: list[float] = field(default_factory=list)
    pixel_ms: list[float] = field(default_factory=list)
    grey_ms: list[float] = field(default_factory=list)
    grown: int = 0


async def look(browser: Browser, wish: Wish) -> Seen:
    context = await browser.new_context(
        viewport={"width": 1920, "height": 1080}, locale="en-US", bypass_csp=True
    )
    signed_in = await context.request.post(
        f"{wish.api}/api/v1/session",
        data={"login": wish.login, "password": wish.password},
        headers={"Origin": wish.api},
    )
    if not signed_in.ok:
        raise SystemExit(f"signing in: {signed_in.status} {await signed_in.text()}")
    page = await context.new_page()
    await page.add_init_script(_BEFORE % json.dumps(_PROBE))
    seen = Seen()
    worker = await _open_wall(page, wish, side=2)
    await _join(page, worker, wish, seen)
    worker = await _open_wall(page, wish, side=4)
    await _play(page, worker, wish, seen)
    await _switch(page, worker, wish, seen)
    await _stall(page, wish, seen)
    await context.close()
    return seen


async def _open_wall(page: Page, wish: Wish, *, side: int) -> Worker:
    layout = json.dumps({"side": side, "slots": []})
    await page.goto(f"{wish.api}/favicon.svg")
    await page.evaluate("layout => localStorage.setItem('ahual.wall', layout)", layout)
    async with page.expect_event("worker", timeout=_PATIENCE_S * 1000) as started:
        await page.goto(f"{wish.api}/wall")
    worker: Worker = await started.value
    await _firsts(page, worker, side**2, before=0)
    return worker


async def _join(page: Page, worker: Worker, wish: Wish, seen: Seen) -> None:
    """Put one camera after the other on the first tile, as a person does with the picker."""
    for number in range(wish.joins + 1):
        await asyncio.sleep(0.17)  # so that joins fall anywhere in a GOP
        await page.keyboard.press("Slash")
        choice = page.get_by_test_id(f"camera-{wish.cameras[4 + number % 8]}")
        await choice.wait_for()
        before = await _forget(page, worker)
        asked = await choice.evaluate(
            "it => { const now = performance.timeOrigin + performance.now(); it.click();"
            " return now }"
        )
        if number == 0:  # tiles that nobody has set move up once
            await _firsts(page, worker, 4, before=before)
            continue
        [(first, live)] = await _firsts(page, worker, 1, before=before)
        seen.join_ms.append(first - asked)
        seen.join_live_ms.append(live - asked)


async def _play(page: Page, worker: Worker, wish: Wish, seen: Seen) -> None:
    await asyncio.sleep(1)  # the joins are over
    await _forget(page, worker)
    before = await _presented(page)
    await asyncio.sleep(wish.seconds)
    after = await _presented(page)
    shown = await _shown(page)
    arrived = await _arrived(worker)
    seen.pixel_ms = [at - arrived[picture][1] for _, picture, at in shown if picture in arrived]
    seen.grown = min(last - first for first, last in zip(before, after, strict=True))


async def _switch(page: Page, worker: Worker, wish: Wish, seen: Seen) -> None:
    for _ in range(wish.switches):
        before = await _forget(page, worker)
        asked = await page.evaluate(
            "() => { const now = performance.timeOrigin + performance.now();"
            " document.body.dispatchEvent(new KeyboardEvent('keydown',"
            " { code: 'PageDown', key: 'PageDown', bubbles: true })); return now }"
        )
        tiles = await page.locator("section[data-camera]").count()
        firsts = await _firsts(page, worker, tiles, before=before)
        seen.switch_ms.append(max(first for first, _ in firsts) - asked)
        seen.switch_live_ms.append(max(live for _, live in firsts) - asked)
        await asyncio.sleep(_PAUSE_S)


async def _stall(page: Page, wish: Wish, seen: Seen) -> None:
    """Let cameras fall silent without a word; note how long their last picture passes for live."""
    shown = await page.locator("section[data-camera]").evaluate_all(
        "all => all.map(one => one.dataset.camera)"
    )
    silent = [farm_name(wish.camera_ids.index(one)) for one in shown[: wish.stalls]]
    for name in silent:
        answer = await sim.send(wish.control_port, f"stall {name}")
        if not answer.startswith("ok"):
            raise SystemExit(f"stall {name}: {answer}")
    told: list[tuple[float, float]] = await page.evaluate(_GREY, len(silent))
    seen.grey_ms = [grey - last for grey, last in told]
    for name in silent:
        await sim.send(wish.control_port, f"resume {name}")


async def _presented(page: Page) -> list[int]:
    found: list[int] = await page.get_by_test_id("tile-canvas").evaluate_all(
        "all => all.map(one => one.presented)"
    )
    return found


async def _forget(page: Page, worker: Worker) -> int:
    """Begin anew; return the highest number of a tile so far."""
    await page.evaluate(_FORGET_SHOWN)
    newest: int = await worker.evaluate(_FORGET_ARRIVED)
    return newest


async def _firsts(
    page: Page, worker: Worker, count: int, *, before: int
) -> list[tuple[float, float]]:
    """Wait until so many tiles numbered above ``before`` show live pictures.

    Return when the first picture of each came, and when the first that was not cached.
    """
    deadline = _CLOCK.monotonic() + _PATIENCE_S
    while True:
        await asyncio.sleep(_LOOK_S)
        arrived = await _arrived(worker)
        first: dict[int, float] = {}
        live: dict[int, float] = {}
        for _, picture, at in await _shown(page):
            tile, _, cached = arrived.get(picture, (0, 0, True))
            if tile > before:
                first.setdefault(tile, at)
                if not cached:
                    live.setdefault(tile, at)
        if len(live) >= count:
            return [(first[tile], at) for tile, at in live.items()]
        if _CLOCK.monotonic() > deadline:
            raise SystemExit(f"only {len(live)} of {count} tiles showed a live picture")


async def _shown(page: Page) -> list[tuple[int, int, float]]:
    """Return element, picture and Unix ms of what was given to the screen."""
    shown: list[tuple[int, int, float]] = await page.evaluate("() => window.shown")
    return shown


async def _arrived(worker: Worker) -> dict[int, tuple[int, float, bool]]:
    """Return of each picture its tile, when it arrived at the node in Unix ms, and if it waited."""
    return {
        picture: (tile, at, cached)
        for picture, (tile, at, cached) in await worker.evaluate("() => [...self.arrived]")
    }


async def main() -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=_ARGUMENTS
        )
        line = await asyncio.to_thread(sys.stdin.readline)
        if not line:  # nobody wants to look any more
            await browser.close()
            return
        wish = Wish(**json.loads(line))
        seen = await look(browser, wish)
        await browser.close()
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    asyncio.run(main())
