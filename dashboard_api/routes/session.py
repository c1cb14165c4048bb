"""POST, GET and DELETE /session: signing in and out."""

from fastapi import APIRouter, Request, Response

from dashboard_api import audit, auth
from dashboard_api.dependencies import Centre, SignedIn, refuse_foreign_origin
from dashboard_api.origins import cookie_name, is_secure
from dashboard_api.permissions import ROLE_PERMISSIONS, Permission
from dashboard_api.schemas.session import Credentials, Me
from dashboard_api.sessions import Caller, revoke

router = APIRouter(tags=["session"])


def _me(caller: Caller) -> Me:
    return Me.model_validate(
        {
            "id": caller.operator_id,
            "login": caller.login,
            "full_name": caller.full_name,
            "role": caller.role,
            "language": caller.language,
            "region_id": caller.region_id,
            "permissions": [p for p in Permission if p in ROLE_PERMISSIONS[caller.role]],
        }
    )


@router.post("/session")
async def sign_in(
    credentials: Credentials, request: Request, response: Response, centre: Centre
) -> Me:
    """Open a session; its cookie is HttpOnly. Five wrong passwords in a minute make one wait."""
    refuse_foreign_origin(request, centre)
    auth.refuse_open_network(request, centre)
    token, caller = await auth.sign_in(
        centre,
        login=credentials.login,
        password=credentials.password,
        address=request.client.host if request.client else "unknown",
        user_agent=request.headers.get("user-agent", ""),
    )
    secure = is_secure(str(request.url), centre.settings.api_public_url)
    response.set_cookie(
        cookie_name(secure=secure),
        token,
        max_age=int(centre.settings.session_hours * 3600),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )
    return _me(caller)


@router.get("/session")
async def who_am_i(caller: SignedIn) -> Me:
    return _me(caller)


@router.delete("/session", status_code=204)
async def sign_out(request: Request, response: Response, caller: SignedIn, centre: Centre) -> None:
    """End this session everywhere: live sockets close, media nodes stop what it plays."""
    async with centre.database.transaction() as session:
        await revoke(session, caller.session_id, centre.clock.now())
        audit.record(session, caller.operator_id, "session.logout", caller.session_id)
    secure = is_secure(str(request.url), centre.settings.api_public_url)
    response.delete_cookie(
        cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )
