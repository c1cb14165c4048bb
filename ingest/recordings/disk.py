"""The disk that recordings go to: is it there, is it the right one, does it take more.

A file ``.ahual-recordings`` in the folder names the disk; what this node saw there first is kept in
its state folder. So a mount point without its disk, or with another, is never written to.
Blocking; called by any thread.
"""

import errno
import json
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from ingest.recordings.facts import GapReason
from models.kit.clock import Clock
from models.kit.errors import CentreError
from models.kit.ids import new_id
from models.kit.log import get
from models.kit.settings import Settings
from models.observations import DiskFacts, DiskState

log = get(__name__)
MARKER = ".ahual-recordings"
_RATE_OVER_S = 60.0
_REFUSED_FOR_S = 10.0  # a refused write says this long what is wrong, unless a look says it better
_STATES = {
    errno.ENOSPC: DiskState.FULL,
    errno.EDQUOT: DiskState.FULL,
    errno.EFBIG: DiskState.FULL,
    errno.EROFS: DiskState.READ_ONLY,
    errno.EACCES: DiskState.READ_ONLY,
    errno.EPERM: DiskState.READ_ONLY,
}
GAP_OF_DISK = {
    DiskState.FULL: GapReason.DISK_FULL,
    DiskState.READ_ONLY: GapReason.DISK_READ_ONLY,
    DiskState.MISSING: GapReason.DISK_MISSING,
    DiskState.WRONG: GapReason.DISK_WRONG,
    DiskState.FAILED: GapReason.DISK_FAILED,
    DiskState.SLOW: GapReason.DISK_SLOW,
}


class DiskRefused(OSError):
    """The disk must not, or cannot, be written to; ``state`` says why."""

    def __init__(self, state: DiskState, detail: str) -> None:
        super().__init__(detail)
        self.state = state


def free_bytes(folder: Path) -> int:
    there = os.statvfs(folder)
    return there.f_bavail * there.f_frsize


def state_of(error: OSError) -> DiskState:
    """Return what an error of the operating system says about the disk."""
    if isinstance(error, DiskRefused):
        return error.state
    return _STATES.get(error.errno or 0, DiskState.FAILED)


