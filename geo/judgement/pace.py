"""How fast a van gets on along a route, learned from its own passes; and so when it will come."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from geo.judgement.plan import StopPlan
from geo.judgement.rules import (
    ETA_KM_H,
    SECTION_M,
    SECTION_MIN_M,
    SECTION_PASSES,
    STANDING_KM_H,
)


@dataclass(slots=True)
class Pace:
    """Speeds by route and section (5 km); ``metres`` and ``seconds`` are of the open one."""

    speeds: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    section: str | None = None
    metres: float = 0.0
    seconds: float = 0.0

    def drive(self, route_id: str, along_m: float, leg_m: float, leg_s: float) -> None:
        """Take in a leg of the way along a route."""
        if leg_s <= 0 or leg_m / leg_s * 3.6 < STANDING_KM_H:
            return
        section = str(int(along_m // SECTION_M))
        if section != self.section:
            self._close(route_id)
            self.section = section
        self.metres += leg_m
        self.seconds += leg_s

    def km_h(self, route_id: str, section: int) -> float:
        """Return the speed to reckon with."""
        passes = self.speeds.get(route_id, {}).get(str(section))
        return median(passes) if passes else ETA_KM_H

    def seconds_between(self, route_id: str, from_m: float, to_m: float) -> float:
        """Return how long the way from one progress to a later one takes."""
        total, at = 0.0, from_m
        while at < to_m:
            section = int(at // SECTION_M)
            until = min((section + 1) * SECTION_M, to_m)
            total += (until - at) / self.km_h(route_id, section) * 3.6
            at = until
        return total

    def arrivals(
        self, route_id: str, at: float, along_m: float, stops: Sequence[StopPlan]
    ) -> list[float]:
        """Return when the van will come to each of the stops ahead, with their planned stays."""
        expected: list[float] = []
        for stop in stops:
            if stop.along_m > along_m:
                at += self.seconds_between(route_id, along_m, stop.along_m)
                along_m = stop.along_m
            expected.append(at)
            at = max(at + (stop.departure - stop.arrival), at)
        return expected

    def kept(self) -> dict[str, Any]:
        """Return what is remembered."""
        speeds = {
            route: {section: list(passes) for section, passes in sections.items()}
            for route, sections in self.speeds.items()
        }
        return {
            "speeds": speeds,
            "section": self.section,
            "metres": self.metres,
            "seconds": self.seconds,
        }

    def recall(self, kept: dict[str, Any]) -> None:
        """Take up what ``kept`` returned."""
        self.speeds, self.section = kept["speeds"], kept["section"]
        self.metres, self.seconds = kept["metres"], kept["seconds"]

    def _close(self, route_id: str) -> None:
        if self.section is not None and self.metres >= SECTION_MIN_M:
            passes = self.speeds.setdefault(route_id, {}).setdefault(self.section, [])
            passes.append(round(self.metres / self.seconds * 3.6, 1))
            del passes[:-SECTION_PASSES]
        self.section, self.metres, self.seconds = None, 0.0, 0.0
