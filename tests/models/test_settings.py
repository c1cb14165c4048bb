"""Settings: a mistyped name or value is told by name, all at once."""

from pathlib import Path

import pytest

from models.kit.errors import SettingsError
from models.kit.settings import Settings, load


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ahual.toml").write_text("api_port = 9000\nmedia_port = 9001\n")
    monkeypatch.setenv("AHUAL_API_PORT", "9100")
    settings = load()
    assert (settings.api_port, settings.media_port) == (9100, 9001)


@pytest.mark.parametrize(
    "given", ["10.1.0.0/16, fd00::/8", "10.1.0.0/16,fd00::/8", ["10.1.0.0/16", "fd00::/8"]]
)
def test_networks_of_cameras(given: str | list[str]) -> None:
    networks = Settings.model_validate({"camera_networks": given}).camera_networks
    assert [str(network) for network in networks] == ["10.1.0.0/16", "fd00::/8"]


@pytest.mark.parametrize(
    ("toml", "variables", "told"),
    [
        ("", {"AHUAL_CAMERA_NETWORKS": "10.0.0.0/33"}, "camera_networks"),
        ("api_port = 'x'", {}, "api_port"),  # a wrong value in the file
        ("api_prot = 1", {}, "api_prot"),  # a mistyped name in the file
        ("", {"AHUAL_API_PROT": "1"}, "AHUAL_API_PROT: no such setting"),
        ("", {"AHUAL_API_PORT": "eighty"}, "api_port"),
        ("= broken", {}, "ahual.toml cannot be read"),
    ],
)
def test_a_mistake_is_named(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    toml: str,
    variables: dict[str, str],
    told: str,
) -> None:
    (tmp_path / "ahual.toml").write_text(toml)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=told):
        load()
