"""What a browser is told of a file's sound."""

from pathlib import Path

import pytest
from fastapi import Request

from ingest.media.beginning import without_sound
from ingest.recordings.boxes import tracks
from tests.ingest.recordings.test_sound import a_file


def asks(span: str, query: str = "") -> Request:
    headers = [(b"range", span.encode())] if span else []
    return Request({"type": "http", "headers": headers, "query_string": query.encode()})


@pytest.mark.parametrize(
    ("codec", "query", "handlers"),
    [
        ("pcm_alaw", "ticket=x", {b"vide", b"meta"}),
        ("pcm_mulaw", "", {b"vide", b"meta"}),
        ("aac", "", None),
        ("aac", "ticket=x&sound=0", {b"vide", b"meta"}),
    ],
)
async def test_sound_that_browsers_refuse_is_hidden(
    tmp_path: Path, codec: str, query: str, handlers: set[bytes] | None
) -> None:
    init, fragments, _ = a_file(tmp_path, codec)
    path = tmp_path / "x.mp4"
    path.write_bytes(init + b"".join(fragments))
    answer = await without_sound(asks(f"bytes=0-{len(init) - 1}", query), path)
    assert (answer is None) is (handlers is None)
    if answer is not None:
        shown = bytes(answer.body)
        assert answer.status_code == 206
        assert len(shown) == len(init)
        assert set(tracks(shown)) == handlers
        size = path.stat().st_size
        assert answer.headers["content-range"] == f"bytes 0-{len(init) - 1}/{size}"


@pytest.mark.parametrize("span", ["", "bytes=5-900", "bytes=0-", "bytes=0-9999999", "noise"])
async def test_other_questions_get_the_file_itself(tmp_path: Path, span: str) -> None:
    init, _, _ = a_file(tmp_path, "pcm_alaw")
    path = tmp_path / "x.mp4"
    path.write_bytes(init)
    assert await without_sound(asks(span), path) is None
