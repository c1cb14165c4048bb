"""Pure: what a coded H.264 picture says of itself without being decoded."""

_SLICES = frozenset({1, 2, 5})  # NAL unit types that carry a part of a picture


def needed(avcc: bytes) -> bool:
    """Return whether other pictures may need this one (nal_ref_idc); garbage is needed, too.

    ``avcc`` is one picture as NAL units, each after its length in 4 bytes.
    """
    at = 0
    while at + 4 < len(avcc):
        head = avcc[at + 4]
        if head & 0x1F in _SLICES:
            return bool(head & 0x60)
        at += 4 + int.from_bytes(avcc[at : at + 4], "big")
    return True
