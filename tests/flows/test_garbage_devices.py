"""Noise from GPS devices: refused, counted by reason, and kept as it came."""

import asyncio
import re
from secrets import token_hex

import httpx
import pytest

from tests.house import House, until

pytestmark = pytest.mark.flow


async def _rejections(house: House) -> dict[str, float]:
    async with httpx.AsyncClient(trust_env=False) as client:
        page = (await client.get(f"http://127.0.0.1:{house.ports['media']}/metrics")).text
    found = re.findall(r'^ahual_gps_rejections_total\{protocol="(\w+)".*\} ([\d.e+]+)$', page, re.M)
    sums: dict[str, float] = {}
    for protocol, count in found:
        sums[protocol] = sums.get(protocol, 0.0) + float(count)
    return sums


async def _kept(house: House, mark: str) -> int:
    rows = await house.execute(
        "SELECT count(*) FROM raw_message WHERE position(%s::bytea IN payload) > 0", mark.encode()
    )
    return int(rows[0][0])


async def test_noise_of_phones_is_counted_and_kept(house: House) -> None:
    before = (await _rejections(house)).get("osmand", 0.0)
    mark = f"nobody-{token_hex(6)}"
    queries = (
        *(f"id={mark}", f"id={mark}&lat=43&lon=76&timestamp=1", f"noise={mark}"),
        *(f"id={mark}&lat=NaN&lon=inf", f"id={mark}&lat=999&lon=76", f"id={mark}&lat=%00&lon=%ff"),
        *(f"id={mark}&lat=43&lon=76&timestamp={'9' * 400}", f"{mark}=&&&==&%%%"),
    )
    url = f"http://127.0.0.1:{house.ports['osmand']}/"
    async with httpx.AsyncClient(trust_env=False, timeout=20) as phone:
        for query in queries:
            answer = await phone.get(f"{url}?{query}")
            assert 400 <= answer.status_code < 500, f"{query}: {answer.text}"
            assert answer.headers["content-type"].startswith("application/problem+json")
        for body in (b"{", b"[" * 50_000, b"\x00\xff" * 500, b'{"location":{"coords":NaN}}'):
            posted = await phone.post(url, content=mark.encode() + body)
            assert 400 <= posted.status_code < 500, posted.text
        huge = await phone.post(url, content=b"A" * 300_000)
    assert huge.status_code == 413
    assert (await _rejections(house))["osmand"] >= before + len(queries) + 4
    assert await _kept(house, mark) >= len(queries)


async def test_noise_of_trackers_is_counted_and_kept(house: House) -> None:
    before = (await _rejections(house)).get("wialon", 0.0)
    mark = f"nobody-{token_hex(6)}"
    for noise in (f"#L#{mark};NA\r\n", f"#D#{mark};;;NaN;\r\n", f"{mark}\r\n", f"#X#{mark}\r\n"):
        reader, writer = await asyncio.open_connection("127.0.0.1", house.ports["wialon"])
        writer.write(noise.encode())
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 20)
        writer.close()

    async def counted() -> bool:
        return (await _rejections(house)).get("wialon", 0.0) >= before + 4

    await until(counted, within_s=20, what="every line of noise is counted")
    assert await _kept(house, mark) == 4
