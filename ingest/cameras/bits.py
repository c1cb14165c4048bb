"""Reads the bits of a parameter set: fixed and Exp-Golomb numbers. Pure."""

from models.kit.errors import InvalidInput

_EMULATION = b"\x00\x00\x03"


class Bits:
    """Reads a NAL unit's payload from its first bit on; emulation prevention is taken out."""

    def __init__(self, payload: bytes) -> None:
        rbsp = payload.replace(_EMULATION, b"\x00\x00")
        self._value = int.from_bytes(rbsp, "big")
        self._left = len(rbsp) * 8

    def take(self, count: int) -> int:
        """Return the next ``count`` bits as a number. Raises InvalidInput at the end."""
        if count > self._left:
            msg = "sequence parameter set is cut short"
            raise InvalidInput(msg)
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def unsigned(self) -> int:
        """Return the next ue(v). Raises InvalidInput at the end or beyond 32 bits."""
        zeros = 0
        while self.take(1) == 0:
            zeros += 1
            if zeros > 32:
                msg = "sequence parameter set holds a number longer than 32 bits"
                raise InvalidInput(msg)
        return (1 << zeros) - 1 + self.take(zeros)

    def signed(self) -> int:
        """Return the next se(v). Raises InvalidInput as ``unsigned`` does."""
        code = self.unsigned()
        return (code + 1) // 2 if code % 2 else -(code // 2)
