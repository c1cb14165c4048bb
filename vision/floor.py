"""``python -m vision.floor RUNTIME``: what the network alone costs here, a whole picture.

Nobody can look more often than that, however little the rest takes. Only ``./ahual bench vision``
runs it. Prints one JSON line of CPU milliseconds: as it is used, and without 8-bit numbers.
"""

import json
import sys
import time
from typing import cast

import numpy as np

from models.kit import log
from vision.detector import Network
from vision.detectors.choose import Runtime, network_of
from vision.weights import DEFAULT, packaged

_LOOKS = 25


def measure(runtime: Runtime) -> dict[str, float]:
    """Return the CPU milliseconds of the fastest of some looks: others make none shorter."""
    pinned = packaged()[DEFAULT]
    content = pinned.content()
    size = pinned.weights.preprocessing
    return {
        name: _fastest_ms(network_of(runtime, pinned.weights, each), size.height, size.width)
        for name, each in (("used", content), ("not_8_bit", content._replace(ranges=b"")))
    }


def _fastest_ms(network: Network, height: int, width: int) -> float:
    levels = np.random.default_rng(0).standard_normal((1, 3, height, width), np.float32)
    took_s = []
    for _ in range(_LOOKS):
        begun_s = time.process_time()
        network.infer(levels)
        took_s.append(time.process_time() - begun_s)
    return 1000 * min(took_s)


if __name__ == "__main__":
    log.configure(level="warning", log_format="text", process="floor")
    sys.stdout.write(json.dumps(measure(cast("Runtime", sys.argv[1]))) + "\n")
