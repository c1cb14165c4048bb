"""Signing in: password, throttle and audit."""

from sqlalchemy import select
from starlette.requests import Request

from dashboard_api import audit
from dashboard_api.origins import is_loopback, is_secure
from dashboard_api.services import Services
from dashboard_api.sessions import Caller, open_session
from models.kit.errors import Forbidden, TooMany, Unauthenticated
from models.kit.log import get
from models.operator import Operator

log = get(__name__)


def refuse_open_network(request: Request, centre: Services) -> None:
    """Raise Forbidden where a password would cross a network unencrypted."""
    url = str(request.url)
    if not is_secure(url, centre.settings.api_public_url) and not is_loopback(url):
        raise Forbidden("Open this address with https; without it only localhost may sign in")


async def sign_in(
    centre: Services, *, login: str, password: str, address: str, user_agent: str
) -> tuple[str, Caller]:
    """Return the new session's cookie value and its caller.

    Raises:
        TooMany: too many wrong passwords for this login from this address.
        Unauthenticated: login or password is wrong, or the account is disabled.
    """
    key = f"{login.casefold()}\n{address}"
    wait_s = centre.throttle.wait_s(key, centre.clock.monotonic())
    if wait_s > 0:
        raise TooMany("Too many wrong passwords; wait a minute", retry_after_s=int(wait_s) + 1)
    async with centre.database.read() as session:
        operator = (
            await session.execute(select(Operator).where(Operator.login == login))
        ).scalar_one_or_none()
    usable = operator if operator is not None and operator.disabled_at is None else None
    fits = await centre.passwords.matches(usable.password_hash if usable else None, password)
    if usable is None or not fits:
        centre.throttle.fail(key, centre.clock.monotonic())
        log.info("session.refused", login=login, address=address)
        async with centre.database.transaction() as session:
            known = operator.id if operator else None
            audit.record(session, known, "session.refused", login, address=address)
        raise Unauthenticated("Login or password is wrong")
    centre.throttle.succeed(key)
    async with centre.database.transaction() as session:
        token, caller = await open_session(
            session,
            usable,
            now=centre.clock.now(),
            hours=centre.settings.session_hours,
            address=address,
            user_agent=user_agent,
        )
        audit.record(session, usable.id, "session.login", caller.session_id, address=address)
    return token, caller
