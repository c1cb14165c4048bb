"""The peer of recording: one ffmpeg per camera that copies the stream into 10 s files."""

import asyncio
import signal
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from dashboard_api.cli.bench import cpu
from ingest.simulated.farm import farm_url
from models.kit.errors import Unavailable

_SEGMENT_S = 10
_STOP_S = 10.0
_LEAST_BYTES = 100_000  # a camera's files together; ffmpeg that records nothing is no peer
_START_TRIES = 100


class FfmpegCopies:
    """Running processes; ``cpu_s`` must be asked before they end."""

    def __init__(self, processes: Sequence[subprocess.Popen[bytes]]) -> None:
        self._processes = processes

    def cpu_s(self) -> float:
        """Return the CPU seconds of all.

        Raises:
            Unavailable: one has ended, so that the sum would flatter it.
        """
        if any(process.poll() is not None for process in self._processes):
            raise Unavailable("an ffmpeg of the peer ended while it was measured")
        return sum(cpu.cpu_s(process.pid) for process in self._processes)


@asynccontextmanager
async def ffmpeg_copies(folder: Path, rtsp_port: int, cameras: int) -> AsyncIterator[FfmpegCopies]:
    """Run one ffmpeg a camera until the block ends; gives them once each writes a file.

    Raises:
        Unavailable: ffmpeg does not record.
    """
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for n in range(cameras):
            (folder / f"{n}").mkdir(parents=True)
            processes.append(_start(folder / f"{n}", farm_url(rtsp_port, n)))
        for _ in range(_START_TRIES):
            if all(_files(folder / f"{n}") for n in range(cameras)):
                break
            await asyncio.sleep(0.1)
        yield FfmpegCopies(processes)
    finally:
        for process in processes:
            process.send_signal(signal.SIGINT)  # so that the last file gets its index
        for process in processes:
            await asyncio.to_thread(process.wait, _STOP_S)
    idle = [n for n in range(cameras) if _bytes(folder / f"{n}") < _LEAST_BYTES]
    if idle:
        raise Unavailable(f"the peer did not record {len(idle)} of {cameras} cameras")


def _start(folder: Path, url: str) -> subprocess.Popen[bytes]:
    command = ["ffmpeg", "-nostdin", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", url]
    command += ["-c", "copy", "-f", "segment", "-segment_time", str(_SEGMENT_S)]
    command += ["-reset_timestamps", "1", str(folder / "%05d.mp4")]
    try:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except FileNotFoundError as error:
        raise Unavailable("ffmpeg is not installed; the bench needs it as its peer") from error


def _files(folder: Path) -> list[Path]:
    return list(folder.glob("*.mp4"))


def _bytes(folder: Path) -> int:
    return sum(file.stat().st_size for file in _files(folder))
