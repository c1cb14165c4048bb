"""Writes tiny ONNX files by hand: networks whose outputs are constants, for any runtime."""

import struct
from collections.abc import Mapping, Sequence

import numpy as np

_FLOAT = 1


def model(
    taken: Sequence[int | None],
    given: Sequence[Sequence[int]],
    notes: Mapping[str, str] | None = None,
    values: Sequence[np.ndarray] | None = None,
) -> bytes:
    """A network of one input that gives zeros of the given shapes (or ``values``).

    Each output is its constant plus nothing of the input, so that every runtime keeps the input.
    """
    graph = b""
    for number, shape in enumerate(given):
        value = np.zeros(shape, np.float32) if values is None else values[number]
        graph += _message(5, _tensor(f"constant{number}", value))
        # output = constant + 0 × the largest level of the picture
        graph += _node("Mul", ["largest", "nothing"], [f"none{number}"])
        graph += _node("Add", [f"constant{number}", f"none{number}"], [f"output{number}"])
        graph += _message(12, _value(f"output{number}", shape))
    graph += _message(5, _tensor("nothing", np.zeros((), np.float32)))
    reduce = _node("ReduceMax", ["images"], ["largest"], keepdims=0)
    graph = reduce + graph + _message(11, _value("images", taken)) + _message(2, b"made")
    whole = _number(1, 8) + _message(2, b"by hand") + _message(7, graph)
    whole += _message(8, _number(2, 13))
    for key, text in (notes or {}).items():
        whole += _message(14, _message(1, key.encode()) + _message(2, text.encode()))
    return whole


def _node(operator: str, inputs: list[str], outputs: list[str], **numbers: int) -> bytes:
    body = b"".join(_message(1, name.encode()) for name in inputs)
    body += b"".join(_message(2, name.encode()) for name in outputs)
    body += _message(3, (operator + outputs[0]).encode()) + _message(4, operator.encode())
    for name, number in numbers.items():
        kind = _number(20, 2)  # an integer
        body += _message(5, _message(1, name.encode()) + _number(3, number) + kind)
    return _message(1, body)


def _tensor(name: str, value: np.ndarray) -> bytes:
    body = b"".join(_number(1, size) for size in value.shape) + _number(2, _FLOAT)
    return body + _message(8, name.encode()) + _message(9, value.astype("<f4").tobytes())


def _value(name: str, sizes: Sequence[int | None]) -> bytes:
    shape = b"".join(
        _message(1, _message(2, b"free") if size is None else _number(1, size)) for size in sizes
    )
    kind = _message(1, _number(1, _FLOAT) + _message(2, shape))
    return _message(1, name.encode()) + _message(2, kind)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _message(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def _varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return out + struct.pack("B", value)
