"""A large block that was freed teaches the C library nothing."""

import subprocess
import sys

_LOOKS = """
import ctypes
from ingest.memory import keep_large_apart

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "abcdefghij"]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Info
keep_large_apart()
del_me = bytearray(900_000)
del del_me
before = libc.mallinfo2().d  # blocks that are mapped for themselves
kept = [bytearray(300_000) for _ in range(4)]
print(libc.mallinfo2().d - before)
"""


def test_large_blocks_stay_apart() -> None:
    ran = subprocess.run([sys.executable, "-c", _LOOKS], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["4"]
