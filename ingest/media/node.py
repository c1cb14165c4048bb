"""What every door of the media node needs, and the ticket check in front of each."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from fastapi import Request

from ingest.cameras.feed import Feed
from ingest.media import tickets
from ingest.media.revocation import Revocations
from ingest.media.tickets import Ticket
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.errors import Unauthenticated
from models.kit.settings import Settings
from models.observations import StreamKind


class FeedDirectory(Protocol):
    """Where live streams are found."""

    def get(self, camera_id: UUID, kind: StreamKind) -> Feed:
        """Return the stream of a camera of this node.

        Raises:
            NotFound: no such camera or stream here.
        """

    def address(self, camera_id: UUID) -> str:
        """Return the RTSP address of a camera, with its password; for this process only.

        Raises:
            NotFound: no such camera here.
        """


@dataclass(frozen=True, slots=True)
class MediaNode:
    """The node's parts as its doors see them."""

    feeds: FeedDirectory
    database: Database
    settings: Settings
    key: bytes
    clock: Clock
    revocations: Revocations

    def admit(self, text: str) -> Ticket:
        """Return the ticket if it opens anything now.

        Raises:
            Unauthenticated: forged, damaged, expired, or its session is over.
        """
        ticket = tickets.verify(text, self.key, self.clock.now())
        self.require_session(ticket)
        return ticket

    def require_session(self, ticket: Ticket) -> None:
        """Refuse a session that is over.

        Raises:
            Unauthenticated: it is.
        """
        if self.revocations.is_over(ticket):
            msg = "The session behind this media ticket was ended. Sign in again."
            raise Unauthenticated(msg)

    def admit_request(self, request: Request) -> Ticket:
        """Return the ticket of a request: ?ticket=… or Authorization: Bearer ….

        Raises:
            Unauthenticated: see ``admit``.
        """
        text = request.query_params.get("ticket", "")
        if not text:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            text = token.strip() if scheme.lower() == "bearer" else ""
        return self.admit(text)
