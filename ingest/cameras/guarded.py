"""Opens only what is in a network of cameras; checked again at each connection."""

from collections.abc import Sequence

from ingest.cameras.networks import Network, pinned
from ingest.cameras.source import Opener, SourceFault, StreamSource
from models.kit.errors import InvalidInput


def guarded(networks: Sequence[Network], opener: Opener) -> Opener:
    """Return the opener, given nothing but addresses that were checked just now.

    A name may have changed since the camera was added, and so may the setting.
    """

    def open_inside(url: str, read_timeout_s: float, transport: str) -> StreamSource:
        try:
            inside = pinned(url, networks)
        except InvalidInput as error:
            raise SourceFault(error.detail) from error
        return opener(inside, read_timeout_s, transport)

    return open_inside
