from uuid import UUID

import pytest

from models.kit.database import Database
from tests.builders import build_office


@pytest.fixture
async def camera_id(database: Database) -> UUID:
    async with database.transaction() as session:
        return (await build_office(session)).cameras[0]
