"""Takes a picture of every screen of a running demo: ``python -m tests.e2e.screens OUT``.

Sizes: 1920×1080 and a phone's 390×844; languages kk, ru, en. With ``--readme`` only the four
pictures of the README (1600×900, en) are taken, into web/screenshots.
"""

import argparse
import asyncio
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.e2e.conftest import ARGUMENTS

SIZES = {"desktop": (1920, 1080), "phone": (390, 844)}
SCREENS = {
    "wall": "/",
    "alerts": "/alerts",
    "map": "/map",
    "complaints": "/complaints",
    "call": "/intake",
}
ROOT = Path(__file__).resolve().parents[2]


async def _signed_in(
    browser: Browser, api: str, password: str, size: tuple[int, int], language: str
) -> Page:
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    await page.add_init_script(f"localStorage.setItem('ahual.language', '{language}')")
    await page.goto(api)
    await page.locator("input[name=login]").fill("supervisor")
    await page.locator("input[name=password]").fill(password)
    await page.locator("button[type=submit]").click()
    await page.get_by_test_id("sign-in-form").wait_for(state="detached")
    return page


async def _open_card(page: Page, api: str) -> None:
    await page.goto(api + "/complaints")
    await page.get_by_test_id("complaint-row").last.click()
    await page.get_by_test_id("card").wait_for()
    await asyncio.sleep(4)


async def take(api: str, password: str, out: Path, *, readme: bool) -> None:
    """Write one PNG a screen, size and language into ``out``."""
    sizes = {"": (1600, 900)} if readme else SIZES
    languages = ("en",) if readme else ("kk", "ru", "en")
    out.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=ARGUMENTS
        )
        for label, size in sizes.items():
            for language in languages:
                suffix = "" if readme else f"-{label}-{language}"
                if not readme:
                    context = await browser.new_context(
                        viewport={"width": size[0], "height": size[1]}
                    )
                    bare = await context.new_page()
                    await bare.add_init_script(
                        f"localStorage.setItem('ahual.language', '{language}')"
                    )
                    await bare.goto(api)
                    await bare.get_by_test_id("sign-in-form").wait_for()
                    await bare.screenshot(path=out / f"sign-in{suffix}.png")
                    await context.close()
                page = await _signed_in(browser, api, password, size, language)
                for name, path in SCREENS.items():
                    if readme and name not in {"wall", "alerts", "map"}:
                        continue
                    await page.goto(api + path)
                    await page.locator("main").wait_for()
                    await asyncio.sleep(5)
                    await page.screenshot(path=out / f"{name}{suffix}.png")
                await _open_card(page, api)
                await page.screenshot(path=out / f"complaint{suffix}.png", full_page=not readme)
                await page.context.close()
        await browser.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, nargs="?", default=ROOT / "web" / "screenshots")
    parser.add_argument("--api", default="http://127.0.0.1:8080")
    parser.add_argument("--logins", type=Path, default=ROOT / "var" / "demo-logins.txt")
    parser.add_argument("--readme", action="store_true")
    arguments = parser.parse_args()
    passwords = dict(line.split() for line in arguments.logins.read_text().splitlines()[1:])
    asyncio.run(
        take(arguments.api, passwords["supervisor"], arguments.out, readme=arguments.readme)
    )


if __name__ == "__main__":
    main()
