"""How the C library hands out memory: told once, at the start of the node."""

import ctypes

_MMAP_THRESHOLD = -3  # M_MMAP_THRESHOLD of mallopt(3)
_LARGE_BYTES = 128 * 1024


def keep_large_apart() -> None:
    """Let every large block be one of its own, which is given back when it is freed.

    Left alone, glibc takes the first large block that is freed (a camera's read buffer, a GOP) as a
    sign that such blocks are better cut from the heap; what lives longer then settles between them,
    and the heap grows for hours without a leak.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # glibc; others give large blocks back by themselves
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)
