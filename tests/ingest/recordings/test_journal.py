from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.recordings.boxes import FragmentPlace
from ingest.recordings.facts import Fact, GapFact, GapReason, SegmentFact, StreamKey
from ingest.recordings.journal import Journal, RunBegan
from models.kit.ids import new_id
from models.observations import StreamKind
from tests.builders import NOON

STREAM = StreamKey(new_id(), StreamKind.SUB)
GAP = GapFact(STREAM, NOON, None, GapReason.DISK_FULL)
FILE = SegmentFact(
    STREAM,
    f"{STREAM.camera_id}/sub/20260319/1.mp4",
    "avc1.42e01f",
    700,
    tuple(FragmentPlace(n * 90_000, 90_000, 3_000, 700 + n * 50, 50) for n in range(1, 6)),
    closed=True,
    sha256="ab" * 32,
)


def begun(folder: Path, **options: int) -> Journal:
    journal = Journal(folder / "journal.log", **options)
    journal.begin(NOON)
    return journal


def facts_of(journal: Journal) -> list[Fact]:
    return [entry for entry in journal.entries() if not isinstance(entry, RunBegan)]


def test_what_was_kept_comes_back_in_order(tmp_path: Path) -> None:
    ended = replace(GAP, ended_at=NOON + timedelta(seconds=3.000001))
    journal = begun(tmp_path)
    assert journal.append([GAP, FILE])
    assert journal.append([ended])
    journal.close()
    again = begun(tmp_path)
    begin = RunBegan(NOON)
    assert list(again.entries()) == [begin, GAP, FILE, ended, begin]
    again.replace([ended])
    assert list(again.entries()) == [ended]
    again.append([FILE])
    assert list(again.entries()) == [ended, FILE]
    again.replace([])
    assert (list(again.entries()), again.size_bytes) == ([], 0)
    again.append([GAP])
    assert list(again.entries()) == [GAP]
    again.close()


def test_a_tail_torn_anywhere_costs_its_line_only(tmp_path: Path) -> None:
    journal = begun(tmp_path)
    journal.append([FILE])
    kept = journal.size_bytes
    journal.append([GAP])
    journal.close()
    path = tmp_path / "journal.log"
    whole = path.read_bytes()
    for size in range(kept, len(whole)):
        path.write_bytes(whole[:size])
        again = begun(tmp_path)
        again.append([replace(GAP, reason=GapReason.STALLED)])
        assert facts_of(again) == [FILE, replace(GAP, reason=GapReason.STALLED)]
        again.close()


@given(at=st.integers(0, 10_000), noise=st.binary(min_size=1, max_size=40))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_noise_never_becomes_a_fact(tmp_path: Path, at: int, noise: bytes) -> None:
    path = tmp_path / "journal.log"
    path.unlink(missing_ok=True)
    journal = begun(tmp_path)
    journal.append([FILE, GAP, FILE])
    journal.close()
    content = path.read_bytes()
    at %= len(content)
    path.write_bytes(content[:at] + noise + content[at + len(noise) :])
    again = begun(tmp_path)
    assert all(fact in (FILE, GAP) for fact in facts_of(again))
    again.close()


def test_a_full_journal_keeps_reasons_rather_than_files(tmp_path: Path) -> None:
    journal = begun(tmp_path, limit_bytes=2_000)
    results = [journal.append([FILE]) for _ in range(6)]
    assert results[0]
    assert not results[-1]
    assert not journal.append([FILE, GAP])
    assert facts_of(journal)[-1] == GAP
    assert journal.size_bytes == (tmp_path / "journal.log").stat().st_size
    assert journal.size_bytes < 2_200
    journal.close()


def test_a_journal_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="not begun"):
        Journal(tmp_path / "journal.log").append([GAP])
