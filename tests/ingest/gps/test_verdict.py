"""Which fixes are trusted: each flag, jumps, late data."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.gps.verdict import Trust, judge
from models.observations import FixFlag, PositionFix

NOON = datetime(2026, 3, 19, 7, 0, tzinfo=UTC)
ALMATY = PositionFix("van-1", NOON, 43.2383, 76.9453)
ASTANA = replace(ALMATY, latitude=51.1283, longitude=71.4305)


@pytest.mark.parametrize(
    ("fix", "flags"),
    [
        (ALMATY, ()),
        (replace(ALMATY, valid=False), (FixFlag.INVALID,)),
        (replace(ALMATY, latitude=0, longitude=0), (FixFlag.ZERO,)),
        (replace(ALMATY, accuracy_m=101), (FixFlag.WEAK,)),
        (replace(ALMATY, accuracy_m=0), ()),  # zero means unknown
        (replace(ALMATY, hdop=5.1), (FixFlag.WEAK,)),
        (replace(ALMATY, satellites=3), (FixFlag.WEAK,)),
        (replace(ALMATY, fixed_at=NOON + timedelta(minutes=10)), ()),
        (replace(ALMATY, fixed_at=NOON + timedelta(minutes=10, seconds=1)), (FixFlag.FUTURE,)),
        (replace(ALMATY, fixed_at=datetime(2019, 12, 31, tzinfo=UTC)), (FixFlag.ANCIENT,)),
        (
            replace(ALMATY, valid=False, latitude=0, longitude=0, satellites=0),
            (FixFlag.INVALID, FixFlag.ZERO, FixFlag.WEAK),
        ),
    ],
)
def test_flags_of_one_fix(fix: PositionFix, flags: tuple[FixFlag, ...]) -> None:
    trust, judged = judge(Trust(), fix, NOON)
    assert judged == flags
    assert (trust.good is None) == bool(flags)


def judge_all(*fixes: PositionFix) -> list[tuple[FixFlag, ...]]:
    trust, verdicts = Trust(), []
    for fix in fixes:
        trust, flags = judge(trust, fix, NOON + timedelta(hours=1))
        verdicts.append(flags)
    return verdicts


def after(fix: PositionFix, seconds: float) -> PositionFix:
    return replace(fix, fixed_at=NOON + timedelta(seconds=seconds))


JUMP = (FixFlag.JUMP,)


def test_one_jump_is_flagged_and_forgotten() -> None:
    assert judge_all(ALMATY, after(ASTANA, 10), after(ALMATY, 20)) == [(), JUMP, ()]


def test_three_jumps_that_agree_are_the_new_place() -> None:
    fixes = [ALMATY, after(ASTANA, 10), after(ASTANA, 20), after(ASTANA, 30), after(ASTANA, 40)]
    assert judge_all(*fixes) == [(), JUMP, JUMP, (), ()]


def test_jumps_that_disagree_are_no_place() -> None:
    there = replace(ASTANA, latitude=47.0)
    fixes = [ALMATY, after(ASTANA, 10), after(there, 20), after(ASTANA, 30), after(ALMATY, 40)]
    assert judge_all(*fixes) == [(), JUMP, JUMP, JUMP, ()]


def test_a_jump_sent_three_times_is_one_witness() -> None:
    fixes = [ALMATY, *[after(ASTANA, 10)] * 5, after(ALMATY, 20)]
    assert judge_all(*fixes) == [(), *[JUMP] * 5, ()]


def test_a_long_silence_explains_a_long_way() -> None:
    assert judge_all(after(ALMATY, -3600 * 6), ASTANA) == [(), ()]


def test_noise_within_a_second_is_no_jump() -> None:
    near = replace(ALMATY, latitude=ALMATY.latitude + 0.0009)  # 100 m
    assert judge_all(ALMATY, after(near, 1)) == [(), ()]


def test_late_fixes_are_judged_but_move_nothing() -> None:
    fixes = [after(ALMATY, 100), ALMATY, after(ASTANA, 50), after(ASTANA, 60), after(ASTANA, 70)]
    assert judge_all(*fixes, after(ALMATY, 110)) == [(), (), JUMP, JUMP, JUMP, ()]
