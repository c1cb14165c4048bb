"""Pure: what a network needs to run in 8-bit numbers: the range of what goes into convolutions."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from models.kit.errors import SettingsError

LEVELS = 256
_LEAST = 1e-6
# Without these, products of 8-bit numbers are added up in 16 bits, which overflows or is slow.
_INSTRUCTIONS = frozenset({"avx512_vnni", "avx_vnni", "amx_int8", "asimddp"})
_CPU = Path("/proc/cpuinfo")

Ranges = Mapping[str, tuple[float, float]]  # by tensor: the least and the largest number in it


class Steps(NamedTuple):
    """``number = (level - zero) × size``, levels 0-255."""

    size: float
    zero: int

    @property
    def ends(self) -> tuple[float, float]:
        """The numbers that the first and the last level stand for."""
        return -self.zero * self.size, (LEVELS - 1 - self.zero) * self.size


def steps(low: float, high: float) -> Steps:
    """Return the steps that cover a range; 0 is one of them, since edges are padded with it."""
    low, high = min(low, 0.0), max(high, 0.0)
    size = max(high - low, _LEAST) / (LEVELS - 1)
    return Steps(size, round(-low / size))


def joined_ranges(beside: Iterable[Sequence[str]], ranges: Ranges) -> Ranges:
    """Return one range for all tensors that are put side by side, directly or by way of others."""
    groups: dict[str, set[str]] = {}
    for names in beside:
        group = set(names).union(*(groups.get(name, ()) for name in names))
        groups.update(dict.fromkeys(group, group))
    return {
        name: (min(ranges[one][0] for one in group), max(ranges[one][1] for one in group))
        for name, group in groups.items()
    }


def read_ranges(content: bytes) -> Ranges:
    """Return the ranges of a file as ``as_json`` writes it.

    Raises:
        SettingsError: it is none.
    """
    try:
        tensors = json.loads(content)["tensors"]
        return {str(name): (float(low), float(high)) for name, (low, high) in tensors.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        msg = f"the ranges of the weights cannot be read ({error}); restore the file"
        raise SettingsError(msg) from error


def as_json(ranges: Ranges, measured_on: str) -> bytes:
    """Return ranges as a file, a line a tensor."""
    lines = ",\n".join(
        f"  {json.dumps(name)}: [{low:.5g}, {high:.5g}]" for name, (low, high) in ranges.items()
    )
    told = json.dumps(measured_on, ensure_ascii=False)
    return f'{{"measured_on": {told},\n "tensors": {{\n{lines}\n}}}}\n'.encode()


def pays(cpu: Path = _CPU) -> bool:
    """Return whether this CPU multiplies 8-bit numbers faster than larger ones, exactly."""
    try:
        words = set(cpu.read_text("utf-8").split())
    except OSError:
        return False
    return bool(words & _INSTRUCTIONS)
