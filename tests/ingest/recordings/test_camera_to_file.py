"""From a camera on the network to a file that players open: H.265 with sound."""

import asyncio
from pathlib import Path

import av
import pytest

from ingest.cameras.direct.source import open_stream
from ingest.cameras.feed import Feed
from ingest.cameras.reader import StreamReader
from ingest.recordings.facts import Fact
from ingest.recordings.recorder import Recorder
from ingest.simulated.rtp import h264_payloads, h265_payloads
from models.kit.clock import SystemClock
from models.kit.ids import new_id
from models.kit.settings import Settings
from models.observations import StreamKind, StreamState
from tests.ingest.cameras.test_sound import AAC, G711A, plays
from tests.ingest.encoded import brightness, coded, shown
from tests.ingest.odd_camera import OddCamera, Track
from tests.ingest.recordings.written import a_disk, files


@pytest.mark.parametrize(
    ("codec", "way", "sound", "name"),
    [("libx264", "H264", G711A, "pcm_alaw"), ("libx265", "H265", AAC, "aac")],
)
async def test_pictures_and_sound_are_recorded_together(
    tmp_path: Path, codec: str, way: str, sound: str, name: str
) -> None:
    video = Track(f"m=video 0 RTP/AVP 96\na=rtpmap:96 {way}/90000")
    cut = h264_payloads if way == "H264" else h265_payloads
    clock, facts = SystemClock(), list[Fact]()
    recorder = Recorder(Settings(state_dir=tmp_path), clock, facts.extend, a_disk(tmp_path / "r"))
    feed = Feed(new_id(), StreamKind.MAIN, clock.now())
    recorder.feed_added(feed, recorded=True)
    pictures = coded(tmp_path, codec=codec)
    # Until the test has seen enough: wherever its files begin, and however late it is.
    play = plays(pictures, name, count=300, cut=cut, pace_s=0.1)
    async with OddCamera([video, Track(sound)], play) as camera:
        reader = StreamReader(feed, camera.url, open_stream, clock, 20.0)
        reading = asyncio.create_task(reader.run())
        async with asyncio.timeout(40):
            while max((len(fact.fragments) for fact in files(facts)), default=0) < 2:
                await asyncio.sleep(0.05)
        assert feed.state is StreamState.LIVE
        assert feed.measured.audio_codec == name
        reading.cancel()
        await asyncio.wait({reading})
    await recorder.close()
    longest = max(files(facts), key=lambda fact: fact.size_bytes)  # its turn may have come between
    path = tmp_path / "r" / longest.path
    decoded = shown(path)
    first = min(range(len(pictures)), key=lambda n: abs(brightness(n) - decoded[0][1]))
    for number, (_, seen) in enumerate(decoded, first):
        assert seen == pytest.approx(brightness(number % len(pictures)), abs=3)
    with av.open(str(path)) as container:
        assert container.streams.audio[0].codec_context.name == name
        heard = [frame.time for frame in container.decode(audio=0) if frame.time is not None]
    first_s = decoded[0][0] / 90_000
    assert heard[0] == pytest.approx(first_s, abs=0.5)
    assert heard[-1] - heard[0] > (decoded[-1][0] / 90_000 - first_s) - 0.5
