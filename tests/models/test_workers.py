"""Every camera has exactly one worker; a public address tells the workers apart."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.kit.errors import SettingsError
from models.workers import worker_of, worker_url


@given(st.uuids(), st.integers(1, 64))
def test_a_camera_has_one_worker_of_those_there_are(camera_id: UUID, workers: int) -> None:
    assert 0 <= worker_of(camera_id, workers) < workers
    assert worker_of(camera_id, 1) == 0


@pytest.mark.parametrize(
    ("public", "worker", "workers", "address"),
    [
        ("https://media.example.kz", 0, 1, "https://media.example.kz"),
        ("https://media-{worker}.example.kz", 3, 4, "https://media-3.example.kz"),
        ("https://media-{worker}.example.kz", 0, 1, "https://media-0.example.kz"),
        ("https://example.kz:8443", 0, 2, "https://example.kz:8443"),
        ("https://example.kz:8443/", 1, 2, "https://example.kz:8444"),
        ("https://example.kz:8443/node", 1, 2, "https://example.kz:8444/node"),
        ("http://[::1]:8090", 2, 3, "http://[::1]:8092"),
    ],
)
def test_the_address_of_a_worker(public: str, worker: int, workers: int, address: str) -> None:
    assert worker_url(public, worker, workers) == address


@pytest.mark.parametrize("public", ["https://media.example.kz", "http://[::1]", "nonsense", ""])
def test_an_address_that_fits_one_worker_only_is_refused(public: str) -> None:
    with pytest.raises(SettingsError, match=r"\{worker\}"):
        worker_url(public, 1, 2)
