"""``./ahual bench replay``: any minute of a month, at once; measured in Chromium where seen."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import typer
from sqlalchemy import delete, func, select

from dashboard_api.accounts import add_user
from dashboard_api.cli.bench import replay_index
from dashboard_api.cli.bench.cpu import cpu_s
from dashboard_api.cli.bench.ground import Ground, free_port, ground
from dashboard_api.cli.bench.live_node import CLIPS, add_cameras, process, until_listening
from dashboard_api.cli.bench.replay_browser import Dragged, Opened, exact, supervisor
from dashboard_api.cli.bench.replay_footage import Footage, record
from dashboard_api.cli.bench.replay_index import FILES_A_DAY, HOURS
from dashboard_api.cli.bench.replay_peer import Ffmpeg
from dashboard_api.cli.bench.report import Goal, Row, percentile
from ingest.gps.decoders.table import PROTOCOLS
from ingest.media.tickets import Ticket, sign
from ingest.recordings import archive
from ingest.recordings.facts import StreamKey
from ingest.simulated.loops import LoopSpec
from models.camera import Camera, Stream
from models.kit.clock import SystemClock
from models.kit.errors import Unavailable
from models.kit.secret import load_key
from models.observations import StreamKind
from models.recording import Clip

_CAMERAS = 32
_MAIN = LoopSpec(width=1280, height=720, fps=15, gop_s=2.0, kbit=2000, seconds=60)
_SUB = LoopSpec()
_LEAD = timedelta(minutes=2)  # a card's replay begins so long before the stated time
_WITHIN_S = 60
_AROUND = timedelta(minutes=10)
_AFTER_STATED_S, _BEFORE_STATED_S = 900, 600  # how far a card's timeline reaches
_HEAD_S = 30.0
_OFFICE_CAMERAS = 4  # that have files; they play side by side
_SHIFT_S = 0.017  # cameras do not take their pictures at the same moment
_CLIP_PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class _Size:
    """How much of everything."""

    days: int
    sample_s: int
    playlists: int
    cards: int
    drags: int
    clip_s: int
    beside_s: float


_SIZES = {True: _Size(1, 480, 60, 8, 30, 240, 4.0), False: _Size(30, 3600, 300, 40, 200, 900, 8.0)}


@dataclass(frozen=True, slots=True)
class _Archive:
    """The installation that is measured."""

    place: Ground
    cameras: list[UUID]
    footage: Footage
    rows: int
    first_day: datetime
    size: _Size


async def run(quick: bool) -> list[Row]:
    """Fill a month of 32 cameras, run node and API, and ask as people ask."""
    size = _SIZES[quick]
    async with ground(recordings_keep_days=400) as place:
        found = await _archive(place, size)
        async with _house(place) as (api, node_pid):
            used_s = cpu_s(node_pid)
            playlist_ms, floor_ms = await _playlists(found)
            playlist_cpu_ms = (cpu_s(node_pid) - used_s) * 1000 / (len(playlist_ms) + 1)
            agent = await _people(place)
            seen = await _browse(found, api, agent)
            export_x = await _export(found, api, agent, seen.complaint_id)
        peer = Ffmpeg(place.folder, place.settings.recordings_path, found.footage.facts)
        drawn = random.Random(7)
        frames_ms = [
            await peer.exact_frame_ms(found.footage.start_s + drawn.uniform(_HEAD_S, 400))
            for _ in range(8)
        ]
        copy_ms = await peer.copy_ms(size.clip_s)
    rows = _rows(found, playlist_ms, floor_ms, seen, frames_ms, export_x, copy_ms)
    return [*rows, _playlist_cpu(playlist_cpu_ms)]


async def _archive(place: Ground, size: _Size) -> _Archive:
    cameras = await add_cameras(place.database, 1, _CAMERAS)
    async with place.database.transaction() as session:
        await session.execute(delete(Stream))  # nobody sends: the recordings are there already
    today = SystemClock().now().replace(hour=3, minute=0, second=0, microsecond=0)
    sample_at = today - timedelta(days=1) + timedelta(hours=5)
    tell(f"recording {size.sample_s / 60:.0f} minutes of main and sub")
    root, start_s = place.settings.recordings_path, round(sample_at.timestamp())
    footage = await asyncio.to_thread(
        record, root, CLIPS, StreamKey(cameras[0], StreamKind.MAIN), _MAIN, start_s, size.sample_s
    )
    sub = await asyncio.to_thread(
        record, root, CLIPS, StreamKey(cameras[0], StreamKind.SUB), _SUB, start_s, size.sample_s
    )
    facts = footage.facts + sub.facts
    for number, camera in enumerate(cameras[1:_OFFICE_CAMERAS], 1):
        stream, shifted_s = StreamKey(camera, StreamKind.SUB), start_s + number * _SHIFT_S
        beside = await asyncio.to_thread(
            record, root, CLIPS, stream, _SUB, shifted_s, size.sample_s
        )
        facts += beside.facts
    await replay_index.add(place.database, facts)
    last = today - timedelta(days=2)
    tell(f"filling the index: {size.days} days of {_CAMERAS} cameras, {HOURS} hours a day")
    rows = await replay_index.fill(place.database, cameras, footage.facts[0], last, size.days)
    first = last - timedelta(days=size.days - 1)
    return _Archive(place, cameras, footage, rows, first, size)


@asynccontextmanager
async def _house(place: Ground) -> AsyncIterator[tuple[str, int]]:
    """Run the media node and the API; give the API's address and the node's process."""
    settings = place.settings
    environment = {
        "AHUAL_DATABASE_URL": settings.database_url or "",
        "AHUAL_STATE_DIR": str(settings.state_dir),
        "AHUAL_MEDIA_PORT": str(settings.media_port),
        "AHUAL_API_PORT": str(settings.api_port),
        **{f"AHUAL_{each.port_setting.upper()}": str(free_port()) for each in PROTOCOLS},
        "AHUAL_RECORDINGS_KEEP_DAYS": "400",
        "AHUAL_LOG_LEVEL": "warning",
    }
    async with (
        process(place.folder / "ingest.log", "ingest", **environment) as node,
        process(place.folder / "api.log", "dashboard_api", **environment) as api,
    ):
        await until_listening(node, settings.media_port)
        await until_listening(api, settings.api_port)
        yield f"http://127.0.0.1:{settings.api_port}", node.pid


async def _playlists(found: _Archive) -> tuple[list[float], list[float]]:
    """Ask for ±10 minutes around random recorded minutes; then read the same rows alone."""
    clock, drawn = SystemClock(), random.Random(1)
    settings = found.place.settings
    key = load_key(settings)
    took: list[float] = []
    floor: list[float] = []
    async with httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{settings.media_port}", trust_env=False, timeout=30
    ) as node:
        for number in range(found.size.playlists + 1):
            camera = drawn.choice(found.cameras)
            into_s = drawn.uniform(600, FILES_A_DAY * 10 - 600)
            day = found.first_day + timedelta(days=drawn.randrange(found.size.days))
            start, end = (day + timedelta(seconds=into_s) + by for by in (-_AROUND, _AROUND))
            query = {"from": start.isoformat(), "to": end.isoformat()}
            ticket = _ticket(camera, start, end, key)
            begun = clock.monotonic()
            answer = await node.get(
                f"/media/v1/cameras/{camera}/replay.m3u8", params={**query, "ticket": ticket}
            )
            lasted_ms = (clock.monotonic() - begun) * 1000
            if answer.status_code != 200 or answer.text.count("#EXTINF") < 500:
                raise Unavailable(f"the playlist was refused: {answer.text[:300]}")
            begun = clock.monotonic()
            async with found.place.database.read() as session:
                await archive.files(
                    session, camera, StreamKind.MAIN, start, end, node_name=settings.media_node
                )
            if number:  # the first one also opens the connections
                took.append(lasted_ms)
                floor.append((clock.monotonic() - begun) * 1000)
    return took, floor


def _ticket(camera: UUID, start: datetime, end: datetime, key: bytes) -> str:
    soon = SystemClock().now() + timedelta(minutes=1)
    return sign(Ticket("bench", "bench", camera, "replay", start, end, soon), key)


async def _people(place: Ground) -> dict[str, str]:
    """Add an agent and a supervisor; return their passwords."""
    passwords = {role: secrets.token_urlsafe(12) for role in ("agent", "supervisor")}
    for role, password in passwords.items():
        await add_user(place.database, role, password, role, role.title(), "en")
    return passwords


@dataclass(frozen=True, slots=True)
class _Seen:
    opened: list[tuple[Opened, datetime]]
    drags: list[Dragged]
    film_ms: list[float]
    skew_ms: list[float]
    complaint_id: str


async def _browse(found: _Archive, api: str, passwords: dict[str, str]) -> _Seen:
    footage = found.footage
    drawn = random.Random(2)
    asked: list[tuple[str, str, datetime]] = []
    async with _client(api, "agent", passwords) as agent:
        async with found.place.database.read() as session:
            query = select(Camera.office_id).where(Camera.id == found.cameras[0])
            office_id = await session.scalar(query)
        for _ in range(found.size.cards):
            begin_s = drawn.uniform(_HEAD_S, found.size.sample_s - 2 * _LEAD.total_seconds())
            begin = datetime.fromtimestamp(round(footage.start_s + begin_s, 3), UTC)
            body = {
                "channel": "call_1414",
                "service_code": "rudeness",
                "description": "Bench",
                "office_id": str(office_id),
                "happened_at": (begin + _LEAD).isoformat(),
                "happened_within_s": _WITHIN_S,
            }
            card = (await agent.post("/api/v1/complaints", json=body)).raise_for_status().json()
            asked.append((card["number"], card["id"], begin))
    opened: list[tuple[Opened, datetime]] = []
    drags: list[Dragged] = []
    film_ms: list[float] = []
    skew_ms: list[float] = []
    async with supervisor(api) as person:
        if person is None:
            tell("Chromium or Playwright is not installed: nothing is measured in a browser")
            return _Seen([], [], [], [], asked[0][1])
        await person.sign_in("supervisor", passwords["supervisor"])
        for number, _, begin in asked:
            opened.append((await person.open(number), begin))
            if number == asked[-1][0]:
                stated_s = (begin + _LEAD).timestamp()
                first = stated_s - _WITHIN_S - _BEFORE_STATED_S
                last = stated_s + _WITHIN_S + _AFTER_STATED_S
                ends = (footage.start_s + 5.0, footage.start_s + footage.seconds - 5.0)
                within = (max(first, ends[0]), min(last, ends[1]))
                await asyncio.sleep(2)
                film_ms = await person.seek_film(found.size.drags // 2)
                drags = await person.drag((first, last), within, found.size.drags)
                skew_ms = await person.watch_beside(found.size.beside_s)
            else:
                await person.back()
    return _Seen(
        opened[1:], drags, film_ms, skew_ms, asked[0][1]
    )  # the first also loads the page's code


@asynccontextmanager
async def _client(
    api: str, login: str, passwords: dict[str, str]
) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        base_url=api, headers={"Origin": api}, trust_env=False, timeout=30
    ) as client:
        body = {"login": login, "password": passwords[login]}
        (await client.post("/api/v1/session", json=body)).raise_for_status()
        yield client


async def _export(
    found: _Archive, api: str, passwords: dict[str, str], complaint_id: str
) -> float | None:
    """Ask for a clip as a person does; return footage seconds per second of waiting."""
    clock = SystemClock()
    start = datetime.fromtimestamp(found.footage.start_s + 10.5, UTC)
    end = start + timedelta(seconds=min(found.size.clip_s, found.size.sample_s - 30))
    body = {
        "camera_id": str(found.cameras[0]),
        "from": start.isoformat(),
        "to": end.isoformat(),
        "reason": "bench",
    }
    async with _client(api, "supervisor", passwords) as person:
        asked = await person.post(f"/api/v1/complaints/{complaint_id}/clips", json=body)
        clip_id = asked.raise_for_status().json()["id"]
    deadline = clock.monotonic() + _CLIP_PATIENCE_S
    waited = func.extract("epoch", Clip.ready_at - Clip.requested_at)
    query = select(Clip.state, Clip.delivered_s, waited).where(Clip.id == UUID(clip_id))
    while clock.monotonic() < deadline:
        async with found.place.database.read() as session:
            state, delivered_s, waited_s = (await session.execute(query)).one()
        if state == "ready" and delivered_s is not None:
            return delivered_s / float(waited_s)
        if state == "failed":
            return None
        await asyncio.sleep(0.1)
    return None


def _rows(
    found: _Archive,
    playlist_ms: list[float],
    floor_ms: list[float],
    seen: _Seen,
    frames_ms: list[float | None],
    export_x: float | None,
    copy_ms: float | None,
) -> list[Row]:
    size, footage = found.size, found.footage
    errors = [
        footage.error(one.counter, begin.timestamp())
        for one, begin in seen.opened
        if one.counter is not None
    ]
    unread = len(seen.opened) - len(errors)
    by_seek = sum(one.by == "CANVAS" for one, _ in seen.opened)
    exact_drags = exact(seen.drags, 1 / footage.spec.fps)
    measured = [ms for ms in frames_ms if ms is not None]
    archive_note = (
        f"{found.rows} index rows of {_CAMERAS} cameras × {size.days} days × {HOURS} h a day,"
        " 10 s a file, packed GOPs of a real file"
    )
    return [
        Row(
            "playlist_ms_p95",
            percentile(playlist_ms, 0.95),
            "ms",
            20,
            peer="the same rows read from PostgreSQL, nothing made of them",
            peer_value=percentile(floor_ms, 0.95),
            note=f"{archive_note}; ±10 min around {len(playlist_ms)} random minutes over HTTP;"
            f" median {percentile(playlist_ms, 0.5):.1f} ms",
        ),
        Row(
            "click_to_frame_ms_p95",
            percentile([one.ms for one, _ in seen.opened], 0.95) if seen.opened else None,
            "ms",
            300,
            peer="ffmpeg -ss, accurate seek in the right one of these files",
            peer_value=percentile(measured, 0.95) if measured else None,
            note=f"click in the list of complaints → picture on the card, {len(seen.opened)} cards,"
            f" {footage.spec.width}×{footage.spec.height}; {by_seek} by seek socket"
            if seen.opened
            else "no Chromium here",
        ),
        Row(
            "click_frame_error_max",
            max(errors) if errors and not unread else None,
            "pictures",
            1,
            note=f"burned-in counter of {len(errors)} pictures, {unread} unreadable",
        ),
        Row(
            "scrub_ms_p95",
            percentile([one.ms for one in seen.drags], 0.95) if seen.drags else None,
            "ms",
            50,
            peer="hls.js seek in the same page",
            peer_value=percentile(seen.film_ms, 0.95) if seen.film_ms else None,
            note=f"pointer moved on the timeline → picture drawn, {len(seen.drags)} moves,"
            f" {len(exact_drags)} of them the exact picture, the others the key picture before it",
        ),
        Row(
            "sync_skew_ms_p95",
            percentile(seen.skew_ms, 0.95) if seen.skew_ms else None,
            "ms",
            100,
            note=f"{_OFFICE_CAMERAS} cameras playing on one page: how far the picture of each is"
            f" from the main one's, seen at {len(seen.skew_ms)} moments",
        ),
        Row(
            "export_x_realtime",
            export_x,
            "×",
            50,
            Goal.AT_LEAST,
            peer="ffmpeg -f concat -c copy of the same files",
            peer_value=size.clip_s / copy_ms * 1000 if copy_ms else None,
            note=f"a clip of {size.clip_s} s, asked through the API, ready with hash and manifest",
        ),
    ]


def _playlist_cpu(cpu_ms: float) -> Row:
    note = "CPU of the node's process a playlist: what it costs however busy the machine is"
    return Row("playlist_cpu_ms", cpu_ms, "ms", note=note)


def tell(what: str) -> None:
    typer.echo(what, err=True)
