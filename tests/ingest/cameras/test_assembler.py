from pathlib import Path

from ingest.cameras import nal
from ingest.cameras.assembler import Assembler, CodedPicture
from tests.ingest.encoded import START_S, assembled, coded


def test_pictures_before_the_first_key_are_dropped(tmp_path: Path) -> None:
    pictures = coded(tmp_path)[5:]
    assembler = Assembler()
    units = [assembler.push(p, START_S + n / 10)[1] for n, p in enumerate(pictures)]
    assert [unit is not None for unit in units[:6]] == [False] * 5 + [True]


def test_parameters_come_once_with_the_first_key(tmp_path: Path) -> None:
    told = [parameters is not None for parameters, _ in assembled(coded(tmp_path))]
    assert told == [True] + [False] * 39


def test_parameter_sets_of_the_sdp_serve_when_pictures_carry_none(tmp_path: Path) -> None:
    first = coded(tmp_path)[0]
    inside = [unit for unit in first.nals if nal.nal_type(unit) in {nal.SPS, nal.PPS}]
    bare = CodedPicture(first.dts, first.pts, [u for u in first.nals if u not in inside])
    assembler = Assembler()
    assert assembler.push(bare, START_S) == (None, None)
    assembler.offer_parameters(inside)
    parameters, unit = assembler.push(bare, START_S)
    assert parameters is not None
    assert unit is not None


def test_changed_parameters_are_told_before_their_key(tmp_path: Path) -> None:
    plain, reordered = coded(tmp_path), coded(tmp_path, b_frames=2)
    assembler = Assembler()
    assembler.push(plain[0], START_S)
    parameters, unit = assembler.push(reordered[0], START_S + 0.1)
    assert parameters is not None
    assert parameters.has_b_frames
    assert unit is not None


def test_numbers_and_times_go_on_after_a_reconnection(tmp_path: Path) -> None:
    units = [unit for _, unit in assembled(coded(tmp_path))]
    again = Assembler(units[-1].sequence, units[-1].dts)
    _, unit = again.push(coded(tmp_path)[0], START_S)
    assert unit is not None
    assert unit.sequence == units[-1].sequence + 1
    assert unit.dts > units[-1].dts


def test_b_frames_keep_their_shown_order(tmp_path: Path) -> None:
    pictures = coded(tmp_path, b_frames=2)
    units = [unit for _, unit in assembled(pictures)]
    assert [u.dts + u.cts - units[0].dts for u in units] == [
        p.pts - pictures[0].dts for p in pictures
    ]


def test_a_second_pps_stays_in_its_pictures(tmp_path: Path) -> None:
    first = coded(tmp_path)[0]
    pps = next(unit for unit in first.nals if nal.nal_type(unit) == nal.PPS)
    second = bytes((pps[0], 0x40 | pps[1] >> 3 & 0x3F)) + pps[2:]  # ue(v) 010: number 1
    assembler = Assembler()
    for at_s in (0, 1):
        after = first.nals.index(pps) + 1
        nals = [*first.nals[:after], second, *first.nals[after:]]
        parameters, unit = assembler.push(CodedPicture(at_s * 90_000, at_s * 90_000, nals), START_S)
        assert unit is not None
        assert (parameters is not None) is (at_s == 0)
        assert second in nal.split_avcc(unit.avcc)
        assert pps not in nal.split_avcc(unit.avcc)
    changed = bytes((pps[0], pps[1])) + b"\x7f" + pps[3:]  # the same number: it is told anew
    nals = [changed if unit == pps else unit for unit in first.nals]
    parameters, _ = assembler.push(CodedPicture(180_000, 180_000, nals), START_S)
    assert parameters is not None
    assert parameters.pps == changed


def test_a_damaged_sps_is_waited_out(tmp_path: Path) -> None:
    first = coded(tmp_path)[0]
    damaged = [u[:3] if nal.nal_type(u) == nal.SPS else u for u in first.nals]
    assembler = Assembler()
    assert assembler.push(CodedPicture(0, 0, damaged), START_S) == (None, None)
    assert assembler.push(first, START_S + 1)[1] is not None
