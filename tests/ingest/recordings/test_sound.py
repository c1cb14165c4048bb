"""Sound beside pictures: what FFmpeg reads of our files."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from ingest.cameras.access_unit import AudioParameters, AudioUnit
from ingest.recordings.boxes import map_file, retime, tracks
from ingest.recordings.fmp4 import Sample, fragment, init_segment
from ingest.recordings.sound import run_of
from tests.ingest.encoded import shown
from tests.ingest.recordings.test_fmp4 import FRAME, gops_of


def spoken(codec: str, start: int, seconds: float) -> tuple[AudioParameters, list[AudioUnit]]:
    """Return a tone of 440 Hz as a camera would send it, from ``start`` ticks on."""
    rate = 16_000 if codec == "aac" else 8_000
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = (
        rate,
        "mono",
        "fltp" if codec == "aac" else "s16",
    )
    encoder.time_base = Fraction(1, rate)
    encoder.open()
    piece = encoder.frame_size or rate // 50
    wave = np.sin(np.arange(round(rate * seconds)) * 2 * np.pi * 440 / rate) * 0.5
    units: list[AudioUnit] = []
    step = piece * 90_000 // rate
    for number in range(len(wave) // piece):
        part = wave[number * piece : (number + 1) * piece][None, :]
        shaped = part.astype(np.float32) if codec == "aac" else (part * 32_767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(shaped, encoder.format.name, "mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, number * piece, encoder.time_base
        for packet in encoder.encode(frame):
            units.append(AudioUnit(start + len(units) * step, step, bytes(packet)))
    return AudioParameters(codec, rate, 1, encoder.extradata or b""), units


def a_file(tmp_path: Path, codec: str) -> tuple[bytes, list[bytes], int]:
    """Return the init segment, the fragments and the ticks of the first picture."""
    parameters, gops = gops_of(tmp_path)
    start = gops[0][0].dts
    audio, units = spoken(codec, start + 450, 4.0)
    fragments = []
    for number, gop in enumerate(gops, 1):
        end = gop[-1].dts + FRAME
        heard = [unit for unit in units if gop[0].dts <= unit.dts < end]
        samples = [Sample(FRAME, u.key, u.cts, u.avcc) for u in gop]
        fragments.append(fragment(number, gop[0].dts, samples, run_of(heard)))
    return init_segment(parameters, audio), fragments, start


@pytest.mark.parametrize("codec", ["aac", "pcm_alaw", "pcm_mulaw"])
def test_sound_is_heard_in_time_with_the_pictures(tmp_path: Path, codec: str) -> None:
    init, fragments, start = a_file(tmp_path, codec)
    path = tmp_path / "x.mp4"
    path.write_bytes(init + b"".join(fragments))
    assert [pts for pts, _ in shown(path)] == [start + n * FRAME for n in range(40)]
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        assert stream.codec_context.name == codec
        frames = list(container.decode(audio=0))
    rate = frames[0].sample_rate
    assert frames[0].time == pytest.approx((start + 450) / 90_000, abs=0.001)
    assert all(b.time > a.time for a, b in pairwise(frames) if a.time and b.time)
    wave = np.concatenate([f.to_ndarray().reshape(-1) for f in frames]).astype(float)
    assert len(wave) / rate == pytest.approx(4.0, abs=0.2)
    loudest = np.argmax(np.abs(np.fft.rfft(wave[rate : 2 * rate])))
    assert loudest == pytest.approx(440, abs=2)


def test_a_file_with_sound_is_mapped_by_its_pictures(tmp_path: Path) -> None:
    init, fragments, start = a_file(tmp_path, "aac")
    whole = init + b"".join(fragments)
    found = map_file(lambda at, length: whole[at : at + length], len(whole))
    assert found.init_bytes == len(init)
    assert [f.dts for f in found.fragments] == [start + n * 10 * FRAME for n in range(4)]
    assert [f.length for f in found.fragments] == [len(f) for f in fragments]
    assert set(tracks(init)) == {b"vide", b"soun"}


def test_a_moved_fragment_takes_its_sound_along(tmp_path: Path) -> None:
    init, fragments, start = a_file(tmp_path, "aac")
    path = tmp_path / "moved.mp4"
    path.write_bytes(init + b"".join(retime(f, n, -start) for n, f in enumerate(fragments, 1)))
    assert [pts for pts, _ in shown(path)] == [n * FRAME for n in range(40)]
    with av.open(str(path)) as container:
        first = next(container.decode(audio=0))
    assert first.time == pytest.approx(0.005, abs=0.001)


def test_a_hole_in_the_sound_stays_a_hole() -> None:
    units = [
        AudioUnit(0, 1_800, b"a"),
        AudioUnit(1_800, 1_800, b"b"),
        AudioUnit(9_000, 1_800, b"c"),
    ]
    run = run_of(units)
    assert run is not None
    assert [sample.duration for sample in run.samples] == [1_800, 7_200, 1_800]
    assert run_of([]) is None
