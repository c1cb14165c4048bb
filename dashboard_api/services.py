"""What every request needs, made once a process and kept on the application."""

from dataclasses import dataclass, field

from starlette.requests import HTTPConnection

from dashboard_api.passwords import Passwords
from dashboard_api.throttle import Throttle
from dashboard_api.turning import Turns
from models.kit.clock import Clock
from models.kit.database import Database
from models.kit.settings import Settings

VILLAGE_LOOKS = 240  # a minute and address
PANEL_CALLS = 90  # a minute and phone


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    database: Database
    clock: Clock
    key: bytes  # signs media tickets
    passwords: Passwords
    throttle: Throttle
    # A village behind one address of its operator may look all at once; a robot may not stay.
    public_throttle: Throttle = field(
        default_factory=lambda: Throttle(limit=VILLAGE_LOOKS, window_s=60)
    )
    # A phone asks nine times a minute, and once more for each word of its crew.
    panel_throttle: Throttle = field(
        default_factory=lambda: Throttle(limit=PANEL_CALLS, window_s=60)
    )
    turns: Turns = field(default_factory=Turns)


async def services(connection: HTTPConnection) -> Services:
    """Return them; a coroutine, or FastAPI would send every request to a worker thread for it."""
    found: Services = connection.app.state.services
    return found
