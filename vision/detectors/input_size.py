"""Whether a weight file takes the pictures that its pin prepares, read before it is loaded."""

from vision.detectors.broken import BrokenWeights
from vision.detectors.outputs import ForeignNetwork
from vision.onnx_facts import Dimensions, NotOnnx, read_facts
from vision.weights import Content, Weights


def require_input(content: Content, weights: Weights) -> None:
    """Refuse an ONNX file whose input is not one picture of the pinned size.

    Raises:
        BrokenWeights: the file is no ONNX model, or a part of one.
        ForeignNetwork: it takes something else.
    """
    if weights.form != "onnx":
        return  # what those forms take is known only to their runtime
    try:
        facts = read_facts(content.main)
    except NotOnnx as error:
        raise BrokenWeights("every runtime", error) from error
    size = weights.preprocessing
    wanted = (1, 3, size.height, size.width)
    if len(facts.inputs) == 1 and fits(next(iter(facts.inputs.values())), wanted):
        return
    taken = " and ".join(_told(each) for each in facts.inputs.values())
    msg = f"takes {taken}, but its pin prepares 1×3×{size.height}×{size.width}"
    raise ForeignNetwork(msg)


def takes_any_size(content: Content, weights: Weights) -> bool:
    """Say whether a network takes smaller pictures than its pin prepares."""
    if weights.form != "onnx":
        return False
    sizes = next(iter(read_facts(content.main).inputs.values()))
    return len(sizes) == 4 and sizes[2:] == (None, None)


def fits(sizes: Dimensions, wanted: tuple[int, ...]) -> bool:
    """Say whether an input of these sizes (None: free) takes a tensor of the wanted shape."""
    return len(sizes) == len(wanted) and all(
        size is None or size == want for size, want in zip(sizes, wanted, strict=True)
    )


def _told(sizes: Dimensions) -> str:
    return "×".join("any" if size is None else str(size) for size in sizes) or "a number"
