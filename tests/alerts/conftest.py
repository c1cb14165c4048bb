"""An office with a live media node, and a clock that stands still."""

import pytest
from sqlalchemy import update

from models.camera import MediaNode, Stream
from models.kit.clock import ManualClock
from models.kit.database import Database
from models.observations import StreamState
from tests.builders import NOON, BuiltOffice, build_office


@pytest.fixture
async def office(database: Database) -> BuiltOffice:
    async with database.transaction() as session:
        built = await build_office(session)
        await session.execute(update(Stream).values(state=StreamState.LIVE))
        session.add(MediaNode(name="node-1", port=8090, started_at=NOON, seen_at=NOON))
        return built


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)