class Disk:
    """One process' view of the recordings folder."""

    def __init__(
        self,
        root: Path,
        clock: Clock,
        *,
        reserve_bytes: int,
        memory: Path | None = None,
        free: Callable[[Path], int] = free_bytes,
    ) -> None:
        """``memory`` is where the disk's name is kept; without it any disk is the right one."""
        self.root = root
        self._clock = clock
        self._reserve_bytes = reserve_bytes
        self._memory = memory
        self._free = free
        self._lock = Lock()
        self._seen: tuple[int, int, int] | None = None  # the marker that was found good
        self._written = 0
        self.write_bytes_per_s = 0.0  # as of the last look
        self._totals: deque[tuple[float, int]] = deque([(clock.monotonic(), 0)])
        self._refusal: tuple[float, DiskState, str] | None = None
        self._state, self._since, self._detail = DiskState.OK, clock.now(), ""

    def claim(self) -> None:
        """Make sure that the right disk is there; a folder that was never used becomes ours.

        Raises:
            DiskRefused: it is missing or another.
            OSError: it cannot be read or written.
        """
        try:
            found = (self.root / MARKER).stat()
        except FileNotFoundError:
            pass
        else:
            if _identity(found) == self._seen:
                return
        with self._lock:
            self._judge_marker()
            self._seen = _identity((self.root / MARKER).stat())

    def require_space(self, length: int) -> None:
        """Raise DiskRefused where writing ``length`` bytes would eat into the reserve."""
        if self._free(self.root) - length < self._reserve_bytes:
            raise DiskRefused(DiskState.FULL, "free space is down to the reserve")

    def free_bytes(self) -> int:
        """Return the free bytes above the reserve."""
        return self._free(self.root) - self._reserve_bytes

    def total_bytes(self) -> int:
        there = os.statvfs(self.root)
        return there.f_blocks * there.f_frsize

    def wrote(self, length: int) -> None:
        self._written += length  # a lost count costs the rate a little; a lock would cost more

    def refused(self, state: DiskState, detail: str) -> None:
        """Take note of what a writer met."""
        self._refusal = (self._clock.monotonic(), state, detail)

    def look(self) -> DiskFacts:
        """Look at the disk itself, and at what its writers met lately."""
        free: int | None = None
        try:
            self.claim()
            free = self.free_bytes()
            state, detail = DiskState.OK, ""
            if os.statvfs(self.root).f_flag & os.ST_RDONLY:
                state, detail = DiskState.READ_ONLY, "the file system is mounted read-only"
            elif free <= 0:
                state, detail = DiskState.FULL, "free space is down to the reserve"
        except OSError as error:
            state, detail = state_of(error), error.strerror or str(error)
        if state is DiskState.OK and self._refusal is not None:
            at, met, said = self._refusal
            if self._clock.monotonic() - at < _REFUSED_FOR_S:
                state, detail = met, said
        if state is not self._state:
            self._since = self._clock.now()
            log.log(20 if state is DiskState.OK else 40, "disk.state", state=state, detail=detail)
        self._state, self._detail = state, detail
        self.write_bytes_per_s = self._rate()
        return DiskFacts(state, self._since, detail, free, self.write_bytes_per_s)

    def _rate(self) -> float:
        now, written = self._clock.monotonic(), self._written
        while len(self._totals) > 1 and now - self._totals[1][0] >= _RATE_OVER_S:
            self._totals.popleft()
        begin, before = self._totals[0]
        self._totals.append((now, written))
        return (written - before) / (now - begin) if now > begin else 0.0

    def _judge_marker(self) -> None:
        known = _remembered(self._memory, self.root)
        marker = self.root / MARKER
        try:
            name = marker.read_text().strip()
        except FileNotFoundError:
            if known is not None:
                msg = f"{self.root} has no {MARKER}: its disk is not mounted"
                raise DiskRefused(DiskState.MISSING, msg) from None
            name = self._mark(marker)
        if known is None:
            _remember(self._memory, self.root, name)
        elif name != known:
            msg = f"{self.root} holds another disk ({name}) than before ({known})"
            raise DiskRefused(DiskState.WRONG, msg)

    def _mark(self, marker: Path) -> str:
        """Name a new disk; another worker may do so at the same moment."""
        self.root.mkdir(parents=True, exist_ok=True)
        own = marker.with_name(f"{MARKER}.{new_id()}")
        own.write_text(f"{own.suffix[1:]}\n")
        try:
            os.link(own, marker)
        except FileExistsError:
            log.info("disk.marked_by_another")
        finally:
            own.unlink()
        return marker.read_text().strip()


def _identity(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_dev, found.st_ino, found.st_mtime_ns


def _remembered(memory: Path | None, root: Path) -> str | None:
    """Return the name of the disk that was there, None where there was none yet."""
    if memory is None:
        return None
    try:
        kept = json.loads(memory.read_text())
        return str(kept["disk"]) if kept["root"] == str(root.absolute()) else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.error("disk.memory_unreadable", path=memory.name, error=str(error))
        return None


def _remember(memory: Path | None, root: Path, name: str) -> None:
    if memory is None:
        return
    fresh = memory.with_name(f"{memory.name}.{new_id()}")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(json.dumps({"root": str(root.absolute()), "disk": name}))
        fresh.replace(memory)
    except OSError as error:
        log.error("disk.not_remembered", path=memory.name, error=str(error))


def memory_of(settings: Settings) -> Path:
    """Return where the name of the node's disk is kept; its workers share it."""
    return settings.state_dir / f"recordings-disk-{settings.media_node}.json"


def disk_of(settings: Settings, clock: Clock) -> Disk:
    return Disk(
        settings.recordings_path,
        clock,
        reserve_bytes=settings.reserve_bytes,
        memory=memory_of(settings),
    )


def accept(memory: Path, root: Path) -> str:
    """Take the disk that is there now for the right one from now on; return its name.

    Raises:
        CentreError: nothing is there to be accepted.
    """
    memory.unlink(missing_ok=True)
    try:
        name = (root / MARKER).read_text().strip()
    except FileNotFoundError:
        return "a new one; the node marks it when it records"
    except OSError as error:
        raise CentreError(f"{root} cannot be read: {error}") from error
    _remember(memory, root, name)
    return name
