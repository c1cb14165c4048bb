"""What a bench found: rows with a goal and a peer, as one JSON object or as a table. Pure."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Goal(StrEnum):
    """Which side of its goal a value should be on."""

    AT_MOST = "<="
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Row:
    """One measured figure.

    Attributes:
        metric: name fixed in ARCHITECTURE.md, so that runs can be compared.
        value: None where this machine could not measure it; ``note`` says why.
        unit: of ``value``, ``goal`` and ``peer_value``.
        goal: None where there is none.
        direction: how ``value`` is to lie to ``goal``.
        peer: what ``peer_value`` was measured on, in the same run; empty without a peer.
        note: how it was measured, in a sentence.
        floor: what the value cannot fall below on this machine, measured in the same run; None
            where that was not measured.
    """

    metric: str
    value: float | None
    unit: str
    goal: float | None = None
    direction: Goal = Goal.AT_MOST
    peer: str = ""
    peer_value: float | None = None
    note: str = ""
    floor: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is nothing to compare."""
        if self.value is None or self.goal is None:
            return None
        if self.direction is Goal.AT_MOST:
            return self.value <= self.goal
        return self.value >= self.goal

    @property
    def verdict(self) -> str:
        """Say in words whether the goal is met, and if not, whether it could be here."""
        if self.met is None:
            return "no goal" if self.goal is None else "not measured"
        if self.met:
            return "met"
        if self.floor is None or self.goal is None:
            return "missed"
        beyond = (
            self.floor > self.goal if self.direction is Goal.AT_MOST else self.floor < self.goal
        )
        return "missed, and so does the floor" if beyond else "missed"

    @property
    def ratio(self) -> float | None:
        """Value divided by the peer's."""
        if self.value is None or not self.peer_value:
            return None
        return self.value / self.peer_value


def as_json(bench: str, rows: Sequence[Row]) -> str:
    """Return the object that every bench prints."""
    found = [
        {
            **{name: _rounded(value) for name, value in asdict(row).items() if name != "direction"},
            "met": row.met,
            "verdict": row.verdict,
            "ratio": _rounded(row.ratio),
        }
        for row in rows
    ]
    return json.dumps(
        {"bench": bench, "machine": machine(), "rows": found}, ensure_ascii=False, indent=2
    )


def as_table(bench: str, rows: Sequence[Row]) -> str:
    """Return the same for a person at a terminal."""
    lines = [f"{bench}: {machine()['processor']}, {machine()['cores']} cores"]
    for row in rows:
        value = "not measured" if row.value is None else f"{row.value:.4g} {row.unit}"
        goal = "" if row.goal is None else f"goal {row.direction.value} {row.goal:g}"
        mark = {True: "met", False: "MISSED", None: ""}[row.met]
        peer = f"{row.peer}: {row.peer_value:.4g}" if row.peer_value is not None else row.peer
        if row.floor is not None:
            mark = f"{mark} (floor {row.floor:.4g})"
        lines.append(f"  {row.metric:<34} {value:>18}  {goal:<14} {mark:<6} {peer}")
        if row.note:
            lines.append(f"  {'':<34} {row.note}")
    return "\n".join(lines)


def machine() -> dict[str, Any]:
    """Return what the figures depend on: processor, cores, memory in GiB, system, Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory / 2**30, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _processor() -> str:
    with open("/proc/cpuinfo", encoding="utf-8") as table:  # noqa: PTH123 - not a file of ours
        for line in table:
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.machine()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which ``share`` (0–1) of the values lie; nearest rank.

    Raises:
        ValueError: there are no values.
    """
    if not values:
        msg = "there is nothing to take a percentile of"
        raise ValueError(msg)
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _rounded(value: Any) -> Any:
    return float(f"{value:.5g}") if isinstance(value, float) else value
