"""/users: accounts, for administrators."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import select

from dashboard_api import accounts, audit, pages
from dashboard_api.dependencies import Centre, Cursor, Limit, Requires
from dashboard_api.permissions import Permission
from dashboard_api.schemas.common import Page
from dashboard_api.schemas.users import User, UserIn
from dashboard_api.sessions import Caller
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
