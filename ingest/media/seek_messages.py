"""What a window says on a replay socket."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from ingest.media.seek_plan import Pick
from ingest.media.windows import TileNumber, read_wish

TILES_MAX = 8  # four cameras side by side, main and sub of each
_EARLIEST_S, _LATEST_S = 0.0, 7_258_118_400.0  # to the year 2200
UnixSeconds = Annotated[float, Field(ge=_EARLIEST_S, le=_LATEST_S, allow_inf_nan=False)]


class _Message(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Open(_Message):
    """Show a camera's archive on a tile."""

    type: Literal["open"]
    tile: TileNumber
    ticket: str
    stream: Literal["main", "sub"] = "main"


class Seek(_Message):
    """Show the picture of an instant; tile null: on all tiles.

    ``exact`` false shows the key picture before it, which costs one decoded picture.
    """

    type: Literal["seek"]
    tile: TileNumber | None
    at: UnixSeconds
    pick: Pick = Pick.FIRST
    exact: bool = True


class Read(_Message):
    """Send the GOP that plays at an instant, all of it or its key picture."""

    type: Literal["read"]
    tile: TileNumber
    at: UnixSeconds
    key_only: bool = False


class Close(_Message):
    """Take a camera off its tile."""

    type: Literal["close"]
    tile: TileNumber


Wish = Open | Seek | Read | Close
_WISH: TypeAdapter[Wish] = TypeAdapter(Annotated[Wish, Field(discriminator="type")])


def parse(text: str) -> Wish:
    """Read one message.

    Raises:
        InvalidInput: naming the field that cannot be meant.
    """
    return read_wish(_WISH, text, "open, seek, read or close")
