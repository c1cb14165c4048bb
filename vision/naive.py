"""``python -m vision.naive URL SECONDS RUNTIME``: the pipeline that everybody writes first.

Decodes every picture of one camera and looks at each of them with the product's own detector. Only
``./ahual bench vision`` runs it, to have something to compare with. Prints one JSON line.
"""

import json
import os
import sys
import time
from typing import cast

import cv2
import numpy as np

from models.kit import log
from models.kit.clock import SystemClock
from models.kit.errors import Unavailable
from vision.detectors.choose import Runtime, choose

_WARM_UP = 10  # pictures


def measure(url: str, seconds: float, runtime: Runtime) -> dict[str, float]:
    """Return seconds, CPU seconds, pictures and people. Blocks.

    Raises:
        Unavailable: the camera does not answer.
    """
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "rtsp_transport;tcp")
    clock, detector = SystemClock(), choose(runtime, None)
    camera = cv2.VideoCapture(url, cv2.CAP_FFMPEG)
    begun_s = used_s = 0.0
    pictures, people = -_WARM_UP, 0
    while pictures < 0 or clock.monotonic() - begun_s < seconds:
        came, picture = camera.read()
        if not came:
            raise Unavailable(f"{url} sends no pictures")
        found = detector.detect(np.asarray(picture, np.uint8))
        pictures += 1
        people += len(found) if pictures > 0 else 0
        if pictures == 0:
            begun_s, used_s = clock.monotonic(), time.process_time()
    return {
        "seconds": clock.monotonic() - begun_s,
        "cpu_s": time.process_time() - used_s,
        "pictures": pictures,
        "people": people,
    }


if __name__ == "__main__":
    log.configure(level="warning", log_format="text", process="naive")
    found = measure(sys.argv[1], float(sys.argv[2]), cast("Runtime", sys.argv[3]))
    sys.stdout.write(json.dumps(found) + "\n")
