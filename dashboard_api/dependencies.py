"""What routes ask for: the services, the caller, and a permission."""

from typing import Annotated

from fastapi import Depends, Query, Request
from starlette.requests import HTTPConnection

from dashboard_api.origins import SAFE_METHODS, cookie_name, is_secure, may_write
from dashboard_api.permissions import Permission, roles_with
from dashboard_api.services import Services, services
from dashboard_api.sessions import Caller, find_caller
from models.kit.errors import Forbidden, InvalidInput, Unauthenticated

Centre = Annotated[Services, Depends(services)]
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[str | None, Query(max_length=500)]


def session_token(connection: HTTPConnection, centre: Services) -> str | None:
    secure = is_secure(str(connection.url), centre.settings.api_public_url)
    return connection.cookies.get(cookie_name(secure=secure))


def refuse_foreign_origin(connection: HTTPConnection, centre: Services) -> None:
    """Raise Forbidden where a page of another site sent this request."""
    if not may_write(
        str(connection.url),
        connection.headers.get("origin"),
        connection.headers.get("sec-fetch-site"),
        centre.settings.api_public_url,
    ):
        raise Forbidden("This request came from a page of another site and was refused")


async def current_caller(request: Request, centre: Centre) -> Caller:
    """Return who is signed in.

    Raises:
        Unauthenticated: no session, or it ended.
        Forbidden: an unsafe request from a foreign page.
    """
    if request.method not in SAFE_METHODS:
        refuse_foreign_origin(request, centre)
    token = session_token(request, centre)
    if token is None:
        raise Unauthenticated("Sign in first")
    async with centre.database.read() as session:
        caller = await find_caller(session, token, centre.clock.now())
    if caller is None:
        raise Unauthenticated("Your session has ended; sign in again")
    return caller


class Requires:
    """Dependency: any of the permissions; none named means that being signed in is enough."""

    def __init__(self, *any_of: Permission) -> None:
        self.any_of = any_of

    async def __call__(self, caller: Annotated[Caller, Depends(current_caller)]) -> Caller:
        if self.any_of and not caller.may(*self.any_of):
            able = ", ".join(roles_with(*self.any_of))
            raise Forbidden(f"Your role ({caller.role}) may not do this; these may: {able}")
        return caller


SignedIn = Annotated[Caller, Depends(Requires())]


async def if_match(request: Request) -> int | None:
    """Return the version in If-Match, None when the header is absent or *.

    Raises:
        InvalidInput: the header is not a version that an ETag of ours named.
    """
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return None
    text = header.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput('If-Match must be the card\'s ETag, e.g. "3"', field="If-Match")
    return int(text)


IfMatch = Annotated[int | None, Depends(if_match)]
