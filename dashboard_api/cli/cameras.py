"""./ahual camera …: what an administrator does with cameras on the command line."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Literal, TypeVar

import typer
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from dashboard_api import audit, camera_edit
from dashboard_api.camera_look import credentials_of
from dashboard_api.cli import installation
from dashboard_api.schemas.camera_setup import CameraIn
from ingest.cameras.address import Credentials
from ingest.cameras.direct.source import open_stream
from ingest.cameras.guarded import guarded
from ingest.cameras.inspection import Inspection, Verdict, inspect
from ingest.onvif.discovery import discover
from ingest.onvif.reaching import reach
from models.camera import Camera, Stream
from models.kit.clock import SystemClock
from models.kit.database import Database
from models.kit.errors import CentreError, NotFound
from models.kit.secret import load_key
from models.kit.settings import load
from models.observations import StreamKind
from models.office import Office

T = TypeVar("T")

camera_app = typer.Typer(no_args_is_help=True, help="Cameras: find, inspect, add, list, listen.")

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
    transport: Annotated[Literal["tcp", "udp", "http"], typer.Option()] = "tcp",
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one object.")] = False,
) -> None:
    """Watch a camera's stream for up to 10 s and say what is good and what is not."""
    opener = guarded(load().camera_networks, open_stream)
    clock = SystemClock()
    seen = asyncio.run(inspect(url, clock=clock, kind=kind, transport=transport, opener=opener))
    typer.echo(json.dumps(_as_object(seen)) if as_json else _as_text(seen))
    sys.exit(0 if seen.usable else 1)


@camera_app.command("discover")
def discover_command(
    addresses: Annotated[
        list[str] | None, typer.Argument(help="Ask these directly; else the network segment.")
    ] = None,
) -> None:
    """Ask the network who is an ONVIF camera."""
    with told_plainly():
        found = asyncio.run(discover(load().camera_networks, addresses=addresses or ()))
    for each in found:
        typer.echo(f"{each.url}  {each.name}  {each.hardware}".rstrip())
    if not found:
        typer.echo("nobody answered", err=True)
    sys.exit(0 if found else 1)


@camera_app.command("list")
def list_command() -> None:
    """List the cameras with the state of their streams."""

    async def rows(session: AsyncSession) -> list[tuple[Camera, Stream | None]]:
        query = select(Camera, Stream).outerjoin(Stream).order_by(Camera.code, Stream.kind)
        return [(camera, stream) for camera, stream in await session.execute(query)]

    for camera, stream in _in_database(rows):
        state = "no stream" if stream is None else f"{stream.kind:4} {stream.state}"
        since = "" if stream is None else f" since {stream.state_since:%Y-%m-%d %H:%M:%S}Z"
        detail = "" if stream is None or not stream.state_detail else f"  {stream.state_detail}"
        off = "" if camera.enabled else "  (disabled)"
        typer.echo(f"{camera.code:24} {state}{since}{detail}{off}")


@camera_app.command("add")
def add_command(
    code: Annotated[str, typer.Argument(help="Its own short name, e.g. almaty-1-hall")],
    office: Annotated[str, typer.Option(help="Code of its office.")],
    main: Annotated[str, typer.Option(help="rtsp:// address of the main stream.")],
    sub: Annotated[str, typer.Option(help="rtsp:// address of the sub stream.")] = "",
    name: Annotated[str, typer.Option(help="What people call it; the code if left out.")] = "",
    view: Annotated[str, typer.Option(help="hall, window or entrance")] = "hall",
    user: Annotated[str, typer.Option(help="Signs in; the password is asked for.")] = "",
    onvif: Annotated[str, typer.Option(help="http:// address of its ONVIF device service.")] = "",
) -> None:
    """Add a camera; its media node starts pulling it at once."""
    password = typer.prompt("Password", hide_input=True) if user else ""
    streams = [{"kind": kind, "url": url} for kind, url in (("main", main), ("sub", sub)) if url]
    settings = load()

    async def add(session: AsyncSession) -> None:
        office_id = await session.scalar(select(Office.id).where(Office.code == office))
        if office_id is None:
            raise NotFound(f"There is no office with the code {office}")
        wanted = CameraIn.model_validate(
            {
                "office_id": office_id,
                "code": code,
                "name": dict.fromkeys(("kk", "ru", "en"), name or code),
                "view": view,
                "onvif_url": onvif or None,
                "credentials": {"user": user, "password": password} if user else None,
                "streams": streams,
            }
        )
        await camera_edit.check_addresses(settings, wanted)
        camera = await camera_edit.add(
            session, wanted, settings=settings, key=load_key(settings), now=SystemClock().now()
        )
        audit.record(session, None, "camera.add", camera.id, code=code)

    _in_database(add)
    typer.echo(f"{code} is added")


@camera_app.command("events")
def events_command(
    code: Annotated[str, typer.Argument(help="Code of a camera with an ONVIF address.")],
    count: Annotated[int, typer.Option(help="Stop after so many; 0: until Ctrl-C.")] = 0,
) -> None:
    """Print what a camera notices by itself (motion, tampering) as it tells it by ONVIF."""
    settings, clock = load(), SystemClock()

    async def find(session: AsyncSession) -> tuple[str, Credentials | None]:
        query = select(Camera).where(Camera.code == code)
        camera = (await session.execute(query)).scalar_one_or_none()
        if camera is None or camera.onvif_url is None:
            raise NotFound(f"There is no camera {code} with an ONVIF address")
        return camera.onvif_url, credentials_of(camera, load_key(settings))

    async def follow(url: str, credentials: Credentials | None) -> None:
        left = count or None
        async with reach(url, credentials, settings.camera_networks, clock) as camera:
            async for topic, values in camera.notices():
                said = " ".join(f"{name}={value}" for name, value in values.items())
                typer.echo(f"{clock.now():%Y-%m-%d %H:%M:%S}Z  {topic}  {said}")
                left = left and left - 1
                if left == 0:
                    return

    found = _in_database(find)
    with told_plainly():
        asyncio.run(follow(*found))


@contextmanager
def told_plainly() -> Iterator[None]:
    """Tell a person what is wrong instead of showing them where in the program."""
    try:
        yield
    except CentreError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(1) from error
    except ValidationError as error:
        for fault in error.errors():
            typer.echo(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}", err=True)
        raise typer.Exit(1) from error


def _in_database(work: Callable[[AsyncSession], Awaitable[T]]) -> T:
    """Run the work in one transaction on the installation's database."""

    async def run(url: str) -> T:
        database = Database(url)
        try:
            async with database.transaction() as session:
                return await work(session)
        finally:
            await database.close()

    with told_plainly():
        return asyncio.run(run(installation.database_url(load())))


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
