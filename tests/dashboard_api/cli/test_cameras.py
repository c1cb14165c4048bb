"""./ahual camera inspect, against a camera that plays and against none."""

import asyncio
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboard_api.cli.cameras import _SENTENCES, sentence
from dashboard_api.cli.commands import app
from ingest.cameras.inspection import Level, Verdict
from ingest.simulated.rtsp_server import SimulatedCameras
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
