"""The client against a simulated camera that speaks SOAP over a socket."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from ingest.cameras.address import Credentials
from ingest.cameras.networks import OutsideNetworks
from ingest.onvif.facts import Preset, choose_streams
from ingest.onvif.faults import OnvifFault, OnvifRefused
from ingest.onvif.reaching import reach
from ingest.simulated.onvif_device import SimulatedOnvifDevice, SimulatedProfile
from models.kit.clock import SystemClock
from models.kit.settings import Settings

CLOCK = SystemClock()
NETWORKS = Settings.model_construct().camera_networks
BOB = Credentials("bob", "құпия s@/c")


@pytest.fixture
async def device() -> AsyncIterator[SimulatedOnvifDevice]:
    made = SimulatedOnvifDevice(
        BOB.user,
        BOB.password,
        [
            SimulatedProfile("main", "H264", 1280, 720, "rtsp://10.9.9.9:8554/hall-1/main"),
            SimulatedProfile("sub", "H264", 640, 360, "rtsp://eve:x@10.9.9.9:8554/hall-1/sub"),
            SimulatedProfile("still", "JPEG", 2560, 1440, "rtsp://10.9.9.9:8554/still"),
        ],
        presets={"1": "Терезе 1", "2": "Entrance"},
    )
    await made.start()
    yield made
    await made.close()


async def test_a_camera_tells_what_it_is(device: SimulatedOnvifDevice) -> None:
    device.clock_offset_s = -3600.0  # a digest by our own clock would be refused as stale
    device.advertised_host = "192.0.2.1"  # behind a router: nobody is there
    async with reach(device.url, BOB, NETWORKS, CLOCK) as camera:
        told = await camera.look()
    assert (told.description.maker, told.description.model) == ("Ahual", "Simulated")
    assert told.clock_offset_s == pytest.approx(-3600, abs=5)
    main, sub = choose_streams(told.profiles)
    assert main is not None
    assert sub is not None
    assert (main.token, main.url) == ("main", "rtsp://127.0.0.1:8554/hall-1/main")
    assert (sub.token, sub.url) == ("sub", "rtsp://127.0.0.1:8554/hall-1/sub")
    assert told.snapshot_url == f"http://127.0.0.1:{device.port}/snapshot.jpg"
    assert (told.turns, told.tells_events) == (True, True)


async def test_a_camera_turns_to_a_stored_position(device: SimulatedOnvifDevice) -> None:
    async with reach(device.url, BOB, NETWORKS, CLOCK) as camera:
        assert await camera.presets() == [Preset("1", "Терезе 1"), Preset("2", "Entrance")]
        await camera.go_to("2")
        with pytest.raises(OnvifFault, match="No such preset"):
            await camera.go_to("9")
    assert device.moves == ["2"]


async def test_a_camera_that_does_not_turn(device: SimulatedOnvifDevice) -> None:
    device.presets = {}
    async with reach(device.url, BOB, NETWORKS, CLOCK) as camera:
        assert await camera.presets() == []
        with pytest.raises(OnvifFault, match="does not turn"):
            await camera.go_to("1")


async def test_what_a_camera_notices(device: SimulatedOnvifDevice) -> None:
    for value in ("true", "false"):
        device.notices.put_nowait(("tns1:VideoSource/MotionAlarm", "State", value))
    async with reach(device.url, BOB, NETWORKS, CLOCK) as camera:
        notices = camera.notices()
        assert await anext(notices) == ("tns1:VideoSource/MotionAlarm", {"State": "true"})
        assert await anext(notices) == ("tns1:VideoSource/MotionAlarm", {"State": "false"})
        await notices.aclose()


@pytest.mark.parametrize("credentials", [replace(BOB, password="x"), replace(BOB, user="x"), None])
async def test_a_refused_password_is_told_as_such(
    device: SimulatedOnvifDevice, credentials: Credentials | None
) -> None:
    with pytest.raises(OnvifRefused):
        async with reach(device.url, credentials, NETWORKS, CLOCK) as camera:
            await camera.look()


@pytest.mark.parametrize("after", [0, 1, 2])  # also not once it knows that we trust it
async def test_a_camera_cannot_send_us_elsewhere(device: SimulatedOnvifDevice, after: int) -> None:
    other = SimulatedOnvifDevice(BOB.user, BOB.password, [])
    await other.start()
    device.redirect_to, device.redirect_after = other.url, after
    try:
        with pytest.raises(OnvifFault, match="sends us elsewhere"):
            async with reach(device.url, BOB, NETWORKS, CLOCK) as camera:
                await camera.look()
    finally:
        await other.close()


async def test_nobody_there_and_nobody_allowed() -> None:
    gone = SimulatedOnvifDevice(BOB.user, BOB.password, [])
    await gone.start()
    await gone.close()
    with pytest.raises(OnvifFault, match="Nothing answers"):
        async with reach(gone.url, BOB, NETWORKS, CLOCK):
            pass
    with pytest.raises(OutsideNetworks):
        async with reach("http://8.8.8.8/onvif/device_service", BOB, NETWORKS, CLOCK):
            pass
