"""The one tree of named errors. Only dashboard_api and the media node translate it (RFC 9457).

CentreError
├── InvalidInput          422  what came in cannot be meant; the message says what to send instead
├── NotFound              404  no such thing, or none that the caller may know of
├── Forbidden             403  known caller, not allowed; the message says which role can
├── Unauthenticated       401  no or expired session, token or ticket
├── Conflict              409  the thing is in a state where this is not possible
├── PreconditionFailed    412  somebody else changed the card first (If-Match)
├── TooMany               429  a limit was hit; retry_after_s says when to try again
├── Unavailable           503  something we need is down; retry_after_s says when to try again
└── SettingsError         500  the installation is set up wrongly; the message names the setting
"""


class CentreError(Exception):
    """Root of every error that a person or another system may see.

    Attributes:
        status: the HTTP status that the edge answers with.
        type: the last part of the problem type URI, stable across releases.
        detail: one sentence that tells the reader what to do.
    """

    status = 500
    type = "internal"

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class InvalidInput(CentreError):
    """Attributes: field: the path of the offending field, where there is one."""

    status = 422
    type = "invalid-input"

    def __init__(self, detail: str, *, field: str | None = None) -> None:
        super().__init__(detail)
        self.field = field


class NotFound(CentreError):
    status = 404
    type = "not-found"


class Forbidden(CentreError):
    status = 403
    type = "forbidden"


class Unauthenticated(CentreError):
    status = 401
    type = "unauthenticated"


class Conflict(CentreError):
    status = 409
    type = "conflict"


class InUse(CentreError):
    """Somebody else uses it now; the message says who and for how long."""

    status = 423
    type = "in-use"


class PreconditionFailed(CentreError):
    status = 412
    type = "precondition-failed"


class TooMany(CentreError):
    status = 429
    type = "too-many"

    def __init__(self, detail: str, *, retry_after_s: int = 5) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class Unavailable(CentreError):
    status = 503
    type = "unavailable"

    def __init__(self, detail: str, *, retry_after_s: int = 5) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class SettingsError(CentreError):
    type = "settings"


def problem(error: CentreError, *, request_id: str | None = None) -> dict[str, object]:
    """Return the RFC 9457 problem object of an error; served as application/problem+json."""
    body: dict[str, object] = {
        "type": f"urn:ahual:problem:{error.type}",
        "title": error.type.replace("-", " ").capitalize(),
        "status": error.status,
        "detail": error.detail,
    }
    if isinstance(error, InvalidInput) and error.field is not None:
        body["errors"] = [{"field": error.field, "detail": error.detail}]
    if request_id is not None:
        body["request_id"] = request_id
    return body
