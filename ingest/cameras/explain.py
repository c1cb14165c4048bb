"""What FFmpeg's errors mean to the person who has to do something about a camera. Pure."""

import errno

import av.error

from models.kit.log import redact

_MEANT: tuple[tuple[type[Exception], str], ...] = (
    (av.error.HTTPUnauthorizedError, "401, the camera refuses this user and password"),
    (av.error.HTTPForbiddenError, "403, this user may not see the stream"),
    (av.error.HTTPNotFoundError, "404, the camera has no stream at this path; check the path"),
    (av.error.ConnectionRefusedError, "Connection refused: nothing listens there; check the port"),
    (av.error.InvalidDataError, "no answer in time, or one that is not RTSP; check the address"),
    (av.error.ExitError, "no answer in time"),
    (av.error.TimeoutError, "no answer in time"),
)
_SILENT = (av.error.ExitError, av.error.TimeoutError)


def meaning(error: Exception, transport: str) -> str:
    """Return what is wrong and what to check, without a password.

    Args:
        error: that av raised.
        transport: tcp, udp or http, as it was asked for.
    """
    number = getattr(error, "errno", None)
    if number == errno.EPROTONOSUPPORT:
        others = " or ".join(way for way in ("tcp", "udp", "http") if way != transport)
        return f"the camera refuses to send by {transport}; set the transport to {others}"
    if transport == "http" and (number == errno.EIO or isinstance(error, _NO_TUNNEL)):
        return "the camera opens no RTSP tunnel in HTTP at this port; set the transport to tcp"
    if transport == "udp" and isinstance(error, _SILENT):
        return "nothing arrives by UDP; a firewall may hold it back: set the transport to tcp"
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    known = (text for kind, text in _MEANT if isinstance(error, kind))
    return next(known, redact(said))


_NO_TUNNEL = (av.error.HTTPNotFoundError, av.error.HTTPBadRequestError, av.error.InvalidDataError)
