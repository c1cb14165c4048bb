"""The supervised tree: restarts what dies, stops in order, leaves nothing behind."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from dashboard_api.supervisor import (
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    STEADY_S,
    Spec,
    Supervisor,
    next_pause,
)
from models.kit.clock import SystemClock
from models.kit.errors import Unavailable

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.mark.parametrize(
    ("pause_s", "lived_s", "expected"),
    [
        (FIRST_PAUSE_S, 0.1, (FIRST_PAUSE_S, FIRST_PAUSE_S * 2)),  # dies at once: wait longer
        (LONGEST_PAUSE_S, 1.0, (LONGEST_PAUSE_S, LONGEST_PAUSE_S)),  # never longer than this
        (LONGEST_PAUSE_S, STEADY_S, (FIRST_PAUSE_S, FIRST_PAUSE_S * 2)),  # was steady: forgiven
    ],
)
def test_pause_grows_and_is_forgiven(
    pause_s: float, lived_s: float, expected: tuple[float, float]
) -> None:
    assert next_pause(pause_s, lived_s) == expected


def _supervisor(folder: Path) -> Supervisor:
    return Supervisor(log_dir=folder / "log", run_dir=folder / "run", clock=SystemClock())


async def _pid(folder: Path, name: str, other_than: int = 0) -> int:
    path = folder / "run" / f"{name}.pid"
    async with asyncio.timeout(10):
        while not path.exists() or int(path.read_text() or 0) in (0, other_than):
            await asyncio.sleep(0.02)
    return int(path.read_text())


async def test_a_killed_child_comes_back_and_the_others_stay(tmp_path: Path) -> None:
    supervisor = _supervisor(tmp_path)
    await supervisor.start(Spec("a", SLEEPER))
    await supervisor.start(Spec("b", SLEEPER))
    first, other = await _pid(tmp_path, "a"), await _pid(tmp_path, "b")
    os.kill(first, signal.SIGKILL)
    second = await _pid(tmp_path, "a", other_than=first)
    assert second != first
    assert await _pid(tmp_path, "b") == other
    await supervisor.stop()
    for pid in (second, other):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_spare_takes_over_with_the_variables_and_the_log_of_whom_it_replaces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard_api.supervisor.SPARE_AFTER_S", 0.0)
    program = (
        "import os, sys, time; from models.kit.spare import OPTION, await_turn; await_turn(); "
        "print(os.environ['WHO'], OPTION in sys.argv, flush=True); time.sleep(60)"
    )
    supervisor = _supervisor(tmp_path)
    for name in ("a", "b"):
        command = (sys.executable, "-c", program)
        await supervisor.start(Spec(name, command, {"WHO": name}, spared=True))
    log = tmp_path / "log" / "b.log"
    first = await _pid(tmp_path, "b")
    await _next_spare(supervisor)
    await _said(log, ["b", "False"])
    os.kill(first, signal.SIGKILL)
    second = await _pid(tmp_path, "b", other_than=first)
    await _said(log, ["b", "False", "b", "True"])
    third = await _next_spare(supervisor)
    os.kill(third, signal.SIGKILL)  # a spare that died is no reason not to come back
    os.kill(second, signal.SIGKILL)
    fourth = await _pid(tmp_path, "b", other_than=second)
    fifth = await _next_spare(supervisor)
    await supervisor.stop()
    for pid in (second, third, fourth, fifth):
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def _said(log: Path, words: list[str]) -> None:
    async with asyncio.timeout(20):
        while len(log.read_text().split()) < len(words):
            await asyncio.sleep(0.02)
    assert log.read_text().split() == words


async def _next_spare(supervisor: Supervisor) -> int:
    async with asyncio.timeout(10):
        while True:
            for task in supervisor._spares.values():
                if task.done():
                    return task.result().pid
            await asyncio.sleep(0.02)


async def test_a_failed_first_start_is_told_to_the_caller(tmp_path: Path) -> None:
    async def never_ready() -> None:
        msg = "not ready"
        raise RuntimeError(msg)

    supervisor = _supervisor(tmp_path)
    with pytest.raises(RuntimeError, match="not ready"):
        await supervisor.start(Spec("a", SLEEPER, after_start=never_ready))
    await supervisor.stop()


async def test_a_child_that_ignores_sigterm_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard_api.supervisor.STOP_S", 0.5)
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print('up', flush=True); time.sleep(60)"
    )
    supervisor = _supervisor(tmp_path)
    await supervisor.start(Spec("stubborn", (sys.executable, "-c", stubborn)))
    pid = await _pid(tmp_path, "stubborn")
    async with asyncio.timeout(10):
        while not (tmp_path / "log" / "stubborn.log").read_text():
            await asyncio.sleep(0.02)
    await supervisor.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_child_killed_before_it_was_ready_again_comes_back(tmp_path: Path) -> None:
    starts = 0

    async def ready_once() -> None:
        nonlocal starts
        starts += 1
        if starts > 1:
            await asyncio.Event().wait()  # as a database that was killed before it answered

    supervisor = _supervisor(tmp_path)
    await supervisor.start(Spec("a", SLEEPER, after_start=ready_once))
    first = await _pid(tmp_path, "a")
    os.kill(first, signal.SIGKILL)
    second = await _pid(tmp_path, "a", other_than=first)
    os.kill(second, signal.SIGKILL)
    third = await _pid(tmp_path, "a", other_than=second)
    assert third != second
    await supervisor.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(third, 0)


async def test_a_child_that_dies_before_it_is_ready_the_first_time_is_told(tmp_path: Path) -> None:
    async def never_ready() -> None:
        await asyncio.Event().wait()

    supervisor = _supervisor(tmp_path)
    with pytest.raises(Unavailable, match=r"a ended with code 3 .*/a\.log"):
        await supervisor.start(
            Spec("a", (sys.executable, "-c", "raise SystemExit(3)"), after_start=never_ready)
        )
    await supervisor.stop()


async def test_what_others_need_stops_after_them(tmp_path: Path) -> None:
    """The database comes first and goes last: what the rooms still hold can be written."""
    linger = (
        "import signal, sys, time\n"
        "def leave(*_):\n    time.sleep(0.2); open({path!r}, 'a').write({name!r}); sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave); print('up', flush=True); time.sleep(60)"
    )
    order = tmp_path / "order"
    supervisor = _supervisor(tmp_path)
    for name in ("1", "2", "3", "4"):
        code = linger.format(path=str(order), name=name)
        await supervisor.start(Spec(name, (sys.executable, "-c", code), needed=name in "12"))
    async with asyncio.timeout(10):
        while not all((tmp_path / "log" / f"{n}.log").read_text() for n in "1234"):
            await asyncio.sleep(0.02)
    await supervisor.stop()
    assert sorted(order.read_text()[:2]) == ["3", "4"]
    assert order.read_text()[2:] == "21"
