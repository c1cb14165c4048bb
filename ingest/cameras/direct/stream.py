"""Cuts what a camera sends over its RTSP connection into pictures and replies. Pure.

``$``-framed RTP and RTCP (RFC 2326 §10.12, RFC 3550) among replies to our own requests; noise
between them is passed over to the next frame.
"""

from struct import Struct

from ingest.cameras.access_unit import TIMESCALE
from ingest.cameras.assembler import CodedPicture, CodedSound
from ingest.cameras.codecs import H264
from ingest.cameras.direct.messages import Reply, parse_reply
from ingest.cameras.direct.payloads import Unit
from ingest.cameras.direct.sdp import VideoTrack
from ingest.cameras.direct.sound import SoundReader, SoundTrack
from models.kit.errors import InvalidInput

_FRAME = 0x24  # "$"
_REPLY = b"RTSP/1."
_HEAD_LIMIT = 8_192
_BUFFER = 256 * 1024
_SENDER_REPORT = 200
_NTP_UNIX = 2_208_988_800  # 1900 to 1970
_REORDERED = TIMESCALE  # pictures out of order lie closer together than a second
_HALF, _WHOLE = 1 << 31, 1 << 32
_HEAD = Struct(">BBHI")  # of an RTP packet: flags, marker and type, sequence, time
_HEAD_BYTES = 12
_PLAIN = Struct(">BBHBBHI4xBB")  # a frame's "$", channel and length; as _HEAD; payload's first two
_PLAIN_BYTES = 18
_H264_FU_A = 28


class OutOfOrder(Exception):
    """The camera sends pictures in another order than they are shown, which RTP does not tell."""


