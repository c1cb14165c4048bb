from ipaddress import ip_network

import pytest

from ingest.cameras.networks import OutsideNetworks, allowed_address, check, pinned
from models.kit.errors import InvalidInput
from models.kit.settings import Settings

NETWORKS = Settings.model_construct().camera_networks
NAMES = {
    "camera.office.kz": ["10.1.2.3"],
    "two-faced.kz": ["10.1.2.3", "8.8.8.8"],  # one honest answer does not excuse the other
    "nothing.kz": [],
    "mapped.kz": ["::ffff:10.0.0.9"],
}


def answers(host: str) -> list[str]:
    if host in NAMES:
        return NAMES[host]
    if host.endswith(".kz"):
        raise OSError("no such name")
    return [host]


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("10.0.0.5", "10.0.0.5"),
        ("172.16.0.1", "172.16.0.1"),
        ("192.168.1.64", "192.168.1.64"),
        ("127.0.0.1", "127.0.0.1"),
        ("fd00::5", "fd00::5"),
        ("camera.office.kz", "10.1.2.3"),
        ("mapped.kz", "10.0.0.9"),
    ],
)
def test_cameras_of_private_networks(host: str, address: str) -> None:
    assert allowed_address(host, NETWORKS, answers) == address


@pytest.mark.parametrize(
    "host",
    [
        "8.8.8.8",
        "169.254.169.254",  # where clouds keep their secrets
        "::ffff:169.254.169.254",
        "fe80::1",
        "172.32.0.1",
        "0.0.0.0",
        "2001:4860:4860::8888",
        "two-faced.kz",
        "nothing.kz",
        "unknown.kz",
    ],
)
async def test_other_hosts_are_refused(host: str) -> None:
    with pytest.raises(OutsideNetworks) as caught:
        allowed_address(host, NETWORKS, answers)
    assert caught.value.detail.startswith(f"The host {host}")


def test_the_connection_goes_to_the_checked_address() -> None:
    url = "rtsp://bob:secret@camera.office.kz:554/1"
    assert pinned(url, NETWORKS, answers) == "rtsp://bob:secret@10.1.2.3:554/1"


def test_a_host_inside_a_password_is_not_connected_to() -> None:
    """Other readers of addresses would take what stands before the first slash for the host."""
    url = "rtsp://8.8.8.8:x/1@camera.office.kz/1"
    assert pinned(url, NETWORKS, answers) == "rtsp://8.8.8.8:x%2F1@10.1.2.3/1"


@pytest.mark.parametrize("url", ["rtsp://2130706433/1", "rtsp://0x7f.1/1", "rtsp://127.1/1"])
async def test_addresses_in_odd_clothes(url: str) -> None:
    """The system resolver undresses them; what they are is judged, not how they are written."""
    await check(url, NETWORKS)
    with pytest.raises(OutsideNetworks):
        await check(url, [ip_network("10.0.0.0/8")])


@pytest.mark.parametrize("url", ["rtsp:///1", "nonsense", "rtsp://[::1/1", "rtsp://a..b/1"])
async def test_nonsense_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        await check(url, NETWORKS)
