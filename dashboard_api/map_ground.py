"""The one setting for own tiles: a PMTiles file or address, an XYZ template or a style. Pure."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from models.kit.errors import SettingsError

BUILTIN_ATTRIBUTION = "Natural Earth · © GeoNames (CC BY 4.0)"
FILE_PATH = "/api/v1/map/ground.pmtiles"
_BUILTIN_ZOOM, _TILES_ZOOM = 14, 18


@dataclass(frozen=True, slots=True)
class Ground:
    """What lies under the vans.

    Attributes:
        url: what the browser loads; None for the product's own ground.
        file: of a PMTiles archive that the API itself serves at FILE_PATH.
        origins: all that the browser may ask for tiles, as the setting names them.
    """

    kind: Literal["builtin", "style", "xyz", "pmtiles"]
    url: str | None = None
    file: Path | None = None
    origins: tuple[str, ...] = ()

    @property
    def max_zoom(self) -> int:
        return _BUILTIN_ZOOM if self.kind == "builtin" else _TILES_ZOOM


def ground(setting: str | None) -> Ground:
    """Return what a setting means.

    After an address may stand, with spaces between, the further origins that its style asks.

    Raises:
        SettingsError: it cannot be meant; the message says what can.
    """
    if not setting or not setting.strip():
        return Ground("builtin")
    place = setting.removeprefix("pmtiles://").removeprefix("pmtiles:")
    archive = place != setting or place.split()[0].endswith(".pmtiles")
    network = urlsplit(place).scheme in ("http", "https")
    if (archive or place.endswith(".pmtiles")) and not network:
        return Ground("pmtiles", FILE_PATH, Path(place))
    address, *others = place.split()
    if address.startswith("style:"):
        return _served("style", address.removeprefix("style:"), others, setting)
    if archive:
        return _served("pmtiles", address, others, setting)
    if all(part in address for part in ("{z}", "{x}", "{y}")):
        return _served("xyz", address, others, setting)
    raise SettingsError(
        f"AHUAL_MAP_TILES_URL is {setting!r}; give a .pmtiles file or address, "
        "https://…/{z}/{x}/{y}.png, or style:https://…"
    )


def _served(
    kind: Literal["style", "xyz", "pmtiles"], url: str, others: list[str], setting: str
) -> Ground:
    named = [_origin(url, setting)]
    for other in others:
        if other.rstrip("/") != _origin(other, setting):
            raise SettingsError(
                f"AHUAL_MAP_TILES_URL is {setting!r}; after the address only further origins may "
                f"stand, such as https://fonts.example, and {other} is none"
            )
        named.append(other.rstrip("/"))
    return Ground(kind, url, origins=tuple(dict.fromkeys(named)))


def _origin(url: str, setting: str) -> str:
    parts = urlsplit(url)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or any(c in parts.netloc for c in "{}@*")
        or any(c in url for c in ";,\"'")
    ):
        raise SettingsError(
            f"AHUAL_MAP_TILES_URL is {setting!r}; an address begins with http:// or https:// and "
            "the name of one server, and has no commas or semicolons"
        )
    return f"{parts.scheme}://{parts.netloc}"