class InterleavedStream:
    """State of one connection.

    Attributes:
        free: where the next bytes belong; then ``take(how many)``.
        replies: to our requests, whole, oldest first; their reader empties it.
        body: of the newest reply.
    """

    def __init__(self) -> None:
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._end = 0
        self._channels = 2  # even: packets, odd: reports; pictures, then the sound
        self._track: VideoTrack | None = None
        self._sound: SoundReader | None = None
        self._plain_type = -1  # payload type of H.264; negative: there is none
        self.replies: list[Reply] = []
        self.body = b""

    def play(self, track: VideoTrack, sound: SoundTrack | None = None) -> None:
        """From now on RTP packets are of this track on channel 0, and of the sound on 2."""
        self._track = track
        if sound is not None:
            self._sound, self._channels = SoundReader(sound), 4
        self._unit = Unit(track.codec)
        self._plain_type = track.payload_type if track.codec is H264 else -1
        self._sequence = -1
        self._stamp = -1  # RTP time of the picture that is gathered
        self._ticks = 0
        self._previous: int | None = None  # ticks of the last whole picture
        self._report: tuple[float, int] | None = None  # the camera's Unix time, RTP time

    @property
    def free(self) -> memoryview:
        return self._view[self._end :]

    def take(self, length: int) -> list[CodedPicture | CodedSound]:
        """Return the pictures and the sound that ``length`` more bytes made whole.

        Raises:
            OutOfOrder: this needs a reader that looks into the pictures.
        """
        self._end += length
        buffer, at, end = self._buffer, 0, self._end
        found: list[CodedPicture | CodedSound] = []
        while at + 4 <= end:
            if self._plain_type >= 0 and (following := self._take_plain(at, found)) > at:
                at = following
            elif buffer[at] == _FRAME and buffer[at + 1] < self._channels:
                following = at + 4 + (buffer[at + 2] << 8 | buffer[at + 3])
                if following > end:
                    break
                self._take_frame(at, following, found)
                at = following
            else:
                following = self._take_reply(at)
                if following == at:
                    break
                at = following
        rest = end - at
        if at and rest:
            buffer[:rest] = buffer[at:end]
        self._end = rest
        return found

    def _take_frame(self, at: int, following: int, found: list[CodedPicture | CodedSound]) -> None:
        if self._track is None:
            return
        packet, channel = bytes(self._view[at + 4 : following]), self._buffer[at + 1]
        if channel & 1:
            self._take_report(packet, channel)
        elif len(packet) > _HEAD_BYTES:
            if channel:
                self._take_sound(packet, found)
            else:
                self._take_packet(packet, self._track, found)

    def _take_reply(self, at: int) -> int:
        """Return where the reply at ``at`` ends; ``at`` itself where it is not yet whole."""
        buffer, end = self._buffer, self._end
        begins = bytes(buffer[at : at + len(_REPLY)])
        if begins != _REPLY[: len(begins)]:
            return self._after_noise(at)
        blank = buffer.find(b"\r\n\r\n", at, end)
        if blank < 0:
            return at if end - at < _HEAD_LIMIT else self._after_noise(at)
        try:
            reply = parse_reply(bytes(buffer[at:blank]))
        except InvalidInput:
            return self._after_noise(at)
        body = blank + 4
        following = body + reply.content_length
        if following > end:
            return at if following - at < _BUFFER else self._after_noise(at)
        self.body = bytes(buffer[body:following])
        self.replies.append(reply)
        return following

    def _after_noise(self, at: int) -> int:
        ends = [self._buffer.find(mark, at + 1, self._end) for mark in (b"$", _REPLY)]
        return min((end for end in ends if end >= 0), default=self._end)

    def _take_plain(self, at: int, found: list[CodedPicture | CodedSound]) -> int:
        """Take the packets at ``at`` that are whole fragments of H.264; return where they end.

        Nearly all of a stream is that. These are the most run lines of the product: what
        ``_take_packet`` and ``Unit`` do, without a call or a copy that can be spared.
        """
        buffer, end, unit, unpack = self._buffer, self._end, self._unit, _PLAIN.unpack_from
        while at + _PLAIN_BYTES <= end:
            mark, channel, length, flags, kind, sequence, stamp, head, part = unpack(buffer, at)
            following = at + 4 + length
            if (
                mark != _FRAME
                or channel
                or flags != 0x80
                or kind & 0x7F != self._plain_type
                or head & 0x1F != _H264_FU_A
                or length <= _PLAIN_BYTES - 4
                or following > end
            ):
                break
            if sequence != self._sequence:
                unit.forget_part()
            self._sequence = sequence + 1 & 0xFFFF
            if stamp != self._stamp:
                self._whole(found)  # the marker of the picture before was lost
                self._begin(stamp)
            if part & 0x80:
                header = bytes((head & 0xE0 | part & 0x1F,))
                unit.parts = [header, buffer[at + _PLAIN_BYTES : following]]
            elif unit.parts:
                unit.parts.append(buffer[at + _PLAIN_BYTES : following])
            if part & 0x40 and unit.parts:
                unit.nals.append(b"".join(unit.parts))
                unit.parts = []
            if kind & 0x80:
                self._whole(found)
            at = following
        return at

    def _take_packet(
        self, packet: bytes, track: VideoTrack, found: list[CodedPicture | CodedSound]
    ) -> None:
        flags, kind, sequence, stamp = _HEAD.unpack_from(packet)
        if flags & 0xC0 != 0x80 or kind & 0x7F != track.payload_type:
            return
        payload = _HEAD_BYTES
        if flags != 0x80:
            packet, payload = _bare(packet)
            if payload >= len(packet):
                return
        if sequence != self._sequence:
            self._unit.forget_part()
        self._sequence = sequence + 1 & 0xFFFF
        if stamp != self._stamp:
            self._whole(found)  # the marker of the picture before was lost
            self._begin(stamp)
        self._unit.add(packet, payload)
        if kind & 0x80:
            self._whole(found)

    def _begin(self, stamp: int) -> None:
        if self._stamp >= 0:
            self._ticks += (stamp - self._stamp + _HALF) % _WHOLE - _HALF
        self._stamp = stamp

    def _whole(self, found: list[CodedPicture | CodedSound]) -> None:
        nals = self._unit.take()
        if nals is None:
            return
        ticks, previous = self._ticks, self._previous
        if previous is not None and previous - _REORDERED < ticks < previous:
            raise OutOfOrder
        self._previous = ticks
        found.append(CodedPicture(ticks, ticks, nals, 0, self._camera_s(previous)))

    def _camera_s(self, previous: int | None) -> float | None:
        """Return the picture's time by the camera's clock.

        The meter takes a picture for handed over when the next one begins, as FFmpeg does; here
        it is a picture's distance sooner.
        """
        if self._report is None or previous is None:
            return None
        at_s, stamp = self._report
        since = (self._stamp - stamp + _HALF) % _WHOLE - _HALF
        return at_s + (since - (self._ticks - previous)) / TIMESCALE

    def _take_report(self, packet: bytes, channel: int) -> None:
        if len(packet) >= 20 and packet[1] == _SENDER_REPORT:
            seconds = int.from_bytes(packet[8:12], "big") - _NTP_UNIX
            fraction = int.from_bytes(packet[12:16], "big") / _WHOLE
            at_s, stamp = seconds + fraction, int.from_bytes(packet[16:20], "big")
            if channel == 1:
                self._report = at_s, stamp
            elif self._sound is not None:
                self._sound.report(at_s, stamp)

    def _take_sound(self, packet: bytes, found: list[CodedPicture | CodedSound]) -> None:
        if packet[0] & 0xC0 != 0x80 or self._sound is None or self._stamp < 0:
            return  # sound before the first picture has no place
        packet, payload = _bare(packet)
        if payload < len(packet):
            origin_s = None
            if self._report is not None:
                at_s, stamp = self._report
                since = (self._stamp - stamp + _HALF) % _WHOLE - _HALF
                origin_s = at_s + (since - self._ticks) / TIMESCALE
            found += self._sound.take(packet, payload, self._ticks, origin_s)


def _bare(packet: bytes) -> tuple[bytes, int]:
    """Return a packet without its padding, and where its payload begins behind all extensions."""
    flags = packet[0]
    at = 12 + 4 * (flags & 0x0F)
    if flags & 0x10 and len(packet) >= at + 4:
        at += 4 + 4 * (packet[at + 2] << 8 | packet[at + 3])
    return (packet[: -packet[-1]] if flags & 0x20 and packet[-1] else packet), at
