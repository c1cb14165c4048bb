"""Keeps one feed supplied: connects, watches for silence, backs off."""

import asyncio
import random
from collections.abc import Sequence
from functools import partial

from ingest.cameras.access_unit import AccessUnit, AudioParameters, AudioUnit, StreamParameters
from ingest.cameras.backoff import Backoff
from ingest.cameras.beat import Beat
from ingest.cameras.connection import Connection
from ingest.cameras.feed import Feed
from ingest.cameras.measure import Measured
from ingest.cameras.metrics import CONNECTIONS_LOST
from ingest.cameras.source import AuthFailed, Opener, SourceFault, UnsupportedCodec
from models.kit.clock import Clock
from models.kit.log import get
from models.observations import StreamState

log = get(__name__)
_LEAST_WAIT_S = 0.05
_THREAD_END_S = 2.0
_SLOW_RETRY_S = 30.0  # asking sooner changes nothing, and many wrong passwords lock an account


class StreamReader:
    """Supervises the one pull of one stream; ``run`` until cancelled."""

    def __init__(
        self,
        feed: Feed,
        url: str,
        opener: Opener,
        clock: Clock,
        silence_s: float,
        *,
        transport: str = "tcp",
        beat: Beat | None = None,
    ) -> None:
        self._feed = feed
        self._open = partial(opener, url, silence_s, transport)
        self._clock = clock
        self._silence_s = silence_s
        self._beat = beat or Beat()
        self._heard_at = 0.0  # monotonic
        self._good_since: float | None = None

    async def run(self) -> None:
        backoff = Backoff()
        while True:
            self._good_since = None
            fault = await self._read_once()
            good_for_s = 0.0 if self._good_since is None else self._heard_at - self._good_since
            backoff, wait_s = backoff.failed(good_for_s, random.random)
            if isinstance(fault, UnsupportedCodec):
                self._enter(StreamState.UNSUPPORTED, str(fault))
                wait_s = _SLOW_RETRY_S
            elif isinstance(fault, AuthFailed):
                self._enter(StreamState.AUTH_FAILED, str(fault))
                wait_s = _SLOW_RETRY_S
            elif self._feed.state is not StreamState.STALLED or self._good_since is None:
                self._enter(StreamState.DOWN, str(fault))
            CONNECTIONS_LOST.labels(self._feed.kind.value).inc()
            log.warning("stream.lost", reason=str(fault), retry_in_s=round(wait_s, 1))
            await asyncio.sleep(wait_s)

    async def _read_once(self) -> SourceFault:
        """Read one connection to its end or its silence; say why it is over."""
        connection = Connection(self._open, self, self._clock, self._beat, self._silence_s)
        name = f"{self._feed.camera_id}-{self._feed.kind}"
        self._heard_at = self._clock.monotonic()
        connection.start(self._feed.newest, name)
        self._feed.on_watched = connection.hurry
        self._feed.refresh = connection.look_now
        try:
            while not connection.ended.done():
                await asyncio.wait({connection.ended}, timeout=self._patience_s())
                if self._good_since is not None and self._silent_s() >= self._silence_s:
                    detail = f"no picture for {self._silence_s:g} s"
                    self._enter(StreamState.STALLED, detail)
                    connection.abandon()
                    await asyncio.wait({connection.ended}, timeout=_THREAD_END_S)
                    return SourceFault(detail)
            return connection.ended.result()
        finally:
            connection.abandon()

    def _silent_s(self) -> float:
        return self._clock.monotonic() - self._heard_at

    def _patience_s(self) -> float:
        """Return when to look again: when the silence could be long enough to be a stall."""
        if self._good_since is None:
            return self._silence_s
        return max(self._silence_s - self._silent_s(), _LEAST_WAIT_S)

    @property
    def watched(self) -> bool:
        return self._feed.watched

    def sounded(self, audio: AudioParameters, units: Sequence[AudioUnit]) -> None:
        self._feed.publish_sound(audio, units)

    def measured(self, measured: Measured) -> None:
        self._feed.publish_measured(measured)
        if self._feed.state is StreamState.LIVE:
            self._enter(StreamState.LIVE, measured.clock_detail)

    def deliver(self, parameters: StreamParameters | None, unit: AccessUnit) -> None:
        self._heard_at = self._clock.monotonic()
        if self._good_since is None:
            self._good_since = self._heard_at
        if parameters is not None:
            self._feed.publish_parameters(parameters)
        if self._feed.state is not StreamState.LIVE:
            self._enter(StreamState.LIVE, self._feed.measured.clock_detail)
        self._feed.publish(unit)

    def _enter(self, state: StreamState, detail: str) -> None:
        self._feed.enter(state, self._clock.now(), detail)
