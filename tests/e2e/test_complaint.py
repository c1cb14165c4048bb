"""A complaint in Chromium: two clicks from its alert to the minute, and closed with an outcome."""

from datetime import datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import alert_of, register, sign_in
from tests.house import CLOCK, House, Visit, until

pytestmark = [pytest.mark.e2e, pytest.mark.flow]

PATIENCE_MS = 30_000
expect.set_options(timeout=PATIENCE_MS)
NEAR = timedelta(seconds=15)  # how far it may have played before it was looked at


async def test_two_clicks_lead_from_an_alert_to_the_minute_before_it(
    page: Page, house: House, visit: Visit
) -> None:
    agent, supervisor = await visit.signed_in("agent"), await visit.signed_in("supervisor")
    card = await register(agent, "astana-2", CLOCK.now())
    best = card["cameras"][0]
    alert = await alert_of(supervisor, card["id"])

    async def first_recorded() -> datetime | None:
        span = {
            "camera_id": best["camera"]["id"],
            "from": best["replay_from"],
            "to": CLOCK.now().isoformat(),  # of each look: a new house has recorded nothing yet
        }
        answer = (await supervisor.get("/api/v1/recordings", params=span)).raise_for_status()
        found = [datetime.fromisoformat(r["started_at"]) for r in answer.json()["recordings"]]
        return min(found, default=None)

    recorded = await until(first_recorded, within_s=60, what="the office is recorded")
    await sign_in(page, house, "supervisor")
    await page.goto(house.api + "/alerts")
    await page.locator(f"[data-alert='{alert['id']}']").click()
    await page.get_by_test_id("alert-complaint").filter(has_text=card["number"]).click()

    player, clock = page.get_by_test_id("card-player"), page.get_by_test_id("replay-clock")

    async def replays() -> bool:
        return bool(await player.evaluate("v => v.getVideoPlaybackQuality().totalVideoFrames > 5"))

    await until(replays, within_s=60, every_s=0.2, what="the replay decodes pictures")
    await expect(player).to_have_attribute("data-camera", best["camera"]["id"])
    shown_ms = float(await clock.get_attribute("data-at") or 0)
    shown = datetime.fromtimestamp(shown_ms / 1000, tz=recorded.tzinfo)
    wanted = max(datetime.fromisoformat(best["replay_from"]), recorded)
    assert wanted - timedelta(seconds=1) <= shown <= wanted + NEAR


async def test_a_card_is_closed_only_with_an_outcome(
    page: Page, house: House, visit: Visit
) -> None:
    agent = await visit.signed_in("agent")
    card = await register(agent, "almaty-1", CLOCK.now())
    await sign_in(page, house, "supervisor")
    await page.goto(f"{house.api}/complaints/{card['id']}")
    state, submit = page.get_by_test_id("complaint-state"), page.get_by_test_id("move-submit")
    note = page.get_by_test_id("move-note")
    await expect(page.get_by_test_id("move-closed")).to_have_count(0)
    for step in ("investigating", "full_answer_sent"):
        await page.get_by_test_id(f"move-{step}").press("Enter")
        await note.fill("Жазба қаралды.")
        await submit.press("Enter")
        await expect(state).to_have_attribute("data-state", step)

    await page.get_by_test_id("move-closed").press("Enter")
    await note.fill("Қызметкер ескертілді.")
    await submit.press("Enter")
    await expect(page.get_by_test_id("outcome-kind")).to_have_attribute("aria-invalid", "true")
    await expect(page.get_by_test_id("outcome-note")).to_have_attribute("aria-invalid", "true")
    await expect(state).to_have_attribute("data-state", "full_answer_sent")

    await page.get_by_test_id("outcome-kind").press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await page.get_by_test_id("outcome-note").fill("Құжат сол күні берілді.")
    await submit.press("Enter")
    await expect(state).to_have_attribute("data-state", "closed")
    await expect(page.get_by_test_id("outcome")).to_contain_text("Құжат сол күні берілді.")
