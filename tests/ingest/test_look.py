"""A look that hangs holds one thread, is said to be late, and is asked again once it came back."""

import threading

from ingest.look import Look


async def test_a_look_that_hangs_is_not_started_twice() -> None:
    back, asked = threading.Event(), 0

    def look() -> int:
        nonlocal asked
        asked += 1
        assert back.wait(30)
        return asked

    disk = Look(look, patience_s=0.02)
    assert await disk.take() is None
    assert await disk.take() is None
    assert asked == 1
    back.set()
    patient = Look(look, patience_s=20)
    assert await patient.take() == 2
    disk._patience_s = 20
    assert await disk.take() in {1, 2}  # the answer of the first time
    assert await disk.take() == 3
