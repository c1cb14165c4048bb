"""./ahual camera: inspected against a camera that plays and against none; added and listed."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import select, update
from typer.testing import CliRunner, Result

from dashboard_api.cli.cameras import _SENTENCES, sentence
from dashboard_api.cli.commands import app
from ingest.cameras.address import Credentials
from ingest.cameras.inspection import Level, Verdict
from ingest.simulated.onvif_device import SimulatedOnvifDevice
from ingest.simulated.rtsp_server import SimulatedCameras
from models.camera import Camera
from models.kit.database import Database
from models.kit.secret import load_key, seal, unseal
from models.kit.settings import Settings
from tests.builders import build_office
from tests.ingest.encoded import write_clip


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["camera", "inspect", *arguments])


async def test_a_camera_is_described_in_words_and_as_an_object(tmp_path: Path) -> None:
    async with SimulatedCameras() as cameras:
        cameras.add("h265", {"x": write_clip(tmp_path / "x.mp4", codec="libx265")})
        url = cameras.url("h265")
        said = await asyncio.to_thread(ask, url, "--kind", "main")
        told = await asyncio.to_thread(ask, url, "--json")
    assert said.exit_code == 0
    assert "WARNING: H.265 main records, but browsers need an H.264 sub stream" in said.output
    assert re.search(r"hvc1\.\S+ 192x112, [\d.]+ pictures/s, a key picture every", said.output)
    seen = json.loads(told.output)
    assert (seen["width"], seen["height"], seen["usable"]) == (192, 112, True)
    assert seen["verdicts"][0]["code"] == "h265_main"


def test_a_camera_that_is_not_there_is_an_error() -> None:
    said = ask("rtsp://admin:s3cret@127.0.0.1:9/x")
    assert said.exit_code == 1
    assert "ERROR: " in said.output
    assert "nothing listens there" in said.output
    assert "s3cret" not in said.output


@pytest.mark.parametrize("code", _SENTENCES)
def test_every_verdict_is_a_sentence(code: str) -> None:
    parameters: dict[str, float | str] = {"seconds": 8.0, "width": 1920, "height": 1080}
    parameters |= {"reason": "because", "codec": "opus"}
    assert "{" not in sentence(Verdict(Level.WARNING, code, parameters))


def camera(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["camera", *arguments], input=typed)


@pytest.fixture
async def installed(
    database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Database:
    monkeypatch.setenv("AHUAL_DATABASE_URL", database_url)
    monkeypatch.setenv("AHUAL_STATE_DIR", str(tmp_path))
    async with database.transaction() as session:
        await build_office(session)
    return database


@pytest.mark.postgis
async def test_a_camera_is_added_and_listed(installed: Database, tmp_path: Path) -> None:
    wanted = ["add", "gate", "--office", "almaty-1", "--main", "rtsp://10.0.0.5/1"]
    added = await asyncio.to_thread(camera, *wanted, "--user", "bob", typed="s3cret\n")
    assert (added.exit_code, "gate is added" in added.output) == (0, True), added.output
    assert "s3cret" not in added.output
    async with installed.read() as session:
        row = (await session.scalars(select(Camera).where(Camera.code == "gate"))).one()
    assert row.credentials is not None
    key = load_key(Settings(state_dir=tmp_path))
    assert unseal(key, row.credentials) == '["bob", "s3cret"]'
    again = await asyncio.to_thread(camera, *wanted)
    assert (again.exit_code, "already a camera" in again.output) == (1, True)
    listed = await asyncio.to_thread(camera, "list")
    assert [line.split()[:3] for line in listed.output.splitlines()] == [
        ["almaty-1-cam-1", "main", "connecting"],
        ["almaty-1-cam-1", "sub", "connecting"],
        ["gate", "main", "connecting"],
    ]


@pytest.mark.postgis
@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("office", "main", "told"),
    [
        ("nowhere", "rtsp://10.0.0.5/1", "no office"),
        ("almaty-1", "rtsp://8.8.8.8/1", "in no network of cameras"),
        ("almaty-1", "http://10.0.0.5/1", "streams.0.url"),
    ],
)
async def test_what_is_wrong_is_told_plainly(office: str, main: str, told: str) -> None:
    wanted = ["add", "gate", "--office", office, "--main", main]
    said = await asyncio.to_thread(camera, *wanted)
    assert (said.exit_code, told in said.output) == (1, True), said.output


def test_nobody_outside_is_asked() -> None:
    said = camera("discover", "8.8.8.8")
    assert (said.exit_code, "in no network of cameras" in said.output) == (1, True)


@pytest.mark.postgis
async def test_what_a_camera_notices_is_printed(installed: Database, tmp_path: Path) -> None:
    device = SimulatedOnvifDevice("bob", "s3cret", [])
    await device.start()
    for value in ("true", "false", "true"):
        device.notices.put_nowait(("tns1:RuleEngine/CellMotionDetector/Motion", "IsMotion", value))
    key = load_key(Settings(state_dir=tmp_path))
    async with installed.transaction() as session:
        sealed = seal(key, Credentials("bob", "s3cret").to_json())
        await session.execute(update(Camera).values(onvif_url=device.url, credentials=sealed))
    said = await asyncio.to_thread(camera, "events", "almaty-1-cam-1", "--count", "2")
    await device.close()
    assert said.exit_code == 0, said.output
    assert [line.split()[-1] for line in said.output.splitlines()] == [
        "IsMotion=true",
        "IsMotion=false",
    ]
    unknown = await asyncio.to_thread(camera, "events", "nowhere")
    assert (unknown.exit_code, "no camera nowhere" in unknown.output) == (1, True)
