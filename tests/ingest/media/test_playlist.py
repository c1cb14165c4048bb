"""HLS playlists say the time of every GOP, where its bytes are, and where footage is missing."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.media import playlist
from ingest.media.playlist import Piece
from tests.ingest.media.footage import START

PIECE = Piece("/a.mp4?ticket=t", 700, "avc1.42c01e", START, 1.0, 700, 5000)


def after(before: Piece, seconds: float = 1.0, **other: object) -> Piece:
    at = before.at + timedelta(seconds=seconds)
    return replace(before, at=at, offset=before.offset + before.length, **other)  # type: ignore[arg-type]


def test_one_piece_is_a_whole_playlist() -> None:
    assert playlist.build([PIECE]).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-TARGETDURATION:1",
        "#EXT-X-MEDIA-SEQUENCE:0",
        '#EXT-X-MAP:URI="/a.mp4?ticket=t",BYTERANGE="700@0"',
        "#EXT-X-PROGRAM-DATE-TIME:2026-03-19T07:00:00.000Z",
        "#EXTINF:1.000,",
        "#EXT-X-BYTERANGE:5000@700",
        "/a.mp4?ticket=t",
        "#EXT-X-ENDLIST",
    ]


@pytest.mark.parametrize(
    ("following", "discontinuities", "maps"),
    [
        (after(PIECE), 0, 1),
        (after(PIECE, url="/b.mp4"), 0, 2),  # the next file of the same run
        (after(PIECE, 1.1), 0, 1),  # a picture came late
        (after(PIECE, 7.0, url="/b.mp4"), 1, 2),  # six seconds are missing
        (after(PIECE, 0.2, url="/b.mp4"), 1, 2),  # two files overlap
        (after(PIECE, url="/b.mp4", codec="avc1.640028"), 1, 2),  # the camera was set up anew
    ],
)
def test_gaps_are_discontinuities(following: Piece, discontinuities: int, maps: int) -> None:
    text = playlist.build([PIECE, following])
    assert text.count("#EXT-X-DISCONTINUITY\n") == discontinuities
    assert text.count("#EXT-X-MAP") == maps


def test_rounding_does_not_add_up() -> None:
    pieces = [PIECE]
    for _ in range(3600):
        pieces.append(after(pieces[-1], 1.0006))  # the index rounds each duration to 1.000
    durations = [
        float(line[8:-1])
        for line in playlist.build(pieces).splitlines()
        if line.startswith("#EXTINF")
    ]
    assert sum(durations) == pytest.approx(3600 * 1.0006 + 1, abs=3.6)


@given(st.lists(st.floats(0.04, 12), max_size=20))
def test_no_piece_is_longer_than_the_target(distances: list[float]) -> None:
    pieces = [PIECE]
    for distance in distances:
        pieces.append(after(replace(pieces[-1], duration_s=distance), distance))
    lines = playlist.build(pieces).splitlines()
    [target] = [int(line.split(":")[1]) for line in lines if "TARGETDURATION" in line]
    durations = [float(line[8:-1]) for line in lines if line.startswith("#EXTINF")]
    assert len(durations) == len(pieces)
    assert max(durations) <= target
