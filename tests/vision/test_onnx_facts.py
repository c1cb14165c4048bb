"""An ONNX file tells what it is without a runtime; other bytes are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vision.onnx_file import model
from vision import weights
from vision.onnx_facts import NotOnnx, read_facts

PACKAGED = weights.packaged()["nanodet_g_person"].content().main


def test_the_packaged_file_takes_pictures_of_any_size() -> None:
    facts = read_facts(PACKAGED)
    assert facts.producer == "tf2onnx"
    assert list(facts.inputs.values()) == [(1, 3, None, None)]
    assert len(facts.outputs) == 6


def test_sizes_and_notes_are_told() -> None:
    facts = read_facts(model((1, 3, 32, None), [(1, 300, 6)], {"task": "detect"}))
    assert facts.inputs == {"images": (1, 3, 32, None)}
    assert facts.outputs == {"output0": (1, 300, 6)}
    assert facts.notes == {"task": "detect"}


@given(st.binary(max_size=300))
def test_garbage_is_named(content: bytes) -> None:
    with pytest.raises(NotOnnx, match="fetch the file again"):
        read_facts(content)


WHOLE = model((1, 3, 32, 32), [(1, 300, 6)], {"names": "{0: 'person'}"})


@given(cut=st.integers(0, len(WHOLE) - 1))
def test_a_part_tells_what_it_can_or_is_named(cut: int) -> None:
    """A cut between two fields leaves a message; one that has no graph any more is named."""
    try:
        facts = read_facts(WHOLE[:cut])
    except NotOnnx:
        return
    assert facts.inputs == {"images": (1, 3, 32, 32)}


@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_a_changed_byte_never_crashes_the_reader(place: int, byte: int) -> None:
    changed = bytearray(WHOLE)
    changed[place] = byte
    try:
        read_facts(bytes(changed))
    except NotOnnx:
        return
