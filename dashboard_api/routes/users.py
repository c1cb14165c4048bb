"""/users: accounts, for administrators."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from sqlalchemy import select

from dashboard_api import accounts, audit, pages
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.common import Page
from dashboard_api.schemas.users import User, UserChange, UserIn
from dashboard_api.sessions import Caller, revoke_all
from models.kit.errors import Conflict, NotFound
from models.operator import Operator

router = APIRouter(tags=["users"])
Administrator = Annotated[Caller, Depends(Requires(Permission.USERS_MANAGE))]


@router.get("/users")
async def list_users(
    _caller: Administrator, centre: Centre, cursor: Cursor = None, limit: Limit = 100
) -> Page[User]:
    """Accounts by login."""
    async with centre.database.read() as session:
        rows, following = await pages.fetch(
            session, select(Operator), [Operator.login], cursor=cursor, limit=limit
        )
    items = [User.model_validate(row, from_attributes=True) for row in rows]
    return Page(items=items, next_cursor=following)


@router.post("/users", status_code=201)
async def create_user(wanted: UserIn, caller: Administrator, centre: Centre) -> User:
    """Add an account; 409 where the login is taken."""
    password_hash = await centre.passwords.hash(wanted.password)
    async with centre.database.transaction() as session:
        added = await accounts.insert(
            session,
            Operator(**wanted.model_dump(exclude={"password"}), password_hash=password_hash),
        )
        audit.record(
            session, caller.operator_id, "user.add", added.id, login=added.login, role=added.role
        )
        return User.model_validate(added, from_attributes=True)


@router.put("/users/{user_id}")
async def change_user(
    user_id: UUID, wanted: UserChange, caller: Administrator, centre: Centre
) -> User:
    """Disable or enable an account; disabling ends what it plays on every media node."""
    if user_id == caller.operator_id:
        raise Conflict("You cannot disable the account you are signed in with")
    now = centre.clock.now()
    async with centre.database.transaction() as session:
        # The lock makes a login at this moment wait; it then finds the account disabled.
        operator = await session.get(Operator, user_id, with_for_update=True)
        if operator is None:
            raise NotFound(f"There is no account {user_id}")
        if wanted.enabled == (operator.disabled_at is not None):
            operator.disabled_at = None if wanted.enabled else now
            action = "user.enable" if wanted.enabled else "user.disable"
            audit.record(session, caller.operator_id, action, user_id, login=operator.login)
        if not wanted.enabled:
            await revoke_all(session, user_id, now)
        return User.model_validate(operator, from_attributes=True)
