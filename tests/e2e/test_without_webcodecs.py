"""A browser without WebCodecs: the wall plays through Media Source Extensions instead."""

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import sign_in
from tests.house import House, until

pytestmark = [pytest.mark.e2e, pytest.mark.flow]


async def test_the_wall_plays_through_media_source(page: Page, house: House) -> None:
    await page.add_init_script("delete window.VideoDecoder")
    await sign_in(page, house, "operator")
    video = page.get_by_test_id("tile-1").locator("video")

    async def plays() -> bool:
        return bool(await video.evaluate("v => v.getVideoPlaybackQuality().totalVideoFrames > 20"))

    await until(plays, within_s=60, every_s=0.5, what="the first tile plays")
    assert await video.evaluate("v => v.src.startsWith('blob:')"), "fed by MSE, not by address"
    await expect(page.get_by_test_id("tile-age-1")).to_have_attribute("data-state", "live")
