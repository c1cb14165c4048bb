"""The newest picture of each camera, the longest neglected camera first."""

from datetime import UTC, datetime
from uuid import UUID

from vision.slots import KeyPicture, Slots

A, B, C = (UUID(int=n) for n in range(3))
NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


def picture(camera_id: UUID, at_s: float) -> KeyPicture:
    return KeyPicture(camera_id, b"", b"", NOON, at_s)


def test_a_newer_picture_pushes_an_older_one_out() -> None:
    slots = Slots()
    assert slots.put(picture(A, 0)) is False
    assert slots.put(picture(A, 1)) is True
    taken = slots.take()
    assert taken is not None
    assert taken.arrived_s == 1
    assert slots.take() is None


def test_the_camera_waits_least_that_was_looked_at_longest_ago() -> None:
    slots = Slots()
    order = []
    for second in range(6):  # room for two looks a second, three cameras
        for camera_id in (A, B, C):
            slots.put(picture(camera_id, second))
        for _ in range(2):
            taken = slots.take()
            order.append(taken.camera_id if taken else None)
    assert [order.count(camera_id) for camera_id in (A, B, C)] == [4, 4, 4]


def test_pictures_faster_than_a_look_are_skipped_and_not_late() -> None:
    slots = Slots()
    looks, late = 0, 0
    for tenth in range(100):  # a key picture every 0.1 s
        late += slots.put(picture(A, tenth / 10))
        looks += slots.take() is not None
    assert (looks, late) == (13, 0)  # never more often than every 0.75 s


def test_a_camera_with_a_picture_a_second_that_comes_early_is_always_looked_at() -> None:
    slots = Slots()
    looks = 0
    for second in range(20):
        slots.put(picture(A, second + (-0.1 if second % 2 else 0.1)))
        looks += slots.take() is not None
    assert looks == 20


def test_cameras_that_are_no_longer_watched_are_forgotten() -> None:
    slots = Slots()
    slots.put(picture(A, 0))
    slots.put(picture(B, 0))
    slots.keep_only(frozenset({B}))
    assert len(slots) == 1
    taken = slots.take()
    assert taken is not None
    assert taken.camera_id == B
