"""Media tickets: the API signs who may see what until when, a media node verifies without asking.

Pure. A ticket is text: base64url(JSON) "." base64url(HMAC-SHA256 of the first part), no padding.
"""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from models.kit.errors import Forbidden, InvalidInput, Unauthenticated

Purpose = Literal["live", "replay", "clip", "segment", "talk"]
SKEW = timedelta(seconds=5)  # how far the node's clock may be ahead of the signer's
_PURPOSES = get_args(Purpose)
_LONGEST_TEXT = 4096
_FORGED = "The media ticket is damaged or was not signed by this installation. Ask for a new one."


@dataclass(frozen=True, slots=True)
class Ticket:
    """A right to media, bound to a user's session, one camera (or clip) and an interval.

    Attributes:
        user, session: whom the audit log names, and whose revocation ends this.
        camera: None only where the purpose is a clip; it never means "any camera".
        starts_at, ends_at: for replay and segments, the footage this opens; None is no limit.
        expires_at: nothing new may be opened with it from then on; what plays goes on.
        reason: why the person asked, as they typed it.
        session_ends_at: when the session ends by itself, and what plays for it with it.
    """

    user: str
    session: str
    camera: UUID | None
    purpose: Purpose
    starts_at: datetime | None
    ends_at: datetime | None
    expires_at: datetime
    reason: str = ""
    clip: UUID | None = None
    session_ends_at: datetime | None = None


def sign(ticket: Ticket, key: bytes) -> str:
    """Return the ticket as URL-safe text."""
    payload = {
        "user": ticket.user,
        "session": ticket.session,
        "camera": _text(ticket.camera),
        "purpose": ticket.purpose,
        "starts_at": _text(ticket.starts_at),
        "ends_at": _text(ticket.ends_at),
        "expires_at": _text(ticket.expires_at),
        "reason": ticket.reason,
        "clip": _text(ticket.clip),
        "session_ends_at": _text(ticket.session_ends_at),
    }
    said = {name: value for name, value in payload.items() if value}
    body = _encode(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode())
    return f"{body}.{_encode(_mac(body, key))}"


def verify(text: str, key: bytes, now: datetime) -> Ticket:
    """Return what was signed; its end counts from ``SKEW`` later, as clocks differ.

    Raises:
        Unauthenticated: missing, forged, damaged or expired; the message says which.
    """
    if not text:
        msg = "A media ticket is needed: ?ticket=… or Authorization: Bearer …"
        raise Unauthenticated(msg)
    body, dot, mac = text.partition(".")
    if len(text) > _LONGEST_TEXT or not dot or not text.isascii():
        raise Unauthenticated(_FORGED)
    if not hmac.compare_digest(_encode(_mac(body, key)), mac):
        raise Unauthenticated(_FORGED)
    ticket = _parse(body)
    if now >= ticket.expires_at + SKEW:
        msg = f"The media ticket expired at {ticket.expires_at:%H:%M:%S} UTC. Ask for a new one."
        raise Unauthenticated(msg)
    return ticket


def require_camera(ticket: Ticket, camera: UUID, *purposes: Purpose) -> None:
    """Refuse a ticket that is for another camera or another purpose.

    Raises:
        Forbidden: naming what the ticket is for.
    """
    if ticket.purpose not in purposes:
        wanted = " or ".join(purposes)
        msg = f"This media ticket is for {ticket.purpose}; this address needs one for {wanted}."
        raise Forbidden(msg)
    if ticket.camera != camera:
        msg = f"This media ticket is not for camera {camera}. Ask for one for that camera."
        raise Forbidden(msg)


def require_clip(ticket: Ticket, clip: UUID) -> None:
    """Refuse a ticket that is not for this clip.

    Raises:
        Forbidden: naming what the ticket is for.
    """
    if ticket.purpose != "clip" or ticket.clip != clip:
        msg = f"This media ticket is not for clip {clip}. Ask for one for that clip."
        raise Forbidden(msg)


def require_interval(ticket: Ticket, start: datetime, end: datetime) -> None:
    """Refuse footage outside of what the ticket opens.

    Raises:
        Forbidden: naming the interval that the ticket opens.
    """
    early = ticket.starts_at is not None and start < ticket.starts_at
    late = ticket.ends_at is not None and end > ticket.ends_at
    if early or late:
        msg = (
            f"This media ticket opens {_text(ticket.starts_at) or 'any time'} to "
            f"{_text(ticket.ends_at) or 'any time'}. Ask for one for the longer interval."
        )
        raise Forbidden(msg)


def parse_instant(text: str, field: str) -> datetime:
    """Return an instant given as ISO 8601 with an offset, or as Unix seconds.

    Raises:
        InvalidInput: neither, or a local time without its offset.
    """
    try:
        return datetime.fromtimestamp(float(text), UTC)
    except (ValueError, OverflowError, OSError):
        pass  # not a number, or one that no calendar has: the ISO branch says so
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        pass  # no instant, or one beyond the calendar once it is UTC
    msg = f"«{field}» must be like 2026-03-19T07:00:00Z or Unix seconds."
    raise InvalidInput(msg, field=field)


def _parse(body: str) -> Ticket:
    try:
        payload = json.loads(_decode(body))
        purpose = payload["purpose"]
        if purpose not in _PURPOSES:
            raise Unauthenticated(_FORGED)
        return Ticket(
            user=str(payload.get("user", "")),
            session=str(payload.get("session", "")),
            camera=_uuid(payload.get("camera")),
            purpose=purpose,
            starts_at=_instant(payload.get("starts_at")),
            ends_at=_instant(payload.get("ends_at")),
            expires_at=datetime.fromisoformat(payload["expires_at"]),
            reason=str(payload.get("reason", "")),
            clip=_uuid(payload.get("clip")),
            session_ends_at=_instant(payload.get("session_ends_at")),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unauthenticated(_FORGED) from error  # signed by a release that meant something else


def _mac(body: str, key: bytes) -> bytes:
    return hmac.digest(key, body.encode(), hashlib.sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(value: UUID | datetime | None) -> str | None:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return None if value is None else str(value)


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
