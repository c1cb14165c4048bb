"""Adding accounts; used by the API, the command line and the demo."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit
from dashboard_api.passwords import Passwords
from models.kit.database import Database
from models.kit.errors import Conflict, InvalidInput
from models.observations import RoleName
from models.office import Region
from models.operator import Operator

SHORTEST_PASSWORD = 8
LANGUAGES = ("kk", "ru", "en")


async def add_user(
    database: Database,
    login: str,
    password: str,
    role: str,
    full_name: str,
    language: str = "kk",
) -> UUID:
    """Add an account that sees every region; return its id.

    Raises:
        InvalidInput: an unknown role or language, or a short password.
        Conflict: the login is taken.
    """
    if role not in tuple(RoleName):
        raise InvalidInput(f"The role must be one of: {', '.join(RoleName)}", field="role")
    if language not in LANGUAGES:
        raise InvalidInput(f"The language must be one of: {', '.join(LANGUAGES)}", field="language")
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidInput(
            f"The password must have at least {SHORTEST_PASSWORD} characters", field="password"
        )
    password_hash = await Passwords().hash(password)
    async with database.transaction() as session:
        added = await insert(
            session,
            Operator(
                login=login,
                full_name=full_name,
                role=role,
                password_hash=password_hash,
                language=language,
            ),
        )
        audit.record(session, None, "user.add", added.id, login=login, role=role)
        return added.id


async def insert(session: AsyncSession, operator: Operator) -> Operator:
    """Store the account.

    Raises:
        Conflict: the login is taken.
        InvalidInput: there is no such region.
    """
    if await session.scalar(select(Operator.id).where(Operator.login == operator.login)):
        raise Conflict(f"The login {operator.login} is taken; choose another")
    if operator.region_id is not None and await session.get(Region, operator.region_id) is None:
        raise InvalidInput(f"There is no region {operator.region_id}", field="region_id")
    session.add(operator)
    await session.flush()
    return operator
