"""Every writing operation of the OpenAPI document against bodies that nobody should send."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.house import House, Visit

pytestmark = pytest.mark.flow

Schema = dict[str, Any]
MEGABYTE = 1024 * 1024
WHOLE: dict[str, bytes] = {
    "cut": b'{"a":',
    "empty": b" ",
    "binary": bytes(range(256)),
    "NaN": b"NaN",
    "list": b"[]",
    "text": b'"x"',
    "beyond float": b"1e400",
    "deep list": b"[" * 100_000 + b"]" * 100_000,
    "deep object": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "2 MiB": b'{"a":"' + b"a" * (2 * MEGABYTE) + b'"}',
    "5000 digits": b'{"a":' + b"9" * 5_000 + b"}",
    "surrogate name": b'{"\\ud800":1}',
    "NUL name": b'{"\\u0000":1}',
    "UTF-16": '{"a":1}'.encode("utf-16"),
}
VALUES: dict[str, bytes] = {
    "NaN": b"NaN",
    "lone surrogate": b'"\\ud800x"',
    "NUL": b'"a\\u0000b"',
    "5000 digits": b"9" * 5_000,
    "object": b'{"\\ud800":1}',
    "year 9999": b'"9999-12-31T23:59:59-14:00"',
}
QUERIES = ("%00", "%ED%A0%80", "9" * 400, "9999-12-31T23:59:59-14:00", "WyJcdWQ4MDAiXQ")
PATHS = ("%00", "..%2f..%2fetc%2fpasswd", "x" * 5_000, "9" * 400, "%ff")


def _example(document: Schema, schema: Schema) -> Any:
    """Return a value that fits a schema well enough to break one field of it."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return _example(document, document["components"]["schemas"][name])
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    if "anyOf" in schema:
        return _example(document, schema["anyOf"][0])
    if schema.get("type") == "object":
        fields = schema.get("properties", {})
        return {name: _example(document, field) for name, field in fields.items()}
    if schema.get("type") == "array":
        items = schema.get("prefixItems") or [schema.get("items", {})] * schema.get("minItems", 1)
        return [_example(document, item) for item in items]
    formats = {"uuid": str(uuid4()), "date-time": "2026-01-05T10:00:00Z"}
    plain = {"integer": 1, "number": 0.5, "boolean": True, "null": None}
    return formats.get(schema.get("format", "")) or plain.get(schema.get("type", ""), "x")


def _bodies(example: object) -> Iterator[tuple[str, bytes]]:
    yield from WHOLE.items()
    if not isinstance(example, dict):
        return
    plain = {name: json.dumps(value).encode() for name, value in example.items()}
    for name in example:
        for what, value in VALUES.items():
            fields = {**plain, name: value}
            pairs = [json.dumps(key).encode() + b":" + said for key, said in fields.items()]
            yield f"{name}: {what}", b"{" + b",".join(pairs) + b"}"


async def _callers(house: House, visit: Visit) -> list[tuple[httpx.AsyncClient, set[str]]]:
    found = []
    for login in house.passwords:
        client = await visit.signed_in(login)
        found.append((client, set((await client.get("/api/v1/session")).json()["permissions"])))
    return found


def _refused(answer: httpx.Response) -> bool:
    """Whether it is a refusal with its reason. 2xx would mean that garbage was taken in."""
    is_problem = answer.headers.get("content-type", "").startswith("application/problem+json")
    return 400 <= answer.status_code < 500 and is_problem


async def test_no_operation_takes_or_trips_over_garbage(house: House, visit: Visit) -> None:
    callers = await _callers(house, visit)
    document = (await callers[0][0].get("/api/v1/openapi.json")).raise_for_status().json()
    log = house.folder / "log" / "dashboard_api.log"
    begin = log.stat().st_size
    wrong: list[str] = []
    asked = 0
    for path, operations in document["paths"].items():
        url = re.sub(r"\{[^}]*\}", str(uuid4()), path)
        for method in {"post", "put", "patch"} & set(operations):
            operation = operations[method]
            if "requestBody" not in operation:
                continue
            wanted = set(operation.get("x-permissions", []))
            client = next(c for c, may in callers if not wanted or may & wanted)
            schema = next(iter(operation["requestBody"]["content"].values()))["schema"]
            for what, body in _bodies(_example(document, schema)):
                answer = await client.request(
                    method, url, content=body, headers={"Content-Type": "application/json"}
                )
                asked += 1
                if not _refused(answer):
                    wrong.append(
                        f"{method} {path} {what}: {answer.status_code} {answer.text[:200]}"
                    )
    assert not wrong
    assert asked > 300
    said = log.read_bytes()[begin:].decode(errors="replace")
    assert "Traceback" not in said
    assert "request.crashed" not in said


async def test_no_reading_trips_over_garbage(house: House, visit: Visit) -> None:
    callers = await _callers(house, visit)
    document = (await callers[0][0].get("/api/v1/openapi.json")).raise_for_status().json()
    wrong: list[str] = []
    for path, operations in document["paths"].items():
        if "get" not in operations or not path.startswith("/api/"):
            continue
        wanted = set(operations["get"].get("x-permissions", []))
        client = next(c for c, may in callers if not wanted or may & wanted)
        url = re.sub(r"\{[^}]*\}", str(uuid4()), path)
        names = [p["name"] for p in operations["get"].get("parameters", []) if p["in"] == "query"]
        urls = [f"{url}?{name}={value}" for name in names for value in QUERIES]
        if "{" in path:
            urls += [re.sub(r"\{[^}]*\}", bad, path) for bad in PATHS]
        for address in urls:
            answer = await client.get(address)
            if not (answer.status_code == 200 or _refused(answer)):
                wrong.append(f"{address[:200]}: {answer.status_code} {answer.text[:200]}")
    assert not wrong
