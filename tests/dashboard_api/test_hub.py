"""A slow socket is closed rather than remembered for ever."""

from datetime import timedelta

from dashboard_api.hub import QUEUE_LIMIT_BYTES, TOO_SLOW, Client
from dashboard_api.sessions import Caller
from models.kit.ids import new_id
from models.observations import RoleName
from tests.builders import NOON


def a_client() -> Client:
    caller = Caller(
        session_id=new_id(),
        operator_id=new_id(),
        login="aigerim",
        full_name="Әйгерім",
        role=RoleName.OPERATOR,
        language="kk",
        region_id=None,
        expires_at=NOON + timedelta(hours=1),
    )
    return Client(caller)


async def test_client_takes_in_the_order_offered() -> None:
    client = a_client()
    client.offer("a")
    client.offer("b")
    assert [client.take(), client.take(), client.take()] == ["a", "b", None]


async def test_client_that_does_not_take_is_closed_and_forgotten() -> None:
    client = a_client()
    piece = "x" * 10_000
    for _ in range(QUEUE_LIMIT_BYTES // len(piece) + 1):
        client.offer(piece)
    assert client.close_code == TOO_SLOW
    client.offer(piece)
    assert client.take() is None
