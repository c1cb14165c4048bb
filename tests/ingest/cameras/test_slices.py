import pytest

from ingest.cameras.assembler import CodedPicture
from ingest.cameras.codecs import H264, H265, VideoCodec
from ingest.cameras.slices import SliceJoiner, continues

SPS, KEY, KEY_REST = b"\x67s", b"\x65\x88a", b"\x65\x00b"
OTHER, OTHER_REST = b"\x41\x9aa", b"\x41\x00b"
H265_KEY, H265_REST = b"\x26\x01\xaf", b"\x26\x01\x2f"


def picture(at: int, *nals: bytes) -> CodedPicture:
    return CodedPicture(at, at, nals)


@pytest.mark.parametrize(
    ("codec", "nals", "expected"),
    [
        (H264, [SPS, KEY, KEY_REST], False),
        (H264, [SPS, KEY_REST], True),
        (H264, [OTHER_REST], True),
        (H264, [SPS], False),
        (H264, [], False),
        (H264, [b"\x65"], False),
        (H265, [b"\x40\x01", H265_KEY], False),
        (H265, [b"\x40\x01", H265_REST], True),
    ],
)
def test_a_part_is_known_by_its_first_slice(
    codec: VideoCodec, nals: list[bytes], expected: bool
) -> None:
    assert continues(codec, nals) is expected


def test_whole_pictures_are_never_held() -> None:
    joiner = SliceJoiner(H264)
    for at, nal in enumerate([KEY, OTHER, OTHER, KEY]):
        assert joiner.push(picture(at, nal)) == [picture(at, nal)]


def test_a_key_picture_in_parts_is_whole_from_the_second_on() -> None:
    joiner = SliceJoiner(H264)
    told = [
        whole
        for at, nals in [
            (0, [SPS, KEY]),
            (0, [SPS, KEY_REST]),  # its beginning is gone already
            (1, [OTHER]),
            (2, [SPS, KEY]),
            (2, [SPS, KEY_REST]),
            (3, [OTHER]),
            (4, [OTHER]),
        ]
        for whole in joiner.push(picture(at, *nals))
    ]
    assert [(p.dts, list(p.nals)) for p in told] == [
        (0, [SPS, KEY]),
        (1, [OTHER]),
        (2, [SPS, KEY, SPS, KEY_REST]),
        (3, [OTHER]),
        (4, [OTHER]),
    ]
    assert told[2].waited == 1
