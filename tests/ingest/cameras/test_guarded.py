from ipaddress import ip_network

import pytest

from ingest.cameras.guarded import guarded
from ingest.cameras.source import SourceFault, StreamSource

HERE = [ip_network("127.0.0.0/8"), ip_network("::1/128")]


def test_nothing_outside_is_ever_asked() -> None:
    asked: list[tuple[str, float, str]] = []

    def opener(url: str, timeout_s: float, transport: str) -> StreamSource:
        asked.append((url, timeout_s, transport))
        raise SourceFault("nobody answers")

    guard = guarded(HERE, opener)
    with pytest.raises(SourceFault, match="nobody answers"):
        guard("rtsp://bob:secret@127.0.0.1:8554/1", 5.0, "udp")
    for url in ("rtsp://bob:secret@8.8.8.8/1", "rtsp://169.254.169.254/1", "nonsense"):
        with pytest.raises(SourceFault) as caught:
            guard(url, 5.0, "tcp")
        assert "secret" not in str(caught.value)
    assert asked == [("rtsp://bob:secret@127.0.0.1:8554/1", 5.0, "udp")]
