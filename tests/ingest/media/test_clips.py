"""A clip leaves the node by its own ticket, with its manifest, once it is made."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.recording import Clip
from tests.builders import NOON, build_office, build_operator
from tests.ingest.media.conftest import KnownFeeds, RunningNode, running

pytestmark = pytest.mark.postgis


@pytest.fixture
async def clip_node(database: Database, settings: Settings) -> AsyncIterator[RunningNode]:
    async with running(KnownFeeds(), database, settings, SystemClock()) as started:
        yield started


async def add_clip(database: Database, **columns: object) -> UUID:
    clip_id = new_id()
    async with database.transaction() as session:
        office = await build_office(session)
        clip = Clip(
            id=clip_id,
            camera_id=office.cameras[0],
            starts_at=NOON,
            ends_at=NOON + timedelta(minutes=1),
            requested_by=await build_operator(session),
            requested_at=NOON,
            reason="complaint",
            requested_s=60,
            **columns,
        )
        session.add(clip)
    return clip_id


def ticket(node: RunningNode, clip: UUID) -> dict[str, str]:
    return {"ticket": node.ticket("clip", camera=None, clip=clip)}


async def test_a_ready_clip_is_downloaded_under_a_name_with_its_time(
    clip_node: RunningNode, database: Database, settings: Settings
) -> None:
    folder = settings.recordings_path / "clips"
    folder.mkdir(parents=True)
    (folder / "one.mp4").write_bytes(b"footage")
    manifest = {"version": 1, "file": {"sha256": "…"}}
    clip = await add_clip(database, state="ready", path="clips/one.mp4", manifest=manifest)
    answer = await clip_node.http.get(f"/media/v1/clips/{clip}.mp4", params=ticket(clip_node, clip))
    assert (answer.status_code, answer.content) == (200, b"footage")
    assert f'"20260319T070000Z-{clip}.mp4"' in answer.headers["content-disposition"]
    part = await clip_node.http.get(
        f"/media/v1/clips/{clip}.mp4",
        params=ticket(clip_node, clip),
        headers={"Range": "bytes=0-3"},
    )
    assert (part.status_code, part.content) == (206, b"foot")
    said = await clip_node.http.get(f"/media/v1/clips/{clip}.json", params=ticket(clip_node, clip))
    assert said.json() == manifest


@pytest.mark.parametrize(
    ("state", "detail", "said"),
    [("requested", "", "being made"), ("failed", "nothing was recorded", "nothing was recorded")],
)
async def test_a_clip_that_is_not_ready(
    clip_node: RunningNode, database: Database, state: str, detail: str, said: str
) -> None:
    clip = await add_clip(database, state=state, detail=detail)
    answer = await clip_node.http.get(f"/media/v1/clips/{clip}.mp4", params=ticket(clip_node, clip))
    assert (answer.status_code, said in answer.json()["detail"]) == (409, True)


async def test_an_unknown_clip_and_a_path_that_leads_out(
    clip_node: RunningNode, database: Database, settings: Settings
) -> None:
    nobody = uuid4()
    answer = await clip_node.http.get(
        f"/media/v1/clips/{nobody}.json", params=ticket(clip_node, nobody)
    )
    assert answer.status_code == 404
    settings.recordings_path.mkdir(parents=True)
    (settings.state_dir / "secret.key").write_text("secret")
    clip = await add_clip(database, state="ready", path="../secret.key")
    answer = await clip_node.http.get(f"/media/v1/clips/{clip}.mp4", params=ticket(clip_node, clip))
    assert answer.status_code == 404
