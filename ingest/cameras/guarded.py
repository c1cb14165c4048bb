"""Opens only what is in a network of cameras; checked again at each connection."""

from collections.abc import Sequence

from ingest.cameras.address import host_of, put_together, take_apart
from ingest.cameras.networks import Network, pinned
from ingest.cameras.source import Opener, Redirected, SourceFault, StreamSource
from models.kit.errors import InvalidInput

_MOVES = 3


def guarded(networks: Sequence[Network], opener: Opener) -> Opener:
    """Return the opener, given nothing but addresses that were checked just now.

    A name may have changed since the camera was added, and so may the setting. Where a camera
    sends us elsewhere, that is checked in the same way; its password goes to its own host only.
    """

    def open_inside(url: str, read_timeout_s: float, transport: str) -> StreamSource:
        inside = _checked(url, networks)
        for _ in range(_MOVES):
            try:
                return opener(inside, read_timeout_s, transport)
            except Redirected as moved:
                inside = _followed(inside, moved, networks)
        raise SourceFault("the camera sends us from one address to the next without an end")

    return open_inside


def _checked(url: str, networks: Sequence[Network]) -> str:
    try:
        return pinned(url, networks)
    except InvalidInput as error:
        raise SourceFault(error.detail) from error


def _followed(inside: str, moved: Redirected, networks: Sequence[Network]) -> str:
    try:
        there = pinned(moved.url, networks)
    except InvalidInput as error:
        raise SourceFault(f"{moved}; {error.detail}") from error
    bare, told = take_apart(there)
    _, ours = take_apart(inside)
    at_home = host_of(bare) == host_of(inside)
    return put_together(bare, told or (ours if at_home else None))
