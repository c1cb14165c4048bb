"""One try to read a stream: opened in a thread; read there, or on the event loop where it can be.

A thread a camera costs several times what its pictures do: each picture wakes it, and both it and
the loop wait for each other. So a plain camera's socket is handed to the loop once it plays. While
nobody watches, its pictures are let gather for a moment (pace.py); when each arrived is told by the
kernel and by their own distances.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Protocol

from ingest.cameras.access_unit import (
    TIMESCALE,
    AccessUnit,
    AudioParameters,
    AudioUnit,
    StreamParameters,
)
from ingest.cameras.assembler import Assembler, CodedPicture, CodedSound
from ingest.cameras.beat import Beat
from ingest.cameras.direct.source import DirectSource
from ingest.cameras.direct.stream import OutOfOrder
from ingest.cameras.measure import Measured, Meter
from ingest.cameras.pace import Pace
from ingest.cameras.source import SourceFault, StreamSource
from models.kit.clock import Clock

Open = Callable[[], StreamSource]
"""Opens the stream; blocks. Raises SourceFault."""
_Tell = Callable[..., None]


class Listener(Protocol):
    """Told on the event loop what is read."""

    def deliver(self, parameters: StreamParameters | None, unit: AccessUnit) -> None: ...

    def sounded(self, audio: AudioParameters, units: Sequence[AudioUnit]) -> None: ...

    def measured(self, measured: Measured) -> None: ...

    @property
    def watched(self) -> bool:
        """Whether somebody waits for each picture; ``Connection.hurry`` says when that begins."""


class Connection:
    """One try. ``ended`` says in the end why it is over."""

    def __init__(
        self, open_now: Open, listener: Listener, clock: Clock, beat: Beat, silence_s: float
    ) -> None:
        self._open = open_now
        self._listener = listener
        self._clock = clock
        self._beat = beat
        self._silence_s = silence_s
        self._loop = asyncio.get_running_loop()
        self._stop = threading.Event()
        self._name = ""
        self._direct: DirectSource | None = None
        self._look_now: Callable[[], None] = _nothing_to_see
        self._patience: asyncio.TimerHandle | None = None
        self.ended: asyncio.Future[SourceFault] = self._loop.create_future()

    def start(self, newest: AccessUnit | None, name: str) -> None:
        """Read on from ``newest``, the feed's last picture before this try."""
        self._name = name
        threading.Thread(
            target=self._read, args=(newest,), name=f"read-{name}", daemon=True
        ).start()

    def abandon(self) -> None:
        """From now on nothing of this try is heard any more; what has come, still is."""
        self._stop.set()
        self._look_now()
        if self._direct is not None:
            self._leave_loop(self._direct)
            self._end(SourceFault("the node stopped reading"))

    def look_now(self) -> None:
        """Read what has come meanwhile, where that is on the loop."""
        self._look_now()

    def hurry(self) -> None:
        """Somebody watches from now on."""
        if self._direct is not None:
            self._beat.hurry(self._direct.fileno())

    def _read(self, newest: AccessUnit | None) -> None:
        fault: SourceFault | None = SourceFault("the reader itself failed; its log says how")
        try:
            source = self._open()
            if isinstance(source, DirectSource):
                self._call(self._take_over, source, newest)
                fault = None
            else:
                self._pump(source, newest)
        except SourceFault as error:
            fault = error
        finally:
            if fault is not None:
                self._call(self._end, fault)

    def _pump(self, source: StreamSource, newest: AccessUnit | None) -> None:
        intake = _Intake(source, newest, self._listener, self._tell_loop)
        try:
            for piece in source.pieces(self._stop):
                intake.take(piece, self._clock.now().timestamp())
        finally:
            source.close()
        raise SourceFault("the node stopped reading")

    def _take_over(self, source: DirectSource, newest: AccessUnit | None) -> None:
        if self._stop.is_set():
            source.close()
            self._end(SourceFault("the node stopped reading"))
            return
        intake = _Intake(source, newest, self._listener, _at_once)
        self._direct = source
        source.unblock()
        pace = Pace(source.enough_bytes)
        self._look_now = partial(self._readable, source, intake, pace)
        self._beat.add(source.fileno(), self._look_now)
        self._patience = self._loop.call_later(self._silence_s, self._look, source, intake)

    def _readable(self, source: DirectSource, intake: "_Intake", pace: Pace) -> None:
        fault: SourceFault | None = SourceFault("the reader itself failed; its log says how")
        now_s = self._loop.time()
        try:
            pieces = source.read_some()
            if pieces:
                key_s = intake.take_all(pieces, self._clock.now().timestamp() - source.waited_s)
                if key_s is not None:
                    pace.key(now_s - source.waited_s - key_s)
            fault = None
            if not self._listener.watched:
                self._rest(source, pace.after(now_s, source.length))
        except BlockingIOError:
            fault = None  # nothing came meanwhile
            if not self._listener.watched:
                self._rest(source, pace.after(now_s, 0))
        except SourceFault as error:
            fault = error
        except OutOfOrder:
            fault = None
            self._leave_loop(source)
            self._open = source.by_ffmpeg
            self.start(intake.newest, self._name)
        finally:
            if fault is not None:
                self._leave_loop(source)
                self._end(fault)

    def _rest(self, source: DirectSource, until_s: float | None) -> None:
        if self._direct is source and until_s is not None:
            self._beat.rest(source.fileno(), until_s)

    def _look(self, source: DirectSource, intake: "_Intake") -> None:
        """End a try that brought no picture at all; the supervisor sees to later silence."""
        if not intake.took and self._direct is source:
            self._leave_loop(source)
            self._end(source.silent())

    def _leave_loop(self, source: DirectSource) -> None:
        if self._direct is source:
            self._direct = None
            self._look_now = _nothing_to_see
            self._beat.remove(source.fileno())
            source.close()
            if self._patience is not None:
                self._patience.cancel()

    def _tell_loop(self, function: _Tell, *arguments: object) -> None:
        self._call(self._unless_stopped, function, *arguments)

    def _call(self, function: _Tell, *arguments: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: the node has stopped meanwhile
            self._loop.call_soon_threadsafe(function, *arguments)

    def _unless_stopped(self, function: _Tell, *arguments: object) -> None:
        if not self._stop.is_set():
            function(*arguments)

    def _end(self, fault: SourceFault) -> None:
        if not self.ended.done():
            self.ended.set_result(fault)


class _Intake:
    """Makes access units of pieces and tells the listener.

    Attributes:
        took: a picture came that can be shown.
        newest: the last one, or the feed's last before this try.
    """

    def __init__(
        self,
        source: StreamSource,
        newest: AccessUnit | None,
        listener: Listener,
        tell: Callable[..., None],
    ) -> None:
        past = (newest.sequence, newest.dts) if newest else (0, 0)
        self._assembler = Assembler(*past, codec=source.codec)
        self._assembler.offer_parameters(source.parameter_sets())
        self._audio = source.audio
        self._meter = Meter(self._audio.codec if self._audio else None)
        self._sounds: list[AudioUnit] = []
        self._listener = listener
        self._tell = tell
        self._arrived_at = 0.0
        self.took = False
        self.newest = newest

    def take_all(
        self, pieces: Sequence[CodedPicture | CodedSound], arrived_at: float
    ) -> float | None:
        """Take what one read brought, of which the last piece arrived at ``arrived_at``.

        Those before it arrived at their own pace, but after the read before. Return how long
        before the last one the last key picture came; None where there is none.
        """
        last, key_s = pieces[-1].dts, None
        for piece in pieces:
            before_s = min((last - piece.dts) / TIMESCALE, arrived_at - self._arrived_at)
            before_s = max(before_s, 0.0)
            if self.take(piece, arrived_at - before_s):
                key_s = before_s
        self._arrived_at = arrived_at
        return key_s

    def take(self, piece: CodedPicture | CodedSound, arrived_at: float) -> bool:
        """Say whether it was a key picture."""
        if isinstance(piece, CodedSound):
            if (sound := self._assembler.push_sound(piece, arrived_at)) is not None:
                self._sounds.append(sound)
            return False
        parameters, unit = self._assembler.push(piece, arrived_at)
        if unit is None:
            return False
        self.took, self.newest = True, unit
        if self._audio is not None and self._sounds:  # waking the loop costs more than the sound
            self._tell(self._listener.sounded, self._audio, self._sounds)
            self._sounds = []
        self._tell(self._listener.deliver, parameters, unit)
        if unit.key and (measured := self._meter.key(unit, piece.camera_s)) is not None:
            self._tell(self._listener.measured, measured)
        return unit.key


def _nothing_to_see() -> None:
    """There is no socket of ours."""


def _at_once(function: _Tell, *arguments: object) -> None:
    function(*arguments)
