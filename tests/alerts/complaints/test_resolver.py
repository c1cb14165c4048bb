from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.complaints.resolver import Candidate, Reason, SeenZone, rank
from models.observations import ZoneKind
from tests.builders import NOON

WINDOW, OTHER = UUID(int=3), UUID(int=4)
OPERATOR = SeenZone(ZoneKind.OPERATOR, WINDOW)
VISITOR = SeenZone(ZoneKind.VISITOR, WINDOW)
ELSEWHERE = SeenZone(ZoneKind.OPERATOR, OTHER)
QUEUE = SeenZone(ZoneKind.QUEUE, None)


def a_camera(
    number: int,
    *zones: SeenZone,
    view: str = "window",
    recorded: bool = True,
    enabled: bool = True,
) -> Candidate:
    return Candidate(UUID(int=number), f"cam-{number}", view, enabled, zones, recorded)


DESK = a_camera(1, OPERATOR)
SEATS = a_camera(2, VISITOR)
LINE = a_camera(3, QUEUE)
HALL = a_camera(4, view="hall")
DOOR = a_camera(5, view="entrance")
NEXT_DESK = a_camera(6, ELSEWHERE)
NOWHERE = a_camera(7)


def order(cameras: list[Candidate], window: UUID | None) -> list[int]:
    return [ranked.camera_id.int for ranked in rank(cameras, window, NOON)]


def test_the_windows_own_camera_comes_first() -> None:
    cameras = [NOWHERE, NEXT_DESK, DOOR, HALL, LINE, SEATS, DESK]
    assert order(cameras, WINDOW) == [1, 2, 3, 4, 5, 6, 7]


def test_without_a_window_the_hall_comes_first() -> None:
    assert order([DESK, DOOR, HALL, LINE], None) == [3, 4, 5, 1]


def test_a_camera_without_footage_of_that_minute_falls_behind() -> None:
    dark = a_camera(1, OPERATOR, recorded=False)
    (first, second) = rank([dark, HALL], WINDOW, NOON)
    assert (first.camera_id.int, second.camera_id.int) == (4, 1)
    assert Reason.NO_RECORDING in second.reasons
    assert Reason.RECORDED in first.reasons


def test_of_dark_cameras_the_windows_own_is_still_first() -> None:
    dark = [a_camera(4, view="hall", recorded=False), a_camera(1, OPERATOR, recorded=False)]
    assert order(dark, WINDOW) == [1, 4]


def test_a_disabled_camera_says_so() -> None:
    (ranked,) = rank([a_camera(1, OPERATOR, enabled=False)], WINDOW, NOON)
    assert Reason.DISABLED in ranked.reasons


@pytest.mark.parametrize(
    ("camera", "reasons"),
    [
        (DESK, (Reason.WINDOW_OPERATOR, Reason.RECORDED)),
        (
            a_camera(8, OPERATOR, VISITOR, QUEUE, ELSEWHERE, view="hall"),
            (
                Reason.WINDOW_OPERATOR,
                Reason.WINDOW_VISITOR,
                Reason.QUEUE,
                Reason.HALL,
                Reason.OTHER_WINDOW,
                Reason.RECORDED,
            ),
        ),
        (NOWHERE, (Reason.SAME_OFFICE, Reason.RECORDED)),
    ],
)
def test_reasons(camera: Candidate, reasons: tuple[Reason, ...]) -> None:
    (ranked,) = rank([camera], WINDOW, NOON)
    assert ranked.reasons == reasons


def test_the_replay_starts_two_minutes_before() -> None:
    (ranked,) = rank([DESK], WINDOW, NOON)
    assert (ranked.replay_from, ranked.at) == (NOON - timedelta(minutes=2), NOON)


ZONES = st.builds(SeenZone, st.sampled_from(ZoneKind), st.sampled_from([None, WINDOW, OTHER]))
CAMERAS = st.lists(
    st.builds(
        Candidate,
        st.uuids(),
        st.text(max_size=4),
        st.sampled_from(["hall", "window", "entrance"]),
        st.booleans(),
        st.lists(ZONES, max_size=5).map(tuple),
        st.booleans(),
    ),
    max_size=8,
)


@given(CAMERAS, st.sampled_from([None, WINDOW]))
def test_scores_fall_and_stay_within_bounds(cameras: list[Candidate], window: UUID | None) -> None:
    ranked = rank(cameras, window, NOON)
    scores = [camera.score for camera in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)
    assert sorted(c.camera_id for c in ranked) == sorted(c.camera_id for c in cameras)


def test_no_cameras_no_ranking() -> None:
    assert rank([], WINDOW, NOON) == []
