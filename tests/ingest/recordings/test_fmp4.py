import contextlib
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.cameras.access_unit import AccessUnit, StreamParameters
from ingest.cameras.codecs import H264, H265
from ingest.recordings.boxes import map_file, retime
from ingest.recordings.facts import SegmentFact, StreamKey, pack_gops
from ingest.recordings.fmp4 import Sample, fragment, init_segment
from models.kit.errors import InvalidInput
from models.observations import StreamKind
from tests.ingest.encoded import assembled, brightness, coded, shown

FRAME = 9_000


def gops_of(
    tmp_path: Path, b_frames: int = 0, codec: str = "libx264"
) -> tuple[StreamParameters, list[list[AccessUnit]]]:
    parameters: StreamParameters | None = None
    gops: list[list[AccessUnit]] = []
    pictures = coded(tmp_path, b_frames=b_frames, codec=codec)
    for told, unit in assembled(pictures, codec=H265 if codec == "libx265" else H264):
        parameters = told or parameters
        if unit.key:
            gops.append([])
        gops[-1].append(unit)
    assert parameters is not None
    return parameters, gops


def file_of(
    tmp_path: Path, b_frames: int = 0, codec: str = "libx264"
) -> tuple[bytes, list[list[AccessUnit]]]:
    parameters, gops = gops_of(tmp_path, b_frames, codec)
    parts = [init_segment(parameters)]
    for number, gop in enumerate(gops, 1):
        samples = [Sample(FRAME, u.key, u.cts, u.avcc) for u in gop]
        parts.append(fragment(number, gop[0].dts, samples))
    return b"".join(parts), gops


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
@pytest.mark.parametrize("b_frames", [0, 2])
def test_every_picture_decodes_at_its_absolute_time(
    tmp_path: Path, b_frames: int, codec: str
) -> None:
    content, gops = file_of(tmp_path, b_frames, codec)
    (tmp_path / "made.mp4").write_bytes(content)
    decoded = shown(tmp_path / "made.mp4")
    units = [unit for gop in gops for unit in gop]
    assert [pts for pts, _ in decoded] == sorted(unit.dts + unit.cts for unit in units)
    for number, (_, seen) in enumerate(decoded):
        assert seen == pytest.approx(brightness(number), abs=2)


@pytest.mark.parametrize(("codec", "string"), [("libx264", "avc1."), ("libx265", "hvc1.1.6.L")])
def test_a_file_is_mapped_by_its_own_boxes(tmp_path: Path, codec: str, string: str) -> None:
    content, gops = file_of(tmp_path, b_frames=2, codec=codec)
    found = map_file(lambda at, length: content[at : at + length], len(content))
    assert found.codec == gops_of(tmp_path, 2, codec)[0].codec
    assert found.codec.startswith(string)
    assert [f.dts for f in found.fragments] == [gop[0].dts for gop in gops]
    assert [f.cts for f in found.fragments] == [gop[0].cts for gop in gops]
    assert [f.duration for f in found.fragments] == [FRAME * len(gop) for gop in gops]
    assert found.fragments[0].offset == found.init_bytes
    assert found.whole_bytes == len(content)


def test_a_tail_torn_anywhere_leaves_the_whole_fragments(tmp_path: Path) -> None:
    content, gops = file_of(tmp_path)
    whole = map_file(lambda at, length: content[at : at + length], len(content))
    last = whole.fragments[-1].offset
    for size in range(last, len(content), 97):
        torn = content[:size]
        found = map_file(lambda at, length, torn=torn: torn[at : at + length], size)  # type: ignore[misc]
        assert len(found.fragments) == len(gops) - 1
        assert found.whole_bytes == last


@pytest.mark.parametrize("content", [b"", b"noise", b"\0\0\0\x08free", bytes(100), b"\xff" * 999])
def test_what_is_no_recording_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput):
        map_file(lambda at, length: content[at : at + length], len(content))


@given(st.data())
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_damaged_file_is_mapped_or_refused_by_name(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(file_of(tmp_path)[0])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    stream = StreamKey(UUID(int=1), StreamKind.MAIN)
    with contextlib.suppress(InvalidInput):
        found = map_file(lambda at, length: bytes(content[at : at + length]), len(content))
        if found.fragments:
            fact = SegmentFact(stream, "x", found.codec, 0, found.fragments, True, None)
            assert fact.started_at <= fact.ended_at
            pack_gops(found.fragments)


def test_a_fragment_moved_in_time_shows_the_same_pictures(tmp_path: Path) -> None:
    parameters, gops = gops_of(tmp_path)
    samples = [Sample(FRAME, u.key, u.cts, u.avcc) for u in gops[1]]
    body = fragment(2, gops[1][0].dts, samples)
    moved = retime(body, 1, -gops[1][0].dts)
    assert len(moved) == len(body)
    (tmp_path / "moved.mp4").write_bytes(init_segment(parameters) + moved)
    decoded = shown(tmp_path / "moved.mp4")
    assert [pts for pts, _ in decoded] == [n * FRAME for n in range(len(gops[1]))]
    assert decoded[0][1] == pytest.approx(brightness(len(gops[0])), abs=2)
