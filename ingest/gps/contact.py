"""One conversation with a device: what its messages are numbered by, to be decoded again later."""

from dataclasses import dataclass, field
from uuid import UUID

from ingest.gps.decoders.table import Transport
from models.kit.ids import new_id

_LONGEST = {"http": 100_000, "tcp": 2_000_000_000, "udp": 2_000_000_000}  # the column's own limit


@dataclass(frozen=True, slots=True)
class Heard:
    """Where a message stood: decoders of connections need all messages before it."""

    transport: Transport
    session_id: UUID
    number: int


@dataclass(slots=True)
class Contact:
    """A TCP connection, a UDP source, or the HTTP receiver, whose requests stand alone."""

    transport: Transport
    session_id: UUID = field(default_factory=new_id)
    heard: int = 0

    def next(self) -> Heard:
        """Return the place of the next message.

        Requests stand alone, so theirs begin anew now and then; a connection that is longer than
        numbers go on is told from a new one by beginning with 1.
        """
        if self.heard >= _LONGEST[self.transport]:
            self.session_id, self.heard = new_id(), int(self.transport != "http")
        number, self.heard = self.heard, self.heard + 1
        return Heard(self.transport, self.session_id, number)
