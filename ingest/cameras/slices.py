"""Puts pictures together that FFmpeg handed over in parts. Pure.

Cameras that repeat their parameter sets before every slice of a key picture make FFmpeg's parser
cut it there: two packets of one time, of which neither decodes.
"""

from collections.abc import Sequence
from dataclasses import replace

from ingest.cameras.assembler import CodedPicture
from ingest.cameras.codecs import VideoCodec


def continues(codec: VideoCodec, nals: Sequence[bytes]) -> bool:
    """Say whether the first slice here is not the first of its picture."""
    at = codec.first_slice_at
    for unit in nals:
        if codec.nal_type(unit) in codec.slices:
            return len(unit) > at and not unit[at] & 0x80
    return False


class SliceJoiner:
    """State of one connection. Holds key pictures back only where such cuts were seen.

    A held picture is handed over with the next one: a picture's time later than others.
    """

    def __init__(self, codec: VideoCodec, *, cut: bool = False) -> None:
        """``cut``: pictures in parts were seen already."""
        self._codec = codec
        self._cut = cut
        self._held: CodedPicture | None = None

    def push(self, picture: CodedPicture) -> list[CodedPicture]:
        """Return what is whole now, oldest first."""
        held, self._held = self._held, None
        if continues(self._codec, picture.nals):
            self._cut = True
            if held is None:
                return []  # the rest of a picture that is gone already; the next one comes whole
            self._held = replace(held, nals=[*held.nals, *picture.nals])
            return []
        whole = [] if held is None else [replace(held, waited=max(picture.dts - held.dts, 0))]
        if self._cut and self._is_key(picture):
            self._held = picture
            return whole
        return [*whole, picture]

    def _is_key(self, picture: CodedPicture) -> bool:
        return any(self._codec.nal_type(unit) in self._codec.keys for unit in picture.nals)
