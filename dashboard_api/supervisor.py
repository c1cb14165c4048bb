"""A small supervised tree: starts the processes of the house in order and restarts what dies.

Own code instead of a library because it must start PostgreSQL under another user, tie every child's
life to its parent (setpriv --pdeathsig), wait for readiness and keep one log a process; supervisord
needs a daemon and an ini file for that, honcho does not restart.
"""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from models.kit import spare
from models.kit.clock import Clock
from models.kit.errors import Unavailable
from models.kit.log import get

log = get(__name__)

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 10.0
STEADY_S = 20.0  # a process that lived this long starts with the first pause again
STOP_S = 20.0  # a starved machine; a node that hangs says where before
SPARE_AFTER_S = 5.0  # a new spare is not prepared while a process is just coming back


@dataclass(frozen=True, slots=True)
class Spec:
    """One process: how it is started, how it is stopped and what to wait for before the next.

    ``spared``: a spare of its command is kept ready (models/kit/spare.py), one for all of them.
    ``needed``: the others lean on it, so it ends after them.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    after_start: Callable[[], Awaitable[None]] | None = None  # runs after every start
    spared: bool = False
    needed: bool = False


def next_pause(pause_s: float, lived_s: float) -> tuple[float, float]:
    """Return (how long to wait now, what to pass next time); pure."""
    if lived_s >= STEADY_S:
        pause_s = FIRST_PAUSE_S
    return pause_s, min(pause_s * 2, LONGEST_PAUSE_S)


class Supervisor:
    """Runs specs until told to stop. Everything on one event loop; logs go to ``log_dir``."""

    def __init__(self, *, log_dir: Path, run_dir: Path, clock: Clock) -> None:
        self._log_dir = log_dir
        self._run_dir = run_dir
        self._clock = clock
        self._stopping = asyncio.Event()
        self._tasks: list[tuple[Spec, asyncio.Task[None]]] = []
        self._processes: dict[str, Process] = {}
        self._spares: dict[tuple[str, ...], asyncio.Task[Process]] = {}
        for folder in (log_dir, run_dir):
            folder.mkdir(parents=True, exist_ok=True)

    async def start(self, spec: Spec) -> None:
        """Start a process and return once its ``after_start`` has finished the first time.

        Raises:
            whatever ``after_start`` raises at the first start; later failures mean a restart.
        """
        started: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self._keep(spec, started), name=spec.name)
        self._tasks.append((spec, task))
        await started

    async def stop(self) -> None:
        """Stop all at once, then what they needed, newest first; each within 20 s or killed."""
        self._stopping.set()
        free = [(spec, task) for spec, task in self._tasks if not spec.needed]
        await asyncio.gather(*(self._end(spec, task) for spec, task in free))
        for spec, task in reversed(self._tasks):
            if spec.needed:
                await self._end(spec, task)
        for preparing in self._spares.values():
            await _dismiss(preparing)

    async def _end(self, spec: Spec, task: asyncio.Task[None]) -> None:
        process = self._processes.get(spec.name)
        if process is not None and process.returncode is None:
            process.send_signal(spec.stop_signal)
            try:
                await asyncio.wait_for(process.wait(), STOP_S)
            except TimeoutError:
                log.warning("child.killed", child=spec.name, after_s=STOP_S)
                process.kill()
                await process.wait()
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _keep(self, spec: Spec, started: asyncio.Future[None]) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            born = self._clock.monotonic()
            process = await self._spawn(spec)
            self._processes[spec.name] = process
            await self._announce_start(spec, process, started)
            code = await process.wait()
            (self._run_dir / f"{spec.name}.pid").unlink(missing_ok=True)
            if self._stopping.is_set():
                return
            wait_s, pause_s = next_pause(pause_s, self._clock.monotonic() - born)
            log.error(
                "child.died",
                child=spec.name,
                code=code,
                restart_in_s=wait_s,
                log=str(self._log_dir / f"{spec.name}.log"),
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait_s)

    async def _announce_start(
        self, spec: Spec, process: Process, started: asyncio.Future[None]
    ) -> None:
        try:
            await self._until_ready(spec, process)
        except Exception as error:
            if not started.done():
                started.set_exception(error)
                return
            log.exception("child.after_start", child=spec.name)
            with suppress(ProcessLookupError):
                process.kill()
            return
        if not started.done():
            started.set_result(None)

    async def _until_ready(self, spec: Spec, process: Process) -> None:
        """Run ``after_start``; a process that dies meanwhile is not waited for any longer."""
        if spec.after_start is None:
            return
        ready = asyncio.ensure_future(spec.after_start())
        died = asyncio.create_task(process.wait())
        try:
            await asyncio.wait({ready, died}, return_when=asyncio.FIRST_COMPLETED)
            if not ready.done():
                path = self._log_dir / f"{spec.name}.log"
                msg = f"{spec.name} ended with code {died.result()} while starting; see {path}"
                raise Unavailable(msg)
            ready.result()
        finally:
            for task in (ready, died):
                task.cancel()
            await asyncio.gather(ready, died, return_exceptions=True)

    async def _spawn(self, spec: Spec) -> Process:
        process = await self._take_spare(spec)
        if process is None:
            process = await self._execute(spec, spec.command, self._log_dir / f"{spec.name}.log")
        (self._run_dir / f"{spec.name}.pid").write_text(str(process.pid))
        log.info("child.started", child=spec.name, pid=process.pid)
        if spec.spared and spec.command not in self._spares:
            self._spares[spec.command] = asyncio.create_task(self._prepare(spec))
        return process

    async def _execute(
        self, spec: Spec, command: tuple[str, ...], output_path: Path, stdin: int = DEVNULL
    ) -> Process:
        with output_path.open("ab") as output:
            return await asyncio.create_subprocess_exec(
                *command,
                stdin=stdin,
                stdout=output,
                stderr=output,
                env={**os.environ, **spec.environment},
                start_new_session=True,  # Ctrl-C reaches us only; we stop the children in order
            )

    async def _prepare(self, spec: Spec) -> Process:
        await asyncio.sleep(SPARE_AFTER_S)
        command = (*spec.command, spare.OPTION)
        return await self._execute(spec, command, self._log_dir / "spare.log", PIPE)

    async def _take_spare(self, spec: Spec) -> Process | None:
        """Return the waiting spare, told to be this child; None where there is none."""
        preparing = self._spares.pop(spec.command, None) if spec.spared else None
        if preparing is None:
            return None
        if not preparing.done() or preparing.exception() is not None:
            await _dismiss(preparing)
            return None
        process = preparing.result()
        assert process.stdin is not None
        try:
            told = spare.order(dict(spec.environment), self._log_dir / f"{spec.name}.log")
            process.stdin.write(told)
            await process.stdin.drain()
            process.stdin.close()
        except ConnectionError:  # it died while it waited
            return None
        return process if process.returncode is None else None


async def _dismiss(preparing: asyncio.Task[Process]) -> None:
    """End a spare, or its preparation."""
    preparing.cancel()
    with suppress(asyncio.CancelledError, OSError):
        process = await preparing
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
