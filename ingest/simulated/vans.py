"""Simulated vans: they drive, and their devices report over real sockets.

What cannot be sent is kept and sent later, oldest first. Above speed 1 a van starts a day ago
and hurries until it has reached the present.
"""

import asyncio
import random
from argparse import ArgumentParser, Namespace
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from ingest.gps.decoders.table import PROTOCOLS
from ingest.simulated.fleet import FLEET, SimulatedVan
from ingest.simulated.link import BLACK_BOX_FIXES, Link, Unheard
from ingest.simulated.links import LINKS, UDP_LINKS
from ingest.simulated.roads import GpsNoise
from ingest.simulated.timetable import journey_at, silence
from ingest.simulated.trackers import Tracker, measured_fix
from models.kit import service
from models.kit.clock import Clock, SystemClock
from models.kit.log import get
from models.kit.settings import Settings
from models.observations import PositionFix

log = get(__name__)
KEPT_FIXES = 20_000  # about a day at one every 5 s
HURRY_FROM = timedelta(hours=24)
Address = tuple[str, int]


class VanClock:
    """Time as a van lives it: the present, or the last day at ``speed`` until the present."""

    def __init__(self, clock: Clock, speed: float) -> None:
        self._clock = clock
        self._speed = max(speed, 1.0)
        self._began_at = clock.now()

    def now(self) -> datetime:
        now = self._clock.now()
        if self._speed == 1.0:
            return now
        lived = (now - self._began_at) * self._speed
        return min(now, self._began_at - HURRY_FROM + lived)


class Sensor:
    """The receiver in a van: its place on today's trip by the clock, with a receiver's errors."""

    def __init__(self, van: SimulatedVan, number: int, seed: int) -> None:
        self._van = van
        self._number = number
        self._tracker = Tracker(van.identifier, error_m=4.0)
        self._chance = random.Random(f"{seed} {van.identifier} noise")
        self._noise = GpsNoise(self._chance)
        self._last_at: datetime | None = None

    def fix(self, at: datetime) -> PositionFix:
        """Return what the device measures at this time; call with growing times."""
        journey, second = journey_at(self._van, self._number, at)
        since_s = (at - self._last_at).total_seconds() if self._last_at else 0.0
        self._last_at = at
        noise = self._noise.after(since_s)
        return measured_fix(journey.at(second), at, self._tracker, noise, self._chance)

    def heard(self, at: datetime) -> bool:
        """Return whether the van has network where it is at this time."""
        hole = silence(self._van, self._number)
        if hole is None:
            return True
        _, second = journey_at(self._van, self._number, at)
        return not hole.from_s <= second < hole.until_s


class Reporter:
    """Sends a van's fixes in order, keeping those that nobody has acknowledged."""

    def __init__(self, identifier: str, link: Link) -> None:
        self._identifier = identifier
        self._link = link
        self._kept: deque[PositionFix] = deque(maxlen=KEPT_FIXES)
        self._unheard = False

    @property
    def kept(self) -> int:
        return len(self._kept)

    def keep(self, fix: PositionFix) -> None:
        """Keep the fix for later: there is no network."""
        self._kept.append(fix)

    async def report(self, fix: PositionFix) -> None:
        """Keep the fix, then send what is kept, oldest first, until nobody answers."""
        self.keep(fix)
        try:
            while self._kept:
                heard = await self._link.send(list(islice(self._kept, BLACK_BOX_FIXES)))
                for _ in range(heard):
                    self._kept.popleft()
        except Unheard as error:
            if not self._unheard:
                log.warning("van.unheard", van=self._identifier, reason=str(error))
            self._unheard = True
            return
        if self._unheard:
            log.info("van.heard_again", van=self._identifier)
        self._unheard = False


async def run_van(
    sensor: Sensor, reporter: Reporter, interval_s: float, clock: VanClock, stop: asyncio.Event
) -> None:
    """Report until told to stop."""
    while not stop.is_set():
        now = clock.now()
        if sensor.heard(now):
            await reporter.report(sensor.fix(now))
        else:
            reporter.keep(sensor.fix(now))
        await service.wait(stop, interval_s)


async def run(
    receivers: Mapping[str, Address],
    clock: Clock,
    stop: asyncio.Event,
    *,
    speed: float = 1.0,
    seed: int = 1,
    fleet: Sequence[SimulatedVan] = FLEET,
) -> None:
    """Drive the fleet until told to stop; ``receivers``: where each protocol is listened for."""
    lived = VanClock(clock, speed)
    links: list[Link] = []
    driving = []
    for number, van in enumerate(fleet):
        made = (UDP_LINKS if van.udp else LINKS)[van.protocol]
        link = made(*receivers[van.protocol], van.identifier)
        links.append(link)
        sensor, reporter = Sensor(van, number, seed), Reporter(van.identifier, link)
        interval_s = van.report_interval_s / max(speed, 1.0)
        driving.append(run_van(sensor, reporter, interval_s, lived, stop))
    log.info("vans.started", count=len(driving), speed=speed)
    try:
        await asyncio.gather(*driving)
    finally:
        for link in links:
            await link.close()


def add_arguments(parser: ArgumentParser) -> None:
    """Describe the command line of ``python -m ingest.simulated vans``."""
    for protocol in PROTOCOLS:
        port = Settings.model_fields[protocol.port_setting].default
        parser.add_argument(f"--{protocol.name}", default=f"127.0.0.1:{port}", metavar="HOST:PORT")
    parser.add_argument("--speed", type=float, default=1.0, help="above 1: hurry through a day")
    parser.add_argument("--seed", type=int, default=1)


def main(chosen: Namespace) -> None:
    """Run until SIGTERM."""
    asyncio.run(_main(chosen))


async def _main(chosen: Namespace) -> None:
    await run(
        {name: address(getattr(chosen, name)) for name in LINKS},
        SystemClock(),
        service.stop_event(),
        speed=chosen.speed,
        seed=chosen.seed,
    )


def address(text: str) -> Address:
    """Return host and port of HOST:PORT.

    Raises:
        ValueError: no port.
    """
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit():
        raise ValueError(f"{text} is not HOST:PORT.")
    return host, int(port)
