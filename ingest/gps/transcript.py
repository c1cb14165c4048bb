"""What devices sent, decoded again for people and for replay; pure."""

from dataclasses import replace
from datetime import datetime

from ingest.gps.decoders.message import DeviceMessage
from ingest.gps.decoders.reading import AnyReading
from ingest.gps.decoders.table import Transport
from models.observations import PositionFix


class Conversation:
    """The raw messages of one conversation, decoded one after the other from its beginning."""

    def __init__(
        self, reading: AnyReading, *, device: str | None = None, strict: bool = False
    ) -> None:
        """``device``: whose it is, where the messages that said so are gone."""
        self._reading = reading
        self._strict = strict
        session = reading.begin()
        self._session = session if device is None else replace(session, device=device)

    def read(self, raw: bytes, received_at: datetime) -> list[DeviceMessage]:
        """Return what the next raw message turns out to hold."""
        self._session, messages = self._reading.feed(
            self._session, raw + self._reading.line_end, received_at, strict=self._strict
        )
        return messages

    def end(self) -> list[DeviceMessage]:
        """Return what was held back until the end."""
        return self._reading.finish(self._session)


def typed(line: str, transport: Transport, *, hexadecimal: bool) -> bytes:
    """Return the raw message that a person typed or copied as one line.

    Of HTTP a whole address or request line will do, or the JSON of a body.

    Raises:
        ValueError: not hexadecimal digits.
    """
    if hexadecimal:
        return bytes.fromhex("".join(line.split()))
    text = line.rstrip("\r\n")
    if transport == "http":
        if text.lstrip()[:1] in ("{", "["):
            return b"\n" + text.encode()
        text = text.partition("?")[2] or text
        text = text.partition(" HTTP/")[0]
    return text.encode("utf-8", "surrogateescape")


def told(number: int, message: DeviceMessage) -> list[dict[str, object]]:
    """Return JSON objects: each fix, each rejection, and the answer, which waits for the commit."""
    head: dict[str, object] = {"message": number, "device": message.device}
    lines = [{**head, "device": fix.device, **_fix(fix)} for fix in message.fixes]
    lines += [
        {**head, "rejected": str(one.reason), "detail": one.detail} for one in message.rejections
    ]
    if message.checksum_failed:
        lines.append({**head, "warning": "checksum"})
    if message.answer:
        lines.append({**head, **_bytes("answer", message.answer)})
    if message.ends:
        lines.append({**head, "ends": True})
    return lines or [{**head, "understood": True}]


def _fix(fix: PositionFix) -> dict[str, object]:
    return {
        "fixed_at": fix.fixed_at.isoformat().replace("+00:00", "Z"),
        "lat": round(fix.latitude, 7),
        "lon": round(fix.longitude, 7),
        "speed_km_h": _rounded(fix.speed_km_h, 3),
        "course": _rounded(fix.course_deg, 2),
        "valid": fix.valid,
        "altitude_m": _rounded(fix.altitude_m, 2),
        "accuracy_m": _rounded(fix.accuracy_m, 2),
        "hdop": _rounded(fix.hdop, 2),
        "satellites": fix.satellites,
        "battery_percent": _rounded(fix.battery_percent, 1),
        "ignition": fix.ignition,
        "external_power_v": _rounded(fix.external_power_v, 3),
    }


def _bytes(name: str, content: bytes) -> dict[str, object]:
    text = content.decode("ascii", "replace").rstrip("\r\n")
    shown: dict[str, object] = {name: text} if text.isprintable() and text.isascii() else {}
    return {**shown, f"{name}_hex": content.hex()}


def _rounded(number: float | None, digits: int) -> float | None:
    return None if number is None else round(number, digits)
