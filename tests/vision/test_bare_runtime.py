"""Vision runs where OpenCV and numpy are the only ones that know networks."""

import subprocess
import sys

LOOK = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"openvino", "onnxruntime", "onnx", "torch", "ultralytics"}:
            raise ImportError(name + " is not installed here")

sys.meta_path.insert(0, Missing())
import numpy as np
import vision.__main__
from vision.detectors.choose import choose

detector = choose("auto", None)
print(detector.name, len(detector.detect(np.zeros((360, 640, 3), np.uint8))))
"""


def test_without_a_runtime_for_networks_opencv_looks() -> None:
    asked = [sys.executable, "-c", LOOK]
    done = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "opencv nanodet_g_person_fp16w.onnx 0"
