"""An office's waiting goes on where a process stopped that was restarted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from vision.flow import Flow, Now, OfficeMinuteDone, finish, look, wait
from vision.resume import resume
from vision.waiting import service_time

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
OFFICE = UUID(int=1)


def at(second: float) -> datetime:
    return NOON + timedelta(seconds=second)


def now(second: int) -> Now:
    """Four wait, and each minute one of them goes to a window: everybody waits four minutes."""
    services = (100.0 + second % 120 / 6,) if second % 60 == 50 else ()
    return Now(4, 2, 2, int(second % 60 == 30), services, has_spots=True)


def watched(flow: Flow, first: int, last: int) -> tuple[Flow, list[OfficeMinuteDone]]:
    done = []
    for second in range(first, last):
        flow, finished = look(flow, now(second), at(second))
        done += [finished] if finished else []
    return flow, done


@pytest.fixture(scope="module")
def hour() -> list[OfficeMinuteDone]:
    """Forty minutes as they were written, the last one cut off after 20 s by a restart."""
    flow, done = watched(Flow(OFFICE), 0, 2420)
    last = finish(flow)
    assert last is not None
    return [*done, last]


def test_the_wait_is_known_at_once_after_a_restart(hour: list[OfficeMinuteDone]) -> None:
    before = hour[-1]
    assert before.wait is not None
    flow, _ = watched(resume(OFFICE, hour, at(2425)), 2425, 2430)
    figure, source = wait(flow)
    assert source == "flow"
    assert figure is not None
    assert figure.value == pytest.approx(before.wait.value, rel=0.05)
    assert figure.value == pytest.approx(240, rel=0.05)


def test_the_minute_under_way_loses_nothing(hour: list[OfficeMinuteDone]) -> None:
    _, done = watched(resume(OFFICE, hour, at(2425)), 2425, 2465)
    assert [minute.minute_at for minute in done] == [at(2400)]
    (minute,) = done
    assert minute.served == 1
    assert minute.known_s == pytest.approx(19 + 34, abs=1)
    assert minute.people_mean == pytest.approx(4)


def test_service_times_keep_their_mean_and_band(hour: list[OfficeMinuteDone]) -> None:
    before = hour[-1].service
    after = service_time(resume(OFFICE, hour, at(2425)).services_s)
    assert before is not None
    assert after is not None
    assert (after.value, after.low) == pytest.approx((before.value, before.low), rel=0.02)


def test_a_short_gap_is_bridged_and_a_long_one_ends_what_was_known(
    hour: list[OfficeMinuteDone],
) -> None:
    short = [minute for minute in hour if not at(1200) <= minute.minute_at < at(1380)]
    figure, _ = wait(watched(resume(OFFICE, short, at(2425)), 2425, 2430)[0])
    assert figure is not None
    assert figure.value == pytest.approx(240, rel=0.07)
    blind = [replace(m, people_mean=None, known_s=0.0) for m in hour[20:30]]
    long = [*hour[:20], *blind, *hour[30:]]
    kept = resume(OFFICE, long, at(2425))
    assert kept.stretches[0][0] == at(1800)


def test_minutes_long_ago_say_nothing_of_now(hour: list[OfficeMinuteDone]) -> None:
    flow = resume(OFFICE, hour, at(4000))
    assert (flow.stretches, flow.minutes) == ((), ())
    assert len(flow.services_s) > 30
    assert resume(OFFICE, [], NOON) == Flow(OFFICE)
