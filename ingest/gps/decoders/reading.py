"""How the bytes of one transport become messages: what a decoder hands to the table; pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from ingest.gps.decoders.message import DeviceMessage

Session = TypeVar("Session")


class Feed(Protocol[Session]):
    """A decoder's ``feed``: a piece of a connection in, the next session and its messages out."""

    def __call__(
        self, session: Session, received: bytes, received_at: datetime, *, strict: bool = False
    ) -> tuple[Session, list[DeviceMessage]]: ...


def nothing_left(_session: object) -> list[DeviceMessage]:
    """Return no message: what decoders that hold nothing back say at a connection's end."""
    return []


@dataclass(frozen=True, slots=True)
class Reading(Generic[Session]):
    """One protocol over one transport.

    Attributes:
        begin: makes the session of a new connection; a frozen dataclass with a field ``device``,
            the identifier that the connection gave, None before it gave one.
        feed: leads a session on. Over UDP each call is one whole datagram of a source.
        finish: the messages held back when the connection ended, without answers.
        line_end: stands between two messages of the stream and is no part of ``raw``.
    """

    begin: Callable[[], Session]
    feed: Feed[Session]
    finish: Callable[[Session], list[DeviceMessage]] = nothing_left
    line_end: bytes = b""


AnyReading = Reading[Any]
