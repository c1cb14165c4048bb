"""WS /api/v1/live: changes as they commit, with resume by seq and a heartbeat every 10 s."""

import asyncio
import json
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, WebSocket
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocketDisconnect

from dashboard_api.dependencies import refuse_foreign_origin, session_token
from dashboard_api.hub import SESSION_OVER, Client, Hub, envelope
from dashboard_api.services import Services
from dashboard_api.sessions import Caller, find_caller
from dashboard_api.topics import heard
from models.kit.bus import Change, changes_after
from models.kit.errors import Forbidden
from models.kit.log import get

log = get(__name__)
router = APIRouter()
HEARTBEAT_S = 10.0
RESUME_LIMIT = 5000
_BATCH = 500
_START_WAIT_S = 5.0
TRY_LATER = 1013


@router.websocket("/live")
async def live(websocket: WebSocket) -> None:
    centre: Services = websocket.app.state.services
    hub: Hub = websocket.app.state.hub
    try:
        refuse_foreign_origin(websocket, centre)
    except Forbidden:
        await websocket.close(4403)
        return
    await websocket.accept()
    try:
        await asyncio.wait_for(hub.started.wait(), _START_WAIT_S)
        caller = await _caller(websocket, centre)
    except (TimeoutError, SQLAlchemyError):
        await websocket.close(TRY_LATER, "The database does not answer")
        return
    if caller is None:
        await websocket.close(SESSION_OVER, "Sign in first")
        return
    client = Client(caller)
    hub.join(client)
    try:
        # The session may have been revoked between the question above and joining.
        if await _caller(websocket, centre) is None:
            client.close(SESSION_OVER)
        await _serve(websocket, client, hub, centre)
    except (WebSocketDisconnect, SQLAlchemyError) as error:
        log.info("live.left", login=caller.login, reason=type(error).__name__)
        if isinstance(error, SQLAlchemyError):
            await websocket.close(TRY_LATER, "The database does not answer")
    finally:
        hub.leave(client)


async def _caller(websocket: WebSocket, centre: Services) -> Caller | None:
    token = session_token(websocket, centre)
    if token is None:
        return None
    async with centre.database.read() as session:
        return await find_caller(session, token, centre.clock.now())


async def _serve(websocket: WebSocket, client: Client, hub: Hub, centre: Services) -> None:
    await websocket.send_text(json.dumps({"type": "hello", "v": 1, "seq": hub.seq}))
    writer = asyncio.create_task(_write(websocket, client, hub, centre))
    reader = asyncio.create_task(_read(websocket, client))
    try:
        done, _ = await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (writer, reader):
            task.cancel()
            with suppress(asyncio.CancelledError, WebSocketDisconnect, SQLAlchemyError):
                await task


async def _write(websocket: WebSocket, client: Client, hub: Hub, centre: Services) -> None:
    """The only sender after hello, so that seq never goes back except by a resume."""
    while True:
        if centre.clock.now() >= client.caller.expires_at:
            client.close(SESSION_OVER)
        if client.close_code is not None:
            await websocket.close(client.close_code)
            return
        if client.resume_from is not None:
            await _resume(websocket, client, hub, centre)
            continue
        text = client.take()
        if text is not None:
            await websocket.send_text(text)
            continue
        client.wake.clear()
        try:
            await asyncio.wait_for(client.wake.wait(), HEARTBEAT_S)
        except TimeoutError:
            beat = {
                "type": "heartbeat",
                "seq": hub.seq,
                "at": centre.clock.now().isoformat(),
            }
            await websocket.send_text(json.dumps(beat))


async def _resume(websocket: WebSocket, client: Client, hub: Hub, centre: Services) -> None:
    """Send what was missed, in order; what happens meanwhile waits in the client's queue."""
    after, client.resume_from = client.resume_from or 0, None
    client.drop()  # all of it is at most hub.seq, so it is read again below
    upto = hub.seq or 0
    if client.caller.region_id is not None:
        await hub.know_places()
    async with centre.database.read() as session:
        oldest = await session.scalar(select(func.min(Change.seq)))
        missed = await session.scalar(
            select(func.count()).where(Change.seq > after, Change.seq <= upto)
        )
        pruned = after < upto and (oldest is None or after < oldest - 1)
        if after > upto or pruned or (missed or 0) > RESUME_LIMIT:
            await websocket.send_text(json.dumps({"type": "snapshot_needed", "seq": upto}))
            return
        while after < upto:
            batch = await changes_after(session, after, limit=_BATCH)
            for notice in batch:
                if notice.seq > upto:
                    return
                data = heard(client.caller, notice, hub.places)
                if data is not None:
                    await websocket.send_text(envelope(notice, data))
            if not batch:
                return
            after = batch[-1].seq


async def _read(websocket: WebSocket, client: Client) -> None:
    while True:
        message = await websocket.receive()
        if message["type"] == "websocket.disconnect":
            return
        wanted = _parsed(message.get("text"))
        if wanted is None:
            detail = 'Send {"type":"resume","seq":N} or nothing'
            client.offer(json.dumps({"type": "error", "detail": detail}))
        else:
            client.resume_from = wanted
            client.wake.set()


def _parsed(text: str | None) -> int | None:
    """Return the seq of a resume message; None for anything else."""
    if text is None:
        return None
    try:
        said: Any = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("type") != "resume":
        return None
    seq = said.get("seq")
    if isinstance(seq, bool) or not isinstance(seq, int) or not 0 <= seq < 1 << 62:
        return None
    return seq
