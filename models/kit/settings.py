"""Every option of the product, with its default and its unit. Read once, in a process' __main__."""

import os
import tomllib
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from models.kit.errors import SettingsError

# Read elsewhere, before or without Settings: where PostgreSQL is, the tests' own server.
_OTHER_VARIABLES = {"AHUAL_POSTGRES_BIN", "AHUAL_TEST_DATABASE_URL"}

_PRIVATE_NETWORKS: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("10.0.0.0/8"),
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.168.0.0/16"),
    IPv4Network("100.64.0.0/10"),
    IPv4Network("127.0.0.0/8"),
    IPv6Network("fc00::/7"),
    IPv6Network("::1/128"),
)


class Settings(BaseSettings):
    """Options from AHUAL_… environment variables, then ahual.toml, then the defaults below."""

    model_config = SettingsConfigDict(
        env_prefix="AHUAL_", toml_file="ahual.toml", extra="forbid", frozen=True
    )

    state_dir: Path = Field(Path("var"), description="Recordings, the embedded database, logs.")
    database_url: str | None = Field(
        None, description="postgresql://… of an existing PostGIS; unset means the embedded one."
    )
    secret_key: SecretStr | None = Field(
        None,
        description="Signs media tickets; unset means <state_dir>/secret.key, made at first start.",
    )
    log_format: Literal["text", "json"] = "text"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    # dashboard_api
    api_host: str = "127.0.0.1"
    api_port: int = 8080
    api_public_url: str | None = Field(
        None, description="Address people type, e.g. https://ahual.gov4c.kz."
    )
    session_hours: float = Field(14, description="A session ends this many hours after login.")
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    tls_ca: Path | None = Field(
        None, description="CA that processes of the house trust beside the system's own."
    )
    map_tiles_url: str | None = Field(
        None,
        description="Own ground of the map: a .pmtiles file or address, https://…/{z}/{x}/{y}.png"
        " or style:https://…, then, after spaces, further origins that a style asks; unset means"
        " the built-in one.",
    )
    map_attribution: str | None = Field(None, description="Whose own tiles are; shown on the map.")
    web_dist: Path = Path("web/dist")

    # ingest: the media node
    media_node: str = Field("node-1", description="Name of this media node; one row in media_node.")
    media_host: str = "127.0.0.1"
    media_port: int = Field(8090, description="Of worker 0; worker n listens on this plus n.")
    media_public_url: str | None = Field(
        None,
        description="Address browsers reach the node at; unset means the API's host, media_port."
        " With several workers: {worker} in it becomes the number, or its port is counted up.",
    )
    media_workers: int = Field(
        1, ge=1, le=64, description="Processes of this node; each owns a part of its cameras."
    )
    media_worker: int = Field(0, ge=0, description="Which of them this process is; set by up.")
    camera_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode] = Field(
        _PRIVATE_NETWORKS,
        description="Networks, comma-separated, where cameras may be; others are never asked.",
    )
    media_streams_max: int = Field(
        1000, ge=1, description="Streams that one worker reads; further ones are refused by name."
    )
    media_sockets_max: int = Field(
        256, ge=1, description="Live and replay sockets of one worker; each may hold 4 MB."
    )
    clips_at_once: int = Field(2, ge=1, description="Clips that one worker cuts at a time.")
    recordings_dir: Path | None = Field(None, description="Unset means <state_dir>/recordings.")
    segment_s: float = Field(10, description="Seconds a recording file lasts.")
    camera_silence_s: float = Field(5, description="No picture for this long is a stall.")
    reserve_bytes: int = Field(
        512 * 1024 * 1024, description="Recording stops before free space is below."
    )
    recordings_keep_days: float = Field(30, description="Unheld recordings older than this may go.")
    whep_peers_max: int = 64
    media_addresses: Annotated[tuple[IPv4Address | IPv6Address, ...], NoDecode] = Field(
        (),
        description="Own addresses, comma-separated, that WebRTC offers to browsers; unset means"
        " all but loopback. Name those that browsers reach where a node has several networks.",
    )

    # ingest: GPS receivers
    gps_host: str = "127.0.0.1"
    osmand_port: int = 5055
    wialon_port: int = 5039
    teltonika_port: int = Field(5027, description="TCP and UDP.")
    nmea_port: int = Field(5018, description="TCP and UDP.")
    egts_port: int = 5180
    galileosky_port: int = 5034
    navtelecom_port: int = 5035
    raw_messages_keep_days: float = Field(
        7, gt=0, description="What devices sent is kept so long, to be decoded again."
    )
    positions_keep_days: float = Field(
        1096, gt=0, description="Positions older than this go, a day at a time."
    )
    gps_checksum_strict: bool = Field(
        False, description="Refuse GPS messages with a wrong checksum; off means count and warn."
    )

    # vision
    vision_detector: Literal["auto", "openvino", "onnxruntime", "opencv", "ultralytics"] = "auto"
    vision_weights: str | None = Field(
        None,
        description="Name of pinned weights; unset means those that ./ahual weights promote chose,"
        " else the release's own.",
    )
    vision_node: str = Field("vision-1", description="Name of this process; a row in vision_node.")
    vision_threads: int = Field(1, ge=1, le=64, description="Inference threads, one a core.")

    # processes' own health and metrics ports (loopback)
    vision_health_port: int = 8081
    geo_health_port: int = 8082
    alerts_health_port: int = 8083

    @field_validator("camera_networks", "media_addresses", mode="before")
    @classmethod
    def _split_list(cls, given: object) -> object:
        return [n.strip() for n in given.split(",")] if isinstance(given, str) else given

    @model_validator(mode="after")
    def _worker_exists(self) -> Self:
        if self.media_worker >= self.media_workers:
            msg = f"media_worker is {self.media_worker}, but media_workers is {self.media_workers}"
            raise ValueError(msg)
        return self

    @property
    def media_worker_port(self) -> int:
        """The port of this worker; 0 stays 0, any free one."""
        return self.media_port and self.media_port + self.media_worker

    @property
    def recordings_path(self) -> Path:
        return self.recordings_dir or self.state_dir / "recordings"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load() -> Settings:
    """Read the settings for a person at a terminal.

    Raises:
        SettingsError: a value cannot be meant, or a name is not known; the message lists all.
    """
    prefix = "AHUAL_"
    known = {prefix + name.upper() for name in Settings.model_fields} | _OTHER_VARIABLES
    unknown = sorted(n for n in os.environ if n.startswith(prefix) and n not in known)
    troubles = [f"{name}: no such setting" for name in unknown]
    try:
        settings = Settings()
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"ahual.toml cannot be read: {error}") from error
    except ValidationError as error:
        troubles += [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise SettingsError("Settings: " + "; ".join(troubles)) from error
    if troubles:
        raise SettingsError("Settings: " + "; ".join(troubles))
    return settings
