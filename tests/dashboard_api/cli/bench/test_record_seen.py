"""What the bench of recording counts as missing."""

import shutil
from pathlib import Path
from uuid import uuid4

from dashboard_api.cli.bench.record_seen import Seen, count_missing
from ingest.simulated.loops import LoopSpec, make_loop

SPEC = LoopSpec(320, 180, fps=20, gop_s=0.5, kbit=200, seconds=2)  # 40 pictures


def test_pictures_are_counted_by_what_is_seen_in_them(tmp_path: Path) -> None:
    loop = make_loop(tmp_path / "loops", SPEC)
    whole, absent = uuid4(), uuid4()
    file = tmp_path / "recordings" / str(whole) / "sub" / "19700101" / "0.mp4"
    file.parent.mkdir(parents=True)
    shutil.copy(loop, file)
    root = tmp_path / "recordings"
    assert count_missing(root, [whole], SPEC, 0.0, 2.0) == Seen(1, 40, 0)
    late_and_cut = count_missing(root, [whole], SPEC, -1.0, 2.5)
    assert late_and_cut == Seen(1, 40, 20 + 10)
    assert count_missing(root, [whole, absent], SPEC, 0.0, 2.0) == Seen(1, 40, 40)
