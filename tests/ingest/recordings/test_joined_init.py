"""Pieces coded in different ways as one film, with and without sound."""

from pathlib import Path

import av
import pytest

from ingest.cameras.access_unit import AudioParameters
from ingest.cameras.codecs import CODECS
from ingest.recordings.boxes import retime
from ingest.recordings.fmp4 import fragment, init_segment
from ingest.recordings.joined_init import Way, adapt, join_inits
from ingest.recordings.segmenter import Gop
from ingest.recordings.sound import SoundRun, SoundSample
from tests.ingest.encoded import START_S, WIDTH, coded, read_clip, write_clip
from tests.ingest.recordings.written import gops_of

SOUND = AudioParameters(codec="pcm_alaw", sample_rate=8000, channels=1, config=b"")
SECOND = 90_000


def sounding(gop: Gop) -> SoundRun:
    first = gop.units[0].dts
    step = SECOND // 50
    return SoundRun(first, [SoundSample(step, bytes([n]) * 160) for n in range(50)])


def both_ways(folder: Path, codec: str = "libx264") -> list[list[Gop]]:
    kind = CODECS["h264" if codec == "libx264" else "hevc"]
    small = gops_of(coded(folder, codec=codec), START_S, kind)
    clip = write_clip(folder / f"large-{codec}.mp4", codec=codec, scale=2)
    return [small, gops_of(read_clip(clip), START_S + 4, kind)]


@pytest.mark.parametrize(
    ("codec", "sound_at"),
    [
        ("libx264", ()),
        ("libx264", (0,)),
        ("libx264", (1,)),
        ("libx264", (0, 1)),
        ("libx265", ()),
        ("libx265", (1,)),
    ],
)
def test_every_picture_and_sound_of_both_ways_comes_out(
    tmp_path: Path, codec: str, sound_at: tuple[int, ...]
) -> None:
    runs = both_ways(tmp_path, codec)
    inits = [
        init_segment(run[0].parameters, SOUND if n in sound_at else None)
        for n, run in enumerate(runs)
    ]
    joined = join_inits(inits, 8 * SECOND)
    zero = runs[0][0].units[0].dts
    film, number = joined.init, 0
    for n, run in enumerate(runs):
        for gop in run:
            number += 1
            sound = sounding(gop) if n in sound_at else None
            body = fragment(number, gop.units[0].dts, gop.samples(), sound)
            film += adapt(retime(body, number, -zero), joined.ways[n])
    path = tmp_path / "film.mp4"
    path.write_bytes(film)
    with av.open(str(path)) as opened:
        widths = [picture.width for picture in opened.decode(video=0)]
    assert widths == [WIDTH] * 40 + [2 * WIDTH] * 40
    with av.open(str(path)) as opened:
        heard = [bytes(p) for p in opened.demux() if p.stream.type == "audio" and p.size]
    assert b"".join(heard) == b"".join(bytes([n]) * 160 for n in range(50)) * 4 * len(sound_at)


def test_one_way_needs_no_change(tmp_path: Path) -> None:
    gop = gops_of(coded(tmp_path), START_S)[0]
    init = init_segment(gop.parameters)
    joined = join_inits([init, init], SECOND)
    assert [dict(way.entries) for way in joined.ways] == [{1: 1}, {1: 1}]
    assert {way.sets for way in joined.ways} == {b""}
    body = fragment(1, 0, gop.samples())
    assert adapt(body, joined.ways[1]) is body
    assert adapt(body, Way()) is body
