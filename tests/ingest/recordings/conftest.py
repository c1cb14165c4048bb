from pathlib import Path

import pytest

from models.kit.database import Database
from tests.builders import build_office, build_operator
from tests.ingest.recordings.written import Archive, an_index


@pytest.fixture
async def archive(database: Database, tmp_path: Path) -> Archive:
    async with database.transaction() as session:
        camera_id = (await build_office(session)).cameras[0]
        asker = await build_operator(session)
    made = Archive(tmp_path, database, camera_id, asker)
    index = an_index(database)
    index.report(list(made.facts))
    await index.flush()
    return made
