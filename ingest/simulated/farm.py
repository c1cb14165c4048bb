"""A farm of cameras: hundreds of RTSP streams from one pre-encoded loop, each at its own place.

A checker that decodes what was recorded reads the burned-in counter (burned.py) and, knowing how
many pictures the loop has, counts what is missing across the loop's end too.
"""

import asyncio
from dataclasses import replace
from pathlib import Path
from random import Random

from ingest.simulated.loops import LoopSpec, make_loop
from ingest.simulated.rtsp_server import SimulatedCameras

PLAIN = "h264"
SMALL = "h264-small"  # other parameter sets: what a camera sends after its size was edited
_CODECS = ("h265", "mpeg4")
_FAULTY_S = 8.0
_NAME = "farm"


class Farm(SimulatedCameras):
    """``farm/0`` … ``farm/<n-1>``, all playing the same loop; lives on the event loop.

    Attributes:
        spec: of the loop.
        loop_pictures: how many pictures the counter counts before it begins again; other variants
            than the plain one have shorter loops.
    """

    def __init__(
        self, folder: Path, cameras: int, spec: LoopSpec | None = None, *, seed: int = 0
    ) -> None:
        super().__init__(seed=seed)
        self.spec = spec or LoopSpec()
        self.loop_pictures = self.spec.pictures
        self._folder = folder
        self._wanted = cameras
        self._places = Random(seed)  # spreads key pictures, guards nothing

    async def start(self, host: str | list[str] = "127.0.0.1", port: int = 0) -> None:
        """Listen with every camera there; encodes a loop that the folder lacks, for seconds."""
        loops = await asyncio.to_thread(self._make_loops)
        await super().start(host, port)
        for n in range(self._wanted):
            self.add(farm_name(n), loops, phase=self._places.random())

    def _make_loops(self) -> dict[str, Path]:
        short = replace(self.spec, seconds=min(self.spec.seconds, _FAULTY_S))
        smaller = replace(short, width=self.spec.width * 3 // 8 * 2, height=self.spec.height // 2)
        specs = {PLAIN: self.spec, SMALL: smaller}
        specs |= {codec: replace(short, codec=codec) for codec in _CODECS}
        return {variant: make_loop(self._folder, spec) for variant, spec in specs.items()}


def farm_name(n: int) -> str:
    return f"{_NAME}/{n}"


def farm_url(port: int, n: int, host: str = "127.0.0.1") -> str:
    return f"rtsp://{host}:{port}/{farm_name(n)}"
