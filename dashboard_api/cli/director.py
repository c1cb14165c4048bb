"""The demo's director: lets windows empty, queues grow and citizens call, outside the product.

It speaks only to the simulated cameras' control port and, as a 1414 agent, to the public API.
"""

import argparse
import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx

from dashboard_api.cli import sim
from ingest.simulated.scenes import SCENES, Scene
from models.kit import log
from models.kit.clock import Clock, SystemClock
from models.kit.errors import Unauthenticated
from models.kit.service import stop_event, wait

logger = log.get(__name__)

ROUND_S = 420


@dataclass(frozen=True, slots=True)
class Call:
    """A 1414 call: the scene's office, which window, how long ago, what the citizen says."""

    scene_index: int
    window_number: int
    minutes_ago: int
    service_code: str
    description: str
    caller_name: str


@dataclass(frozen=True, slots=True)
class Cue:
    """Something that happens ``at_s`` seconds into the round: a scene to show or a call."""

    at_s: float
    show: tuple[str, str] | None = None
    call: Call | None = None


CALLS = (
    Call(0, 2, 1, "long_wait", "Кезекте 40 минут тұрмын, терезе шақырмайды.", "Айгүл Серікова"),
    Call(1, 1, 3, "rudeness", "Сотрудник отказался принимать документы и нагрубил.", "Пётр Ли"),
    Call(2, 2, 5, "wrong_advice", "Басқа құжат керек деп қайтарып жіберді.", "Бауыржан Әли"),
)


def script(scenes: tuple[Scene, ...]) -> list[Cue]:
    """Return one round's cues in order of time; pure."""
    cues: list[Cue] = []
    for index, scene in enumerate(scenes):
        empties = [v for v in scene.variants if v.startswith("window-")]
        offset = 30.0 + 50 * index
        if empties:
            cues += [Cue(offset, show=(scene.name, empties[0]))]
            cues += [Cue(offset + 110, show=(scene.name, "staffed"))]
        if "long-queue" in scene.variants:
            cues += [Cue(offset + 170, show=(scene.name, "long-queue"))]
            cues += [Cue(offset + 230, show=(scene.name, "staffed"))]
    cues += [Cue(60.0 + 90 * n, call=call) for n, call in enumerate(CALLS)]
    return sorted(cues, key=lambda cue: cue.at_s)


class Agent:
    """A 1414 agent at the public API."""

    def __init__(self, api: str, logins: Path, clock: Clock) -> None:
        self._client = httpx.AsyncClient(
            base_url=api, headers={"Origin": api}, trust_env=False, timeout=10
        )
        self._logins = logins
        self._clock = clock

    async def sign_in(self) -> None:
        for line in self._logins.read_text().splitlines():
            words = line.split()
            if words[:1] == ["agent"]:
                body = {"login": "agent", "password": words[1]}
                (await self._client.post("/api/v1/session", json=body)).raise_for_status()
                return
        msg = f"{self._logins} has no line for agent; delete the folder's database to start anew"
        raise Unauthenticated(msg)

    async def known_complaints(self) -> int:
        answer = await self._client.get("/api/v1/complaints", params={"limit": 10})
        answer.raise_for_status()
        return len(answer.json()["items"])

    async def register(self, call: Call) -> str:
        """Register the call; return the talon number."""
        offices = (await self._client.get("/api/v1/offices")).raise_for_status().json()["items"]
        codes = sorted(office["code"] for office in offices)
        wanted = codes[call.scene_index % len(codes)]
        office = next(office for office in offices if office["code"] == wanted)
        answer = await self._client.post(
            "/api/v1/complaints",
            json={
                "channel": "call_1414",
                "service_code": call.service_code,
                "description": call.description,
                "office_id": office["id"],
                "window_number": call.window_number,
                "happened_at": (
                    self._clock.now() - timedelta(minutes=call.minutes_ago)
                ).isoformat(),
                "caller_name": call.caller_name,
                "caller_phone": "+77000000000",
            },
        )
        answer.raise_for_status()
        number: str = answer.json()["number"]
        return number

    async def close(self) -> None:
        await self._client.aclose()


async def direct(api: str, control_port: int, logins: Path, clock: Clock) -> None:
    """Play rounds until told to stop. Calls come only while there are fewer than three."""
    stop = stop_event()
    agent = Agent(api, logins, clock)
    try:
        await agent.sign_in()
        while not stop.is_set():
            calls_wanted = await agent.known_complaints() < len(CALLS)
            began = clock.monotonic()
            for cue in script(SCENES):
                if await wait(stop, max(0.0, began + cue.at_s - clock.monotonic())):
                    return
                if cue.show is not None:
                    answer = await sim.send(control_port, f"show {cue.show[0]} {cue.show[1]}")
                    logger.info("director.show", scene=cue.show[0], now=cue.show[1], answer=answer)
                if cue.call is not None and calls_wanted:
                    logger.info("director.call", talon=await agent.register(cue.call))
            await wait(stop, max(0.0, began + ROUND_S - clock.monotonic()))
    finally:
        await agent.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api", required=True)
    parser.add_argument("--control-port", type=int, required=True)
    parser.add_argument("--logins", type=Path, required=True)
    arguments = parser.parse_args()
    log.configure(level="info", log_format="text", process="director")
    asyncio.run(direct(arguments.api, arguments.control_port, arguments.logins, SystemClock()))


if __name__ == "__main__":
    main()
