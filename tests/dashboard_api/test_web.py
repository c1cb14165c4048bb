"""The built web application: its files, its policy, and what to do without it."""

from dataclasses import replace
from pathlib import Path

import pytest

from models.camera import MediaNode
from models.kit.settings import Settings
from tests.builders import NOON
from tests.dashboard_api.conftest import Centre

pytestmark = pytest.mark.postgis


@pytest.fixture
def dist(settings: Settings) -> Path:
    folder = settings.web_dist
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<title>Ahual</title>")
    (folder / "assets" / "app-1a2b3c.js").write_text("start()")
    (folder / "icon.svg").write_text("<svg/>")
    (folder.parent / "secret.key").write_text("secret")
    return folder


async def test_unbuilt_application_says_how_to_build_it(centre: Centre) -> None:
    client = await centre.client()
    answer = await client.get("/")
    assert answer.status_code == 503
    assert "npm run build" in answer.text


async def test_every_address_of_the_application_is_its_page(centre: Centre, dist: Path) -> None:
    client = await centre.client()
    for path in ("/", "/index.html", "/wall", f"/complaints/{centre.office.office_id}"):
        answer = await client.get(path)
        assert (answer.status_code, answer.text) == (200, (dist / "index.html").read_text())
        assert answer.headers["Cache-Control"] == "no-cache"
    script = await client.get("/assets/app-1a2b3c.js")
    assert script.text == "start()"
    assert "immutable" in script.headers["Cache-Control"]
    assert (await client.get("/icon.svg")).headers["Cache-Control"] == "public, max-age=3600"


async def test_a_crews_phone_gets_its_own_page_which_may_ask_where_it_is(
    centre: Centre, dist: Path
) -> None:
    client = await centre.client()
    assert (await client.get("/van")).text == (dist / "index.html").read_text()  # an older build
    (dist / "van.html").write_text("<title>Panel</title>")
    (dist / "van-sw.js").write_text("keep()")
    answer = await client.get("/van")
    assert answer.text == "<title>Panel</title>"
    assert "geolocation=(self)" in answer.headers["Permissions-Policy"]
    assert "geolocation=()" in (await client.get("/map")).headers["Permissions-Policy"]
    for path in ("/van", "/van-sw.js"):
        assert (await client.get(path)).headers["Cache-Control"] == "no-cache"


async def test_old_assets_and_unknown_api_are_not_the_page(centre: Centre, dist: Path) -> None:
    client = await centre.client()
    for path in ("/assets/app-0000.js", "/api/v2/offices", "/media/v1/live"):
        answer = await client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert dist.is_dir()


@pytest.mark.usefixtures("dist")
async def test_nothing_outside_the_folder_is_served(centre: Centre) -> None:
    client = await centre.client()
    for path in (
        "/..%2fsecret.key",
        "/%2e%2e/secret.key",
        "/assets/..%2f..%2fsecret.key",
        "//etc/passwd",
        "/%00",
        "/" + "a" * 5000,
    ):
        answer = await client.get(path)
        assert answer.status_code in (200, 404)
        assert "secret" not in answer.text
        assert "root:" not in answer.text


@pytest.mark.usefixtures("dist")
async def test_policy_names_the_media_nodes(centre: Centre) -> None:
    async with centre.database.transaction() as session:
        session.add(
            MediaNode(
                name="n2",
                port=1,
                public_url="https://media-2.gov4c.kz/x",
                started_at=NOON,
                seen_at=NOON,
            )
        )
    client = await centre.client()
    policy = (await client.get("/")).headers["Content-Security-Policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    for source in ("http://localhost:8090", "ws://localhost:8090", "wss://media-2.gov4c.kz"):
        assert source in rules["connect-src"].split()
    assert "blob:" in rules["media-src"].split()
    assert "blob:" in rules["worker-src"].split()
    assert {"data:", "blob:"} <= set(rules["img-src"].split())
    assert rules["frame-ancestors"] == "'none'"


@pytest.mark.usefixtures("dist")
async def test_policy_names_whose_tiles_the_setting_names_and_nobody_else(
    centre: Centre, settings: Settings
) -> None:
    client = await centre.client()
    before = (await client.get("/")).headers["Content-Security-Policy"]
    setting = "style:https://tiles.kz/s.json https://fonts.kz"
    changed = settings.model_copy(update={"map_tiles_url": setting})
    centre.app.state.services = replace(centre.app.state.services, settings=changed)
    after = (await client.get("/")).headers["Content-Security-Policy"]
    added = {
        rule.split()[0]: set(rule.split()) - set(old.split())
        for rule, old in zip(after.split(";"), before.split(";"), strict=True)
        if rule != old
    }
    named = {"https://tiles.kz", "https://fonts.kz"}
    assert added == {"connect-src": named, "img-src": named}
