"""Whether the file of own tiles is there and is what the map can read."""

from pathlib import Path
from typing import Literal

from models.kit.errors import SettingsError

_BEGINS = b"PMTiles\x03"  # the third version of the format, the only one browsers read

Fault = Literal["missing", "not_archive"]


def fault(file: Path) -> Fault | None:
    """Return what is wrong with an archive; None where nothing is."""
    try:
        with file.open("rb") as opened:
            return None if opened.read(len(_BEGINS)) == _BEGINS else "not_archive"
    except OSError:
        return "missing"


def require_archive(file: Path) -> None:
    """Refuse a file that the map could not show.

    Raises:
        SettingsError: saying what to do.
    """
    said = {
        "missing": "there is no such file, or it may not be read",
        "not_archive": "it is not a PMTiles archive of version 3",
    }
    found = fault(file)
    if found is not None:
        raise SettingsError(
            f"AHUAL_MAP_TILES_URL names {file}: {said[found]}; correct it, or unset it to use the "
            "built-in map"
        )
