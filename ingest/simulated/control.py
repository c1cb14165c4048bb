"""The control port: one command a line over TCP, one answer a line. It makes cameras fail on cue.

``list`` · ``stall S`` · ``resume S`` · ``kick S`` · ``reset S`` · ``stop S`` · ``start S`` ·
``show S VARIANT`` · ``codec S VARIANT`` · ``sps S`` · ``drop S PERCENT`` ·
``garbage S PERCENT`` · ``clock S ±SECONDS`` · ``truth S`` · ``heard S``; S is a scene
(``hall-1``) or one of its streams (``hall-1/main``).
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from math import isfinite

from ingest.simulated.farm import PLAIN, SMALL
from ingest.simulated.rtsp_server import SimulatedCameras
from ingest.simulated.scenes import SCENES, scene
from models.kit.errors import CentreError, InvalidInput, NotFound

_USAGE = (
    "commands: list, stall S, resume S, kick S, reset S, stop S, start S, show S VARIANT,"
    " codec S VARIANT, sps S, drop S PERCENT, garbage S PERCENT, clock S SECONDS, truth S,"
    " heard S, late"
)
_LINE_LIMIT = 1_024


async def serve_control(cameras: SimulatedCameras, host: str, port: int = 0) -> asyncio.Server:
    """Listen for commands; ``port`` 0 takes a free one."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while line := await _line(reader):
                writer.write(answer(cameras, line.decode("utf-8", "replace")).encode() + b"\n")
                await writer.drain()
        writer.close()

    return await asyncio.start_server(converse, host, port, limit=_LINE_LIMIT)


def answer(cameras: SimulatedCameras, line: str) -> str:
    """Carry out one command and return ``ok …`` or ``error …``."""
    try:
        return f"ok {_carried_out(cameras, line.split())}".rstrip()
    except CentreError as error:
        return f"error {error.detail}"


def _carried_out(cameras: SimulatedCameras, words: list[str]) -> str:
    match words:
        case ["list"]:
            return " ".join(f"{name}={cameras.showing(name)}" for name in cameras.names)
        case ["late"]:
            return f"{cameras.late_s():.2f}"
        case [verb, name] if verb in _PLAIN:
            return _PLAIN[verb](cameras, name) or ""
        case [verb, name, variant] if verb in _WITH_VARIANT:
            _WITH_VARIANT[verb](cameras, name, variant)
        case [verb, name, number] if verb in _WITH_NUMBER:
            _WITH_NUMBER[verb](cameras, name, _number(number))
        case _:
            raise InvalidInput(_USAGE)
    return ""


def _number(text: str) -> float:
    try:
        number = float(text)
    except ValueError as error:
        raise InvalidInput(f"{text} is not a number; {_USAGE}") from error
    if not isfinite(number):
        raise InvalidInput(f"{text} is not a number that can be meant; {_USAGE}")
    return number


def _truth(cameras: SimulatedCameras, name: str) -> str:
    variant = cameras.showing(name)
    known = {s.name for s in SCENES}
    hall = name.partition("/")[0]
    if hall not in known:
        raise NotFound(f"{hall} is not a scene with a known truth; scenes: {sorted(known)}")
    truth = scene(hall).truth(variant)
    windows = {str(number): present for number, present in truth.present.items()}
    return json.dumps({"variant": variant, "queue": truth.queue, "windows": windows})


def _other_size(cameras: SimulatedCameras, name: str) -> None:
    cameras.show(name, SMALL if cameras.showing(name) == PLAIN else PLAIN)


_PLAIN: dict[str, Callable[[SimulatedCameras, str], str | None]] = {
    "stall": SimulatedCameras.stall,
    "resume": SimulatedCameras.resume,
    "kick": lambda cameras, name: f"{cameras.kick(name)} closed",
    "reset": lambda cameras, name: f"{cameras.reset(name)} closed",
    "stop": SimulatedCameras.stop_camera,
    "start": SimulatedCameras.start_camera,
    "sps": _other_size,
    "truth": _truth,
    "heard": lambda cameras, name: f"{cameras.heard(name)} packets",
}
_WITH_VARIANT: dict[str, Callable[[SimulatedCameras, str, str], None]] = {
    "show": SimulatedCameras.show,
    "codec": SimulatedCameras.become,
}
_WITH_NUMBER: dict[str, Callable[[SimulatedCameras, str, float], None]] = {
    "drop": SimulatedCameras.drop,
    "garbage": SimulatedCameras.garble,
    "clock": SimulatedCameras.shift_clock,
}


async def _line(reader: asyncio.StreamReader) -> bytes:
    """Return the next line, or nothing when the client left or sends no lines at all."""
    try:
        return await reader.readline()
    except ValueError:  # longer than the limit: not a command
        return b""
