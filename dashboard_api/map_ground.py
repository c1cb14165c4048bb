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
    """

    kind: Literal["builtin", "style", "xyz", "pmtiles"]
    url: str | None = None
    file: Path | None = None

    @property
    def max_zoom(self) -> int:
        return _BUILTIN_ZOOM if self.kind == "builtin" else _TILES_ZOOM


def ground(setting: str | None) -> Ground:
    """Return what a setting means.

    Raises:
        SettingsError: it cannot be meant; the message says what can.
    """
    if not setting:
        return Ground("builtin")
    if setting.startswith("style:"):
        return Ground("style", _address(setting.removeprefix("style:"), setting))
    place = setting.removeprefix("pmtiles://").removeprefix("pmtiles:")
    if place != setting or place.endswith(".pmtiles"):
        if urlsplit(place).scheme in ("http", "https"):
            return Ground("pmtiles", _address(place, setting))
        return Ground("pmtiles", FILE_PATH, Path(place))
    if all(part in setting for part in ("{z}", "{x}", "{y}")):
        return Ground("xyz", _address(setting, setting))
    raise SettingsError(
        f"AHUAL_MAP_TILES_URL is {setting!r}; give a .pmtiles file or address, "
        "https://…/{z}/{x}/{y}.png, or style:https://…"
    )


def _address(url: str, setting: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or any(c in url for c in " ;,\"'"):
        raise SettingsError(
            f"AHUAL_MAP_TILES_URL is {setting!r}; an address begins with http:// or https:// and "
            "has no spaces, commas or semicolons"
        )
    return url
