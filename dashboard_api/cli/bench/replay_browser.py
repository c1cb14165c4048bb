"""A supervisor in headless Chromium: clicks complaints, drags along the timeline."""

import asyncio
import base64
import math
import random
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from ingest.simulated.burned import read_counter
from models.kit.errors import Unavailable

try:
    from playwright.async_api import Page, async_playwright
except ImportError:  # installed with requirements-dev.txt, as ./ahual bench does
    async_playwright = None  # type: ignore[assignment]

_ARGUMENTS = ["--no-sandbox", "--autoplay-policy=no-user-gesture-required", "--disable-quic"]
_LOOK_S = 0.05
_PATIENCE_LOOKS = 400
_SETTLE_S = 0.7
# Notes when a click, a drag or a seek happened and when its picture was on screen after that.
_WATCH = """
(() => {
  const bench = (window.bench = { clickedAt: 0, movedAt: 0, opened: null, dragged: [] });
  const still = () => document.querySelector('[data-testid=replay-still][data-at]');
  const strip = (source, width, height) => {
    const canvas = document.createElement('canvas');
    canvas.width = width; canvas.height = height;
    canvas.getContext('2d').drawImage(source, 0, 0, width, height);
    return canvas.toDataURL('image/png');
  };
  const look = () => {
    const canvas = still();
    const video = document.querySelector('[data-testid=card-player][data-at]');
    const shown = canvas && canvas.dataset.shown === 'true' ? canvas : video;
    if (!shown) return requestAnimationFrame(look);
    const ms = performance.now() - bench.clickedAt;
    const [w, h] = shown === video ? [video.videoWidth, video.videoHeight]
      : [canvas.width, canvas.height];
    bench.opened = { ms, at: Number(shown.dataset.at) / 1000, by: shown.tagName,
                     picture: strip(shown, w, h) };
  };
  window.addEventListener('click', (event) => {
    if (!event.target.closest('[data-testid=complaint-row]')) return;
    Object.assign(bench, { clickedAt: performance.now(), opened: null });
    requestAnimationFrame(look);
  }, true);
  window.addEventListener('pointermove', () => { bench.movedAt = performance.now(); }, true);
  bench.watchDrags = () => {
    new MutationObserver(() => {
      const canvas = still();
      const ms = performance.now() - bench.movedAt;
      bench.dragged.push({ ms, at: Number(canvas.dataset.at) / 1000 });
    }).observe(still(), { attributeFilter: ['data-at'] });
  };
  bench.seekFilm = async (positions) => {
    const video = document.querySelector('[data-testid=card-player]');
    const found = [];
    for (const position of positions) {
      const begun = performance.now();
      video.currentTime = position;
      await new Promise((done) => video.requestVideoFrameCallback(done));
      found.push(performance.now() - begun);
    }
    return found;
  };
  bench.skews = (ms) => new Promise((done) => {
    const found = [], begun = performance.now();
    const sample = () => {
      const main = Number(document.querySelector('[data-testid=card-player]').dataset.at);
      for (const canvas of document.querySelectorAll('[data-testid=beside-picture]')) {
        found.push(Math.abs(Number(canvas.dataset.at) - main));
      }
      if (performance.now() - begun > ms) done(found); else requestAnimationFrame(sample);
    };
    sample();
  });
  bench.range = () => {
    const ranges = document.querySelector('[data-testid=card-player]').buffered;
    const last = ranges.length - 1;
    return [ranges.start(0), ranges.end(last)];
  };
})();
"""


@dataclass(frozen=True, slots=True)
class Opened:
    """A click on a complaint: after how long which picture was there."""

    ms: float
    at_s: float
    counter: int | None
    by: str


@dataclass(frozen=True, slots=True)
class Dragged:
    """A move of the hand on the timeline: after how long which picture was there."""

    ms: float
    hand_s: float
    at_s: float


