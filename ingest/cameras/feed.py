"""One stream inside the node: its newest pictures, its state and whoever wants them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ingest.cameras.access_unit import (
    TIMESCALE,
    AccessUnit,
    AudioParameters,
    AudioUnit,
    StreamParameters,
)
from ingest.cameras.measure import Measured
from ingest.cameras.metrics import STATES
from ingest.cameras.schedule import Schedule
from models.observations import StreamKind, StreamState

_GOP_LIMIT_BYTES = 32 * 1024 * 1024  # a camera that never sends a key picture must not eat the RAM


class FeedSink(Protocol):
    """Whoever wants a feed. Called on the event loop; must neither block nor raise."""

    def on_parameters(self, parameters: StreamParameters) -> None:
        """Called before the first key picture and before the key picture that changes them."""

    def on_access_unit(self, unit: AccessUnit) -> None: ...

    def on_state(self, state: StreamState, since: datetime, detail: str) -> None: ...


class SoundSink(Protocol):
    """Whoever wants the sound too. Called on the event loop; must neither block nor raise."""

    def on_sound(self, audio: AudioParameters, units: Sequence[AudioUnit]) -> None:
        """Called before the picture that came after this sound."""


class Feed:
    """The live side of one stream; lives on the event loop, read by sinks, fed by its reader.

    Attributes:
        camera_id: whose stream.
        kind: main or sub.
        parameters: None until the first key picture arrived.
        state: what the node knows of the stream.
        state_since: when that began.
        detail: a sentence for a person, empty while all is well.
        newest: the last picture, None until one arrived; see ``go_on_from``.
        gop: the pictures since the last key picture, oldest first; empty until one arrived.
        measured: what is known of its pace and clock.
        code: the camera's code, as people call it.
        schedule: when it is recorded, where it is; None: always.
        received_bytes, received_pictures: since the feed was made.
        times_live: how often it became live.
        on_watched: is called whenever somebody begins to watch; its reader sets it.
        refresh: takes what came since the last look; whoever is about to show ``gop`` asks for
            that before, since what nobody watches is read about once a second.
    """

    def __init__(self, camera_id: UUID, kind: StreamKind, since: datetime) -> None:
        self.camera_id = camera_id
        self.kind = kind
        self.parameters: StreamParameters | None = None
        self.state = StreamState.CONNECTING
        self.state_since = since
        self.detail = ""
        self.newest: AccessUnit | None = None
        self.gop: list[AccessUnit] = []
        self._gop_bytes = 0
        self.measured = Measured()
        self.code = ""
        self.schedule: Schedule | None = None
        self.received_bytes = 0
        self.received_pictures = 0
        self.times_live = 0
        self.on_watched: Callable[[], None] = _nobody_reads
        self.refresh: Callable[[], None] = _nobody_reads
        self._sinks: list[FeedSink] = []
        self._house: list[FeedSink] = []
        self._sound_sinks: list[SoundSink] = []
        self._watchers: list[Callable[[Feed], None]] = []

    @property
    def viewers(self) -> int:
        """How many people watch. A sink that serves several says so by an attribute ``viewers``."""
        watching = [sink for sink in self._sinks if sink not in self._house]
        return sum(getattr(sink, "viewers", 1) for sink in watching)

    @property
    def watched(self) -> bool:
        """Whether anybody outside of the house wants the pictures as they come."""
        return len(self._sinks) > len(self._house)

    def subscribe(self, sink: FeedSink, *, house: bool = False) -> None:
        """From now on ``sink`` gets everything; what happened before is in the attributes.

        ``house``: it is a part of the node, such as the recorder, and no viewer.
        """
        if sink not in self._sinks:
            self._sinks.append(sink)
            if house:
                self._house.append(sink)
            else:
                self.on_watched()

    def unsubscribe(self, sink: FeedSink) -> None:
        for sinks in (self._sinks, self._house):
            if sink in sinks:
                sinks.remove(sink)

    def listen(self, sink: SoundSink) -> None:
        """From now on ``sink`` gets the sound; most who want pictures do not want that."""
        if sink not in self._sound_sinks:
            self._sound_sinks.append(sink)

    def unlisten(self, sink: SoundSink) -> None:
        if sink in self._sound_sinks:
            self._sound_sinks.remove(sink)

    def publish_sound(self, audio: AudioParameters, units: Sequence[AudioUnit]) -> None:
        for sink in tuple(self._sound_sinks):
            sink.on_sound(audio, units)

    def on_measured(self, tell: "Callable[[Feed], None]") -> None:
        """From now on ``tell`` is called whenever ``measured`` changes noticeably."""
        self._watchers.append(tell)

    def publish_measured(self, measured: Measured) -> None:
        self.measured = measured
        for tell in self._watchers:
            tell(self)

    def go_on_from(self, until: datetime) -> None:
        """Let the first picture be later than ``until``, where an earlier run's footage ends."""
        ticks = round(until.timestamp() * TIMESCALE)
        self.newest = AccessUnit(0, ticks, 0, 0, key=False, avcc=b"", received_at=0.0)

    def publish_parameters(self, parameters: StreamParameters) -> None:
        self.parameters = parameters
        self._forget_gop()
        for sink in tuple(self._sinks):
            sink.on_parameters(parameters)

    def publish(self, unit: AccessUnit) -> None:
        self.newest = unit
        self.received_pictures += 1
        self.received_bytes += len(unit.avcc)
        if unit.key:
            self._forget_gop()
        if (unit.key or self.gop) and self._gop_bytes + len(unit.avcc) <= _GOP_LIMIT_BYTES:
            self.gop.append(unit)
            self._gop_bytes += len(unit.avcc)
        else:
            self._forget_gop()
        for sink in tuple(self._sinks):
            sink.on_access_unit(unit)

    def enter(self, state: StreamState, since: datetime, detail: str = "") -> None:
        """Change the state; saying again what is already so tells nobody."""
        if (state, detail) == (self.state, self.detail):
            return
        if state != self.state:
            STATES.labels(state.value).inc()
            self.state_since = since
            self.times_live += state is StreamState.LIVE
        self.state, self.detail = state, detail
        for sink in tuple(self._sinks):
            sink.on_state(state, self.state_since, detail)

    def _forget_gop(self) -> None:
        self.gop = []
        self._gop_bytes = 0


def _nobody_reads() -> None:
    """Nothing has to hurry."""
