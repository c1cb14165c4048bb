"""Who answers a probe; what answers say of themselves is not believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cameras.networks import OutsideNetworks
from ingest.onvif.discovery import discover, matches
from ingest.onvif.facts import Found, Profile, choose_streams
from ingest.simulated.onvif_device import SimulatedOnvifDevice, probe_match
from models.kit.settings import Settings

NETWORKS = Settings.model_construct().camera_networks
URL = "http://10.0.0.5/onvif/device_service"


async def test_a_camera_answers_over_the_network() -> None:
    device = SimulatedOnvifDevice("bob", "secret", [])
    await device.start()
    try:
        found = await discover(
            NETWORKS, addresses=["127.0.0.1"], wait_s=0.5, port=device.discovery_port
        )
    finally:
        await device.close()
    assert found == [Found(device.url, "127.0.0.1", "Ahual hall", "Simulated")]


async def test_an_address_outside_is_not_asked() -> None:
    with pytest.raises(OutsideNetworks):
        await discover(NETWORKS, addresses=["10.0.0.5", "8.8.8.8"], wait_s=0)


@pytest.mark.parametrize(
    ("urls", "url"),
    [
        (URL, URL),
        (f"http://[fd00::5]/onvif {URL}", URL),  # the one that it answered from
        ("http://192.168.1.5/onvif", "http://192.168.1.5/onvif"),
        ("http://8.8.8.8/onvif", None),
        ("http://camera.local/onvif", None),  # names are for whoever asks them, not for here
        ("ftp://10.0.0.5/", None),
        ("nonsense http://", None),
        ("", None),
    ],
)
def test_where_a_device_says_it_is(urls: str, url: str | None) -> None:
    found = matches(probe_match(urls, "Hall").encode(), "10.0.0.5", NETWORKS)
    assert [each.url for each in found] == ([] if url is None else [url])


@given(st.binary(max_size=200))
def test_garbage_is_no_device(garbage: bytes) -> None:
    assert matches(garbage, "10.0.0.5", NETWORKS) == []


def test_entities_do_not_grow() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
    )
    answer = probe_match(URL, "x").replace("Simulated", "&m;")
    assert matches((bomb + "]>" + answer).encode(), "10.0.0.5", NETWORKS) == []


def a_profile(token: str, codec: str, width: int, height: int) -> Profile:
    return Profile(token, token, codec, width, height, 15.0, f"rtsp://10.0.0.5/{token}")


@pytest.mark.parametrize(
    ("profiles", "main", "sub"),
    [
        ([("a", "H264", 1920, 1080), ("b", "H264", 640, 360)], "a", "b"),
        ([("a", "H265", 3840, 2160), ("b", "H264", 1280, 720), ("c", "H264", 704, 576)], "a", "c"),
        ([("a", "H265", 3840, 2160), ("b", "H265", 640, 360)], "a", None),  # no browser shows it
        ([("a", "JPEG", 3840, 2160), ("b", "H264", 640, 360)], "b", None),
        ([("a", "JPEG", 3840, 2160)], None, None),
        ([], None, None),
    ],
)
def test_which_streams_we_want(
    profiles: list[tuple[str, str, int, int]], main: str | None, sub: str | None
) -> None:
    chosen = choose_streams([a_profile(*each) for each in profiles])
    assert tuple(None if each is None else each.token for each in chosen) == (main, sub)