class Supervisor:
    """A signed-in person in front of the browser."""

    def __init__(self, page: "Page", api: str) -> None:
        self._page = page
        self._api = api

    async def sign_in(self, login: str, password: str) -> None:
        await self._page.goto(self._api + "/complaints")
        form = self._page.get_by_test_id("sign-in-form")
        await form.locator("input[name=login]").fill(login)
        await form.locator("input[name=password]").fill(password)
        await form.locator("button[type=submit]").click()
        await form.wait_for(state="detached")
        await self._page.goto(self._api + "/complaints")

    async def open(self, number: str) -> Opened:
        """Click a complaint in the list and wait for its picture."""
        row = self._page.locator(f"[data-testid=complaint-row][data-number='{number}']")
        await row.wait_for()
        await asyncio.sleep(_SETTLE_S)
        await row.click()
        await self._until("bench.opened !== null", f"the picture of complaint {number}")
        found: dict[str, Any] = await self._page.evaluate("bench.opened")
        return Opened(found["ms"], found["at"], _counter(found["picture"]), found["by"])

    async def back(self) -> None:
        await self._page.go_back()

    async def drag(
        self, span_s: tuple[float, float], within_s: tuple[float, float], moves: int
    ) -> list[Dragged]:
        """Drag over the open card's timeline to random instants.

        Args:
            span_s: Unix seconds at the timeline's ends.
            within_s: where footage is.
            moves: how many.
        """
        page = self._page
        await page.get_by_test_id("timeline").scroll_into_view_if_needed()
        box = await page.get_by_test_id("timeline").bounding_box()
        if box is None:
            raise Unavailable("the timeline is not on the page")
        y = box["y"] + box["height"] / 2
        drawn = random.Random(3)
        await page.evaluate("bench.watchDrags()")
        found: list[Dragged] = []
        pressed = False
        for _ in range(moves):
            part = (drawn.uniform(*within_s) - span_s[0]) / (span_s[1] - span_s[0])
            x = round(box["x"] + part * box["width"])
            hand_s = span_s[0] + (x - box["x"]) / box["width"] * (span_s[1] - span_s[0])
            before = await page.evaluate("bench.dragged.length")
            await page.mouse.move(x, y)
            if not pressed:
                await page.mouse.down()
                pressed = True
                await asyncio.sleep(_SETTLE_S)
                continue  # the first press also pauses the film
            await self._until(f"bench.dragged.length > {before}", "a picture under the hand")
            last = (await page.evaluate("bench.dragged"))[-1]
            found.append(Dragged(last["ms"], hand_s, last["at"]))
        await page.mouse.up()
        return found

    async def watch_beside(self, seconds: float) -> list[float]:
        """Play the office's other cameras beside; return how far apart pictures were, in ms."""
        page = self._page
        await page.get_by_test_id("replay-beside").click()
        if await page.evaluate("document.querySelector('[data-testid=card-player]').paused"):
            await page.get_by_test_id("replay-toggle").click()
        shown = "document.querySelectorAll('[data-testid=beside-picture][data-at]').length"
        await self._until(f"{shown} > 0", "a camera beside")
        await asyncio.sleep(2)
        found: list[float] = await page.evaluate("ms => bench.skews(ms)", seconds * 1000)
        return [ms for ms in found if not math.isnan(ms)]  # not shown yet

    async def _until(self, condition: str, what: str) -> None:
        """Look until a JavaScript condition holds; the page itself takes the times."""
        for _ in range(_PATIENCE_LOOKS):
            if await self._page.evaluate(condition):
                return
            await asyncio.sleep(_LOOK_S)
        raise Unavailable(f"{what} did not come")

    async def seek_film(self, count: int) -> list[float]:
        """Seek the film itself to random buffered and unbuffered positions; milliseconds each."""
        begin, end = await self._page.evaluate("bench.range()")
        drawn = random.Random(5)
        positions = [drawn.uniform(begin, end + 60) for _ in range(count)]
        found: list[float] = await self._page.evaluate("p => bench.seekFilm(p)", positions)
        return found


@asynccontextmanager
async def supervisor(api: str) -> AsyncIterator[Supervisor | None]:
    """Open a browser; None where there is none."""
    chromium = shutil.which("chromium")
    if async_playwright is None or chromium is None:
        yield None
        return
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        context = await browser.new_context(viewport={"width": 1920, "height": 1080})
        page = await context.new_page()
        await page.add_init_script(_WATCH)
        yield Supervisor(page, api)
        await browser.close()


def _counter(picture_url: str) -> int | None:
    content = base64.b64decode(picture_url.partition(",")[2])
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    return None if picture is None else read_counter(picture.astype(np.uint8, copy=False))


def exact(drags: Sequence[Dragged], picture_s: float) -> list[Dragged]:
    """Return the drags that showed the very picture of the hand, not the key picture before."""
    return [one for one in drags if -0.005 <= one.at_s - one.hand_s <= picture_s + 0.005]
