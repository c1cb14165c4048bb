"""The newest picture of each camera, the longest neglected camera first."""

from datetime import UTC, datetime
from uuid import UUID

from vision.slots import CodedPicture, Slots

A, B, C = (UUID(int=n) for n in range(3))
NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)


def picture(camera_id: UUID, at_s: float, avcc: bytes = b"") -> CodedPicture:
    return CodedPicture(camera_id, b"", avcc, NOON, at_s)


def taken(slots: Slots) -> CodedPicture | None:
    """Take a picture and be done with it."""
    found = slots.take()
    if found is not None:
        slots.done(found.camera_id)
    return found


def test_a_newer_picture_pushes_an_older_one_out() -> None:
    slots = Slots()
    assert slots.put(picture(A, 0)) is False
    assert slots.put(picture(A, 1)) is True
    found = taken(slots)
    assert found is not None
    assert found.arrived_s == 1
    assert taken(slots) is None


def test_the_camera_waits_least_that_was_looked_at_longest_ago() -> None:
    slots = Slots()
    order = []
    for second in range(6):  # room for two looks a second, three cameras
        for camera_id in (A, B, C):
            slots.put(picture(camera_id, second))
        for _ in range(2):
            found = taken(slots)
            order.append(found.camera_id if found else None)
    assert [order.count(camera_id) for camera_id in (A, B, C)] == [4, 4, 4]


def test_pictures_faster_than_a_look_are_skipped_and_not_late() -> None:
    slots = Slots()
    looks, late = 0, 0
    for tenth in range(100):  # a key picture every 0.1 s
        late += slots.put(picture(A, tenth / 10))
        looks += taken(slots) is not None
    assert (looks, late) == (13, 0)  # never more often than every 0.75 s


def test_a_camera_with_a_picture_a_second_that_comes_early_is_always_looked_at() -> None:
    slots = Slots()
    looks = 0
    for second in range(20):
        slots.put(picture(A, second + (-0.1 if second % 2 else 0.1)))
        looks += taken(slots) is not None
    assert looks == 20


def test_cameras_that_are_no_longer_watched_are_forgotten() -> None:
    slots = Slots()
    slots.put(picture(A, 0))
    slots.put(picture(B, 0))
    slots.keep_only(frozenset({B}))
    assert len(slots) == 1
    found = taken(slots)
    assert found is not None
    assert found.camera_id == B


def test_a_camera_is_with_one_thread_at_a_time() -> None:
    slots = Slots()
    slots.put(picture(A, 0))
    slots.put(picture(B, 0))
    first = slots.take()
    assert first is not None
    slots.put(picture(first.camera_id, 1))
    second = slots.take()
    assert second is not None
    assert {first.camera_id, second.camera_id} == {A, B}
    assert slots.take() is None
    slots.done(first.camera_id)
    again = slots.take()
    assert again is not None
    assert (again.camera_id, again.arrived_s) == (first.camera_id, 1)


def test_a_camera_may_have_a_rate_of_its_own() -> None:
    slots = Slots()
    slots.keep_only(frozenset({A, B}), {A: 0.5})
    looks = []
    for half in range(20):
        for camera_id in (A, B):
            slots.put(picture(camera_id, half / 2))
        while (found := taken(slots)) is not None:
            looks.append(found.camera_id)
    assert (looks.count(A), looks.count(B)) == (20, 10)


def test_pictures_that_need_one_another_are_decoded_from_the_last_look_on() -> None:
    slots = Slots()
    assert slots.follow(picture(A, 0, b"lost"), key=False, look=True) is False
    assert slots.take() is None  # nothing before a key picture can be decoded
    slots.follow(picture(A, 0, b"key"), key=True, look=False)
    assert slots.take() is None  # a cached picture is no look
    slots.follow(picture(A, 0.1, b"1"), key=False, look=True)
    found = taken(slots)
    assert found is not None
    assert (found.before, found.avcc) == ((b"key",), b"1")
    for tenth in range(2, 12):
        slots.follow(picture(A, tenth / 10, b"%d" % tenth), key=False, look=True)
    found = taken(slots)
    assert found is not None
    assert (found.before, found.avcc) == (tuple(b"%d" % n for n in range(2, 11)), b"11")


def test_a_look_that_waits_for_a_whole_interval_is_lost_once() -> None:
    slots = Slots()
    lost = [
        slots.follow(picture(A, tenth / 10, b"p"), key=tenth % 20 == 0, look=True)
        for tenth in range(31)
    ]
    assert lost.count(True) == 3


def test_after_a_broken_picture_only_a_key_picture_helps() -> None:
    slots = Slots()
    slots.follow(picture(A, 0, b"key"), key=True, look=True)
    assert slots.take() is not None
    slots.follow(picture(A, 1, b"p"), key=False, look=True)
    slots.broken(A)
    slots.done(A)
    slots.follow(picture(A, 2, b"p"), key=False, look=True)
    assert slots.take() is None
    slots.follow(picture(A, 3, b"key"), key=True, look=True)
    slots.broken(A)  # what was broken came before this
    found = slots.take()
    assert found is not None
    assert (found.before, found.avcc) == ((), b"key")


def test_what_is_held_for_one_camera_is_bounded() -> None:
    slots, unit = Slots(), b"p" * 1_000_000
    slots.follow(picture(A, 0, unit), key=True, look=True)
    lost = [slots.follow(picture(A, 0.1, unit), key=False, look=True) for _ in range(20)]
    assert lost.count(True) == 1
    assert slots.take() is None


def test_key_pictures_alone_again_after_all_pictures() -> None:
    slots = Slots()
    slots.follow(picture(A, 0, b"key"), key=True, look=True)
    slots.put(picture(A, 0.1, b"key alone"))
    found = slots.take()
    assert found is not None
    assert (found.before, found.avcc) == (None, b"key alone")
