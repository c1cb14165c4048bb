"""The control port answers every line, and makes the cameras do what was asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ingest.simulated.control import answer, serve_control
from ingest.simulated.rtsp_server import SimulatedCameras
from ingest.simulated.scenes import LONG_QUEUE, SCENES, STAFFED
from tests.ingest.encoded import write_clip


@pytest.fixture
async def cameras(tmp_path: Path) -> AsyncIterator[SimulatedCameras]:
    clip = write_clip(tmp_path / "plain.mp4", pictures=10, gop=2)
    async with SimulatedCameras(seed=2) as simulated:
        simulated.add("hall-1/main", dict.fromkeys(SCENES[0].variants, clip))
        simulated.add("yard/main", {"plain": clip})
        yield simulated


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("list", "ok hall-1/main=staffed yard/main=plain"),
        ("stall hall-1", "ok"),
        ("resume hall-1/main", "ok"),
        ("kick hall-1", "ok 0 closed"),
        ("stop yard", "ok"),
        ("start yard", "ok"),
        ("show hall-1 long-queue", "ok"),
        ("show yard long-queue", "error yard has no variant long-queue; known: plain"),
        ("reset hall-1", "ok 0 closed"),
        ("drop hall-1 20", "ok"),
        ("garbage hall-1/main 1.5", "ok"),
        ("clock yard -3600", "ok"),
        ("clock yard soon", "error soon is not a number"),
        ("drop yard nan", "error nan is not a number that can be meant"),
        ("codec yard plain", "ok"),
        ("late", "ok 0."),
        ("codec yard h265", "error yard has no variant h265; known: plain"),
        ("sps yard", "error yard has no variant h264; known: plain"),
        ("truth yard", "error yard is not a scene with a known truth"),
        ("stall nowhere", "error there is no simulated camera nowhere"),
        ("", "error commands: list"),
        ("dance hall-1", "error commands: list"),
        ("show hall-1", "error commands: list"),
    ],
)
async def test_answers(cameras: SimulatedCameras, line: str, expected: str) -> None:
    assert answer(cameras, line).startswith(expected)


async def test_truth_follows_the_shown_variant(cameras: SimulatedCameras) -> None:
    before = json.loads(answer(cameras, "truth hall-1").removeprefix("ok "))
    assert before == {
        "variant": STAFFED,
        "queue": 3,
        "windows": {"1": True, "2": True, "3": True, "4": True},
    }
    answer(cameras, "show hall-1 window-3-empty")
    async with asyncio.timeout(5):
        while cameras.showing("hall-1") == STAFFED:
            await asyncio.sleep(0.05)
    after = json.loads(answer(cameras, "truth hall-1").removeprefix("ok "))
    assert after["windows"]["3"] is False


async def test_lines_go_over_tcp_and_noise_is_answered(cameras: SimulatedCameras) -> None:
    server = await serve_control(cameras, "127.0.0.1")
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\xff\xfe\x00\nshow hall-1 " + LONG_QUEUE.encode() + b"\nlist\n")
    assert (await reader.readline()).startswith(b"error commands")
    assert await reader.readline() == b"ok\n"
    assert (await reader.readline()).startswith(b"ok hall-1/main=")
    writer.write(b"x" * 5_000)
    assert await reader.read() == b""
    writer.close()
    server.close()
    await server.wait_closed()
