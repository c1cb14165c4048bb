"""Flow 2: a device's packet becomes a stored position and moves the van on the map."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from tests.house import CLOCK, House, Visit, next_change, until

pytestmark = pytest.mark.flow


async def _van(house: House, protocol: str) -> tuple[str, str]:
    rows = await house.execute(
        "SELECT vehicle_id::text, identifier FROM device WHERE protocol = %s ORDER BY identifier "
        "LIMIT 1",
        protocol,
    )
    return rows[0]


async def test_simulated_vans_move_on_the_map(house: House, visit: Visit) -> None:
    client = await visit.signed_in("dispatcher")
    live = await visit.live(client)
    seen: dict[str, list[tuple[float, float]]] = {}
    while len([p for p in seen.values() if len(set(p)) > 1]) < 2:
        change = await next_change(live, lambda m: m["topic"] == "position", within_s=60)
        for position in change["data"]["positions"]:
            place = (position["latitude"], position["longitude"])
            seen.setdefault(position["vehicle_id"], []).append(place)
    vehicles = (await client.get("/api/v1/vehicles")).raise_for_status().json()["items"]
    assert {v["freshness"] for v in vehicles if v["id"] in seen} == {"online"}


async def test_an_osmand_packet_reaches_the_screen_and_is_stored_once(
    house: House, visit: Visit
) -> None:
    client = await visit.signed_in("dispatcher")
    live = await visit.live(client)
    vehicle_id, identifier = await _van(house, "osmand")

    # Near where the van is: a leap would be stored too, but flagged and not shown.
    async def seen() -> list[tuple[float, float]]:
        return [
            (float(latitude), float(longitude))
            for latitude, longitude in await house.execute(
                "SELECT round(ST_Y(geom)::numeric, 4), round(ST_X(geom)::numeric + 0.0005, 4) "
                "FROM last_position WHERE vehicle_id = %s",
                vehicle_id,
            )
        ]

    place = (await until(seen, within_s=60, what="the van has reported"))[0]
    fixed_at = (CLOCK.now() + timedelta(seconds=5)).replace(microsecond=0)
    packet = {
        "id": identifier,
        "timestamp": str(int(fixed_at.timestamp())),
        "lat": str(place[0]),
        "lon": str(place[1]),
        "speed": "10",
    }
    async with httpx.AsyncClient(trust_env=False) as device:
        url = f"http://127.0.0.1:{house.ports['osmand']}/"
        for _ in range(3):  # a device that did not hear the answer sends again
            (await device.get(url, params=packet)).raise_for_status()
        moved = await next_change(
            live,
            lambda m: (
                m["topic"] == "position"
                and any(
                    p["vehicle_id"] == vehicle_id and (p["latitude"], p["longitude"]) == place
                    for p in m["data"]["positions"]
                )
            ),
            within_s=15,
        )
        assert moved["seq"] > 0
        # Whoever is refused repeats it for ever: what a known phone sends is taken, and told.
        unreadable = await device.get(url, params={"id": identifier, "lat": "abc", "lon": "1"})
        assert unreadable.status_code == 200
        (rejected,) = unreadable.json()["rejected"]
        assert "lat" in rejected["detail"]
        nameless = await device.get(url, params={"lat": "abc", "lon": "1"})
        assert nameless.status_code == 400
        unknown = await device.get(url, params={**packet, "id": "nobody"})
        assert unknown.status_code == 404
    stored = await house.execute(
        "SELECT count(*), min(speed_km_h) FROM position WHERE vehicle_id = %s AND fixed_at = %s",
        vehicle_id,
        fixed_at,
    )
    assert stored[0][0] == 1
    assert stored[0][1] == pytest.approx(18.52, abs=0.01)  # 10 knots
    kept = await house.execute(
        "SELECT rejection FROM raw_message WHERE device = %s AND rejection IS NOT NULL", identifier
    )
    assert [row[0].partition(":")[0] for row in kept] == [rejected["reason"]]


async def test_noise_on_the_wialon_port_is_counted_and_hurts_nobody(house: House) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", house.ports["wialon"])
    writer.write(b"\x00\xffGET / HTTP/1.1\r\n\r\n#X#;;;\r\n" + b"A" * 200_000)
    try:
        await writer.drain()
        await asyncio.wait_for(reader.read(100), 5)
    except (ConnectionError, TimeoutError):
        pass  # cut off is a fine answer too
    writer.close()
    _vehicle_id, identifier = await _van(house, "wialon")
    reader, writer = await asyncio.open_connection("127.0.0.1", house.ports["wialon"])
    writer.write(f"#L#{identifier};NA\r\n".encode())
    assert await asyncio.wait_for(reader.readline(), 10) == b"#AL#1\r\n"
    writer.close()
