"""./ahual camera …: what an administrator does with cameras on the command line."""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

from ingest.cameras.guarded import guarded
from ingest.cameras.inspection import Inspection, Verdict, inspect
from ingest.cameras.source import RtspSource
from models.kit.clock import SystemClock
from models.kit.settings import load
from models.observations import StreamKind

camera_app = typer.Typer(no_args_is_help=True, help="Cameras: look at them before taking them in.")

_SENTENCES = {
    "good": "nothing to complain of",
    "unreachable": "{reason}",
    "auth_failed": "{reason}",
    "unsupported_codec": "{reason}",
    "no_key_picture": "no key picture in {seconds:g} s: nothing can be shown or recorded; "
    "set a key interval (GOP, I-frame interval) of 1-2 s",
    "h265_main": "H.265 main records, but browsers need an H.264 sub stream",
    "h265_sub": "H.265 cannot be shown in browsers; set the sub stream to H.264",
    "b_frames": "B-frames: WebRTC cannot show them, so the focus view takes the wall's way; "
    "set the profile to baseline or the number of B-frames to 0",
    "key_interval_long": "a key picture only every {seconds:g} s: joining waits and a fault loses "
    "that long; set 1-2 s",
    "clock_off": "the camera's clock is off by {seconds:+.0f} s; set its time server (NTP)",
    "sub_too_large": "{width:g}x{height:g} is large for a sub stream; 640x360 is enough for walls",
    "audio_odd": "its sound ({codec}) is not kept; AAC and G.711 are",
}


@camera_app.command("inspect")
def inspect_command(
    url: Annotated[str, typer.Argument(help="rtsp://user:password@host/path")],
    kind: Annotated[StreamKind | None, typer.Option(help="What the stream is to be.")] = None,
    transport: Annotated[str, typer.Option(help="tcp, udp or http")] = "tcp",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False,
) -> None:
    """Watch a camera's stream for up to 10 s and say what is good and what is not."""
    opener = guarded(load().camera_networks, RtspSource)
    clock = SystemClock()
    seen = asyncio.run(inspect(url, clock=clock, kind=kind, transport=transport, opener=opener))
    typer.echo(json.dumps(_as_object(seen)) if as_json else _as_text(seen))
    sys.exit(0 if seen.usable else 1)


def sentence(verdict: Verdict) -> str:
    """Return a finding in words."""
    return _SENTENCES[verdict.code].format(**verdict.parameters)


def _as_object(seen: Inspection) -> dict[str, object]:
    parameters = seen.parameters
    return {
        "url": seen.url,
        "transport": seen.transport,
        "codec": parameters.codec if parameters else None,
        "width": parameters.width if parameters else None,
        "height": parameters.height if parameters else None,
        "has_b_frames": parameters.has_b_frames if parameters else None,
        **asdict(seen.measured),
        "kbit_s": seen.kbit_s,
        "seconds": seen.seconds,
        "usable": seen.usable,
        "verdicts": [{**asdict(verdict), "text": sentence(verdict)} for verdict in seen.verdicts],
    }


def _as_text(seen: Inspection) -> str:
    lines = [f"{seen.url} by {seen.transport}"]
    if seen.parameters is not None:
        measured = seen.measured
        about = [
            f"{seen.parameters.codec} {seen.parameters.width}x{seen.parameters.height}",
            _number("{:g} pictures/s", measured.frame_rate),
            _number("a key picture every {:g} s", measured.key_interval_s),
            _number("{:.0f} kbit/s", seen.kbit_s),
            "B-frames" if seen.parameters.has_b_frames else "",
            f"sound {measured.audio_codec or 'none'}",
            _number("clock {:+.2f} s", measured.clock_offset_s),
        ]
        lines.append("  " + ", ".join(part for part in about if part))
    lines += [f"  {verdict.level.value.upper()}: {sentence(verdict)}" for verdict in seen.verdicts]
    return "\n".join(lines)


def _number(text: str, value: float | None) -> str:
    return "" if value is None else text.format(value)
