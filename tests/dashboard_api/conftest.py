"""The API over a real database: one application a test, and people of every role signed in."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select

from dashboard_api.app import create_app
from dashboard_api.sessions import open_session
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.kit.settings import Settings
from models.operator import Operator
from tests.builders import NOON, BuiltOffice, build_office, build_operator

HOST = "http://localhost:8080"
KEY = b"k" * 32


@dataclass
class Centre:
    """A running application and its surroundings."""

    app: FastAPI
    database: Database
    clock: ManualClock
    office: BuiltOffice
    stack: AsyncExitStack

    async def client(self, token: str | None = None) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app)
        cookies = {"ahual": token} if token else None
        return await self.stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url=HOST, cookies=cookies)
        )

    async def token(
        self, role: str, *, login: str | None = None, region_id: UUID | None = None
    ) -> str:
        """Sign in somebody of that role; the account is made when it is new."""
        name = login or role
        async with self.database.transaction() as session:
            query = select(Operator).where(Operator.login == name)
            found = (await session.execute(query)).scalar_one_or_none()
            if found is None:
                found = await session.get_one(
                    Operator, await build_operator(session, login=name, role=role)
                )
                found.region_id = region_id
            token, _ = await open_session(
                session, found, now=self.clock.now(), hours=14, address="test", user_agent="test"
            )
            return token

    async def signed_in(
        self, role: str, *, login: str | None = None, region_id: UUID | None = None
    ) -> httpx.AsyncClient:
        return await self.client(await self.token(role, login=login, region_id=region_id))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state_dir=tmp_path, web_dist=tmp_path / "dist")


@pytest.fixture
async def centre(database: Database, settings: Settings) -> AsyncIterator[Centre]:
    clock = ManualClock(NOON)
    async with database.transaction() as session:
        office = await build_office(session)
    app = create_app(settings=settings, database=database, clock=clock, key=KEY)
    async with AsyncExitStack() as stack:
        yield Centre(app, database, clock, office, stack)
