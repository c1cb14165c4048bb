from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from ingest.cameras.feed import Feed
from ingest.cameras.measure import Measured
from ingest.cameras.reporter import StreamReporter
from ingest.outage import AWAY
from models.camera import Stream
from models.kit.bus import changes_after
from models.kit.database import Database
from models.observations import StreamKind, StreamState
from tests.builders import NOON
from tests.ingest.encoded import assembled, coded
from tests.ingest.outage import away

pytestmark = pytest.mark.postgis


async def sub_row(database: Database) -> Stream:
    async with database.read() as session:
        return (await session.scalars(select(Stream).where(Stream.kind == StreamKind.SUB))).one()


async def test_a_state_is_a_row_and_a_notice(
    database: Database, camera_id: UUID, tmp_path: Path
) -> None:
    reporter, feed = StreamReporter(database), Feed(camera_id, StreamKind.SUB, NOON)
    reporter.feed_added(feed, recorded=False)
    ((parameters, _), *_) = assembled(coded(tmp_path))
    assert parameters is not None
    feed.publish_parameters(parameters)
    feed.enter(StreamState.LIVE, NOON)
    feed.publish_measured(Measured(frame_rate=15, key_interval_s=2, clock_offset_s=-0.5))
    await reporter.flush()
    row = await sub_row(database)
    assert (row.state, row.state_since, row.codec) == ("live", NOON, parameters.codec)
    assert (row.frame_rate, row.key_interval_s, row.clock_offset_s) == (15, 2, -0.5)
    async with database.read() as session:
        (notice,) = await changes_after(session, 0, ["stream"])
    assert notice.subject_id == str(camera_id)
    assert dict(notice.data) == {
        "camera_id": str(camera_id),
        "kind": "sub",
        "state": "live",
        "since": NOON.isoformat(),
        "detail": "",
    }


async def test_sound_that_is_turned_off_is_gone(database: Database, camera_id: UUID) -> None:
    reporter, feed = StreamReporter(database), Feed(camera_id, StreamKind.SUB, NOON)
    reporter.feed_added(feed, recorded=False)
    for audio in ("aac", None):
        feed.publish_measured(Measured(frame_rate=15, audio_codec=audio))
        await reporter.flush()
        assert (await sub_row(database)).audio_codec == audio


async def test_only_the_newest_state_waits_for_the_database(
    database: Database, database_url: str, cluster_url: str, camera_id: UUID
) -> None:
    reporter, feed = StreamReporter(database), Feed(camera_id, StreamKind.SUB, NOON)
    reporter.feed_added(feed, recorded=False)
    with away(cluster_url, database_url):
        feed.enter(StreamState.LIVE, NOON)
        with pytest.raises(AWAY):
            await reporter.flush()
        feed.enter(StreamState.STALLED, NOON, "no picture for 5 s")
    await reporter.flush()
    await reporter.flush()
    assert (await sub_row(database)).state_detail == "no picture for 5 s"
    async with database.read() as session:
        assert len(await changes_after(session, 0, ["stream"])) == 1


async def test_a_node_that_starts_forgets_nothing(database: Database, camera_id: UUID) -> None:
    reporter = StreamReporter(database)
    for kind in (StreamKind.MAIN, StreamKind.SUB):
        feed = Feed(camera_id, kind, NOON)
        reporter.feed_added(feed, recorded=False)
        feed.publish_measured(Measured(frame_rate=15, key_interval_s=2, audio_codec="aac"))
    await reporter.flush()
    fresh = StreamReporter(database)
    fresh.feed_added(Feed(camera_id, StreamKind.SUB, NOON), recorded=False)
    await fresh.flush()
    row = await sub_row(database)
    assert (row.frame_rate, row.key_interval_s, row.audio_codec) == (15, 2, "aac")
    async with database.read() as session:
        notices = await changes_after(session, 0, ["stream"])
    assert [notice.data["kind"] for notice in notices] == ["main", "sub", "sub"]
