"""Pure: what an ONNX file says of itself, read without a runtime (it is one protobuf message)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from models.kit.errors import InvalidInput

# Numbers of fields, as onnx.proto gives them.
_MODEL_IR, _MODEL_PRODUCER, _MODEL_GRAPH, _MODEL_METADATA = 1, 2, 7, 14
_GRAPH_NODE, _GRAPH_TENSOR, _GRAPH_INPUT, _GRAPH_OUTPUT = 1, 5, 11, 12
_TENSOR_NAME = 8
_NAME, _TYPE, _TENSOR_TYPE, _ELEMENT, _SHAPE, _DIMENSION, _SIZE = 1, 2, 1, 1, 2, 1, 1
_KEY, _VALUE = 1, 2
_LONGEST_VARINT = 10
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5

Dimensions = tuple[int | None, ...]  # None: free


class NotOnnx(InvalidInput):
    """The bytes are no ONNX model, or a part of one."""

    type = "not-onnx"


@dataclass(frozen=True, slots=True)
class OnnxFacts:
    """Inputs and outputs by name with their sizes, and what the exporter noted."""

    producer: str
    inputs: dict[str, Dimensions]
    outputs: dict[str, Dimensions]
    notes: dict[str, str] = field(default_factory=dict)


def read_facts(content: bytes) -> OnnxFacts:
    """Return what the model says.

    Raises:
        NotOnnx: these are not the bytes of a whole ONNX model.
    """
    try:
        return _model(memoryview(content))
    except (IndexError, ValueError) as error:
        msg = f"this is no ONNX model, or a part of one ({error}); fetch the file again"
        raise NotOnnx(msg) from error


def _model(message: memoryview) -> OnnxFacts:
    producer, graph, notes = "", None, {}
    for number, value in _fields(message):
        if number == _MODEL_PRODUCER:
            producer = _text(value)
        elif number == _MODEL_GRAPH:
            graph = _message(value)
        elif number == _MODEL_METADATA:
            pair = dict(_fields(_message(value)))
            notes[_text(pair.get(_KEY, b""))] = _text(pair.get(_VALUE, b""))
    if graph is None:
        msg = "it has no graph"
        raise ValueError(msg)
    inputs, outputs = _graph(graph)
    return OnnxFacts(producer, inputs, outputs, notes)


def _graph(message: memoryview) -> tuple[dict[str, Dimensions], dict[str, Dimensions]]:
    """Return inputs and outputs; an old file lists its own tensors among the inputs too."""
    inputs: dict[str, Dimensions] = {}
    outputs: dict[str, Dimensions] = {}
    tensors: set[str] = set()
    nodes = 0
    for number, value in _fields(message):
        if number == _GRAPH_NODE:
            nodes += 1
        elif number == _GRAPH_TENSOR:
            tensors |= {_text(each) for n, each in _fields(_message(value)) if n == _TENSOR_NAME}
        elif number == _GRAPH_INPUT:
            inputs.update([_value(_message(value))])
        elif number == _GRAPH_OUTPUT:
            outputs.update([_value(_message(value))])
    asked = {name: size for name, size in inputs.items() if name not in tensors}
    if not nodes or not asked or not outputs:
        msg = "its graph has no nodes, no input or no output"
        raise ValueError(msg)
    return asked, outputs


def _value(message: memoryview) -> tuple[str, Dimensions]:
    name = ""
    size: Dimensions = ()
    for number, value in _fields(message):
        if number == _NAME:
            name = _text(value)
        elif number == _TYPE:
            size = _dimensions(_message(value))
    return name, size


def _dimensions(message: memoryview) -> Dimensions:
    sizes: list[int | None] = []
    for number, tensor in _fields(message):
        if number != _TENSOR_TYPE:
            continue
        for inner, shape in _fields(_message(tensor)):
            if inner == _SHAPE:
                for one, dimension in _fields(_message(shape)):
                    if one == _DIMENSION:
                        given = dict(_fields(_message(dimension))).get(_SIZE)
                        sizes.append(given if isinstance(given, int) and given > 0 else None)
    return tuple(sizes)


def _fields(message: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield number and value of each field; raises ValueError or IndexError at a broken one."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        wire = tag & 7
        if wire == _VARINT:
            value, at = _varint(message, at)
            yield tag >> 3, value
            continue
        if wire == _BYTES:
            length, at = _varint(message, at)
        elif wire in (_EIGHT, _FOUR):
            length = 8 if wire == _EIGHT else 4
        else:
            msg = f"wire type {wire} at byte {at}"
            raise ValueError(msg)
        if at + length > len(message):
            msg = f"it ends {at + length - len(message)} bytes too early"
            raise ValueError(msg)
        yield tag >> 3, message[at : at + length]
        at += length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for count in range(_LONGEST_VARINT):
        byte = message[at + count]
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return value, at + count + 1
    msg = f"no number at byte {at}"
    raise ValueError(msg)


def _message(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        msg = "a number where a message should be"
        raise ValueError(msg)  # noqa: TRY004 - one kind of error says «broken bytes»
    return value


def _text(value: int | memoryview | bytes) -> str:
    if isinstance(value, int):
        msg = "a number where a text should be"
        raise ValueError(msg)  # noqa: TRY004 - one kind of error says «broken bytes»
    return bytes(value).decode("utf-8", "replace")
