"""HLS playlists say the time of every GOP, where its bytes are, and where footage is missing."""

import struct
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.media import playlist
from ingest.recordings.stored_file import StoredFile, unix_ms
from models.kit.errors import Conflict
from tests.ingest.media.footage import START

START_MS = unix_ms(START)
EVER = (0, 1 << 50)
INIT = 700


def a_file(
    number: int = 1,
    at_ms: int = 0,
    durations_ms: Sequence[int] = (1000,),
    *,
    codec: str = "avc1.42c01e",
) -> StoredFile:
    """Return a file whose GOPs follow each other; each has 5000 bytes."""
    rows, offset_ms = b"", 0
    for n, duration_ms in enumerate(durations_ms):
        rows += struct.pack("<4I", offset_ms, duration_ms, INIT + 5000 * n, 5000)
        offset_ms += duration_ms
    started_at = START + timedelta(milliseconds=at_ms)
    ended_at = started_at + timedelta(milliseconds=offset_ms)
    return StoredFile(number, "node-1", f"{number}.mp4", started_at, ended_at, INIT, codec, rows)


def built(*files: StoredFile, start: int = EVER[0], end: int = EVER[1], whole: bool = False) -> str:
    return playlist.build(files, start, end, "?ticket=t", whole_files=whole)


def durations_s(text: str) -> list[float]:
    return [float(line[8:-1]) for line in text.splitlines() if line.startswith("#EXTINF")]


def test_one_piece_is_a_whole_playlist() -> None:
    assert built(a_file()).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        "#EXT-X-TARGETDURATION:1",
        "#EXT-X-MEDIA-SEQUENCE:0",
        '#EXT-X-MAP:URI="/media/v1/segments/1.mp4?ticket=t",BYTERANGE="700@0"',
        "#EXT-X-PROGRAM-DATE-TIME:2026-03-19T07:00:00.000Z",
        "#EXTINF:1.000,",
        "#EXT-X-BYTERANGE:5000@700",
        "/media/v1/segments/1.mp4?ticket=t",
        "#EXT-X-ENDLIST",
    ]


@pytest.mark.parametrize(
    ("following", "discontinuities"),
    [
        (a_file(2, 1000), 0),  # the next file of the same run
        (a_file(2, 1100), 0),  # a picture came late
        (a_file(2, 7000), 1),  # six seconds are missing
        (a_file(2, 200), 1),  # two files overlap
        (a_file(2, 1000, codec="avc1.640028"), 1),  # the camera was set up anew
    ],
)
def test_gaps_are_discontinuities(following: StoredFile, discontinuities: int) -> None:
    text = built(a_file(), following)
    assert text.count("#EXT-X-DISCONTINUITY\n") == discontinuities
    assert text.count("#EXT-X-MAP") == 2


def test_only_gops_of_the_interval_are_named() -> None:
    text = built(a_file(durations_ms=[1000] * 5), start=START_MS + 1500, end=START_MS + 3000)
    assert [line for line in text.splitlines() if "BYTERANGE:" in line] == [
        "#EXT-X-BYTERANGE:5000@5700",
        "#EXT-X-BYTERANGE:5000@10700",
    ]
    assert built(a_file(), start=START_MS + 1000) == ""


def test_whole_files_are_one_entry_each() -> None:
    text = built(a_file(durations_ms=[1000] * 5), a_file(2, 5000), whole=True)
    assert durations_s(text) == [5, 1]
    assert "#EXT-X-BYTERANGE:25000@700" in text


def test_rounding_does_not_add_up() -> None:
    files = [a_file(n, round(1000.6 * n)) for n in range(3600)]  # the index says 1.000 of each
    assert sum(durations_s(built(*files))) == pytest.approx(3600 * 1.0006, abs=0.01)


def test_what_browsers_cannot_decode_is_refused_with_the_way_out() -> None:
    playlist.refuse_unplayable([a_file()])
    with pytest.raises(Conflict, match="stream=sub"):
        playlist.refuse_unplayable([a_file(), a_file(2, codec="hvc1.1.6.L93.B0")])


@given(st.lists(st.lists(st.integers(40, 12_000), min_size=1, max_size=8), max_size=8))
def test_no_piece_is_longer_than_the_target(files_ms: list[list[int]]) -> None:
    files, at_ms = [], 0
    for number, durations_ms in enumerate(files_ms):
        files.append(a_file(number, at_ms, durations_ms))
        at_ms += sum(durations_ms) + 200
    text = built(*files)
    if not files_ms:
        assert text == ""
        return
    [target] = [int(line.split(":")[1]) for line in text.splitlines() if "TARGETDUR" in line]
    assert len(durations_s(text)) == sum(len(durations_ms) for durations_ms in files_ms)
    assert max(durations_s(text)) <= target
