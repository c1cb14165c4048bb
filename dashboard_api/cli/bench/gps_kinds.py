"""What else may happen to simulated vans, and whether judgement says so: true and said spans."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from dashboard_api.cli.bench.report import Goal, Row
from geo.judgement.facts import MovementFact, MovementKind
from geo.judgement.rules import LOST_S
from ingest.simulated.campaigns import VanDay
from ingest.simulated.journeys import TrueSpan
from models.observations import PositionFix

_AROUND_S = 300.0  # said so much before or after a true span it is still about it
_SURELY_LOST_S = LOST_S + 60.0  # a report may come right before the hole
Judged = Callable[[Sequence[PositionFix], frozenset[str]], Sequence[MovementFact]]
"""Judges fixes of a day, with the cells of the map that are known to be without network."""


@dataclass(slots=True)
class Told:
    """Of one kind: what was true, how much of it was found, what was said, and rightly."""

    true: int = 0
    found: int = 0
    said: int = 0
    right: int = 0

    def count(self, true: Sequence[TrueSpan], said: Sequence[TrueSpan], sure: int) -> None:
        """Add spans; of the true ones the first ``sure`` must be found, the others may."""
        right = [one for one in said if any(_meet(one, span) for span in true)]
        self.said += len(said)
        self.right += len(right)
        self.true += sure
        self.found += sum(any(_meet(one, span) for one in right) for span in true[:sure])


@dataclass(slots=True)
class Kinds:
    """What was told of each kind over van-days."""

    told: dict[MovementKind, Told] = field(default_factory=lambda: {kind: Told() for kind in _OF})

    def count(self, day: VanDay, movements: Sequence[MovementFact], judged: Judged) -> None:
        """Count a day: as all its fixes tell it, and as it looks where its holes stay empty."""
        for kind, true_of in _TRUE.items():
            true = true_of(day)
            self.told[kind].count(true, _spans(day, movements, kind), len(true))
        if not day.silent:
            return
        heard = [fix for fix in day.fixes if not _unheard(day, fix)]
        holes = sorted(day.silent, key=lambda hole: hole.from_s - hole.until_s)
        sure = sum(hole.until_s - hole.from_s > _SURELY_LOST_S for hole in holes)
        lost = judged(heard, frozenset())
        self.told[MovementKind.LOST].count(holes, _spans(day, lost, MovementKind.LOST), sure)
        cells = frozenset(str(one.details["cell"]) for one in lost if one.kind is MovementKind.LOST)
        again = judged(heard, cells)
        kind = MovementKind.DEAD_ZONE
        self.told[kind].count(holes, _spans(day, again, kind), sure)


def rows(kinds: Kinds) -> Iterator[Row]:
    """Return each kind's precision and recall as rows of the bench."""
    for kind, told in kinds.told.items():
        for name, right, of in (
            ("precision", told.right, told.said),
            ("recall", told.found, told.true),
        ):
            yield Row(
                f"{kind}_{name}",
                right / of * 100 if of else None,
                "%",
                goal=99.0,
                direction=Goal.AT_LEAST,
                note=f"{right} of {of}",
            )


def _meet(said: TrueSpan, true: TrueSpan) -> bool:
    return said.from_s < true.until_s + _AROUND_S and said.until_s > true.from_s - _AROUND_S


def _spans(
    day: VanDay, movements: Sequence[MovementFact], kind: MovementKind
) -> Sequence[TrueSpan]:
    """Return when movements of a kind lasted, in seconds from the planned start."""
    begins = day.starts_at.timestamp()
    return [
        TrueSpan(one.started - begins, (one.ended or one.started) - begins)
        for one in movements
        if one.kind is kind
    ]


def _unheard(day: VanDay, fix: PositionFix) -> bool:
    second = (fix.fixed_at - day.starts_at).total_seconds() - day.tracker.clock_offset_s
    return any(hole.from_s <= second < hole.until_s for hole in day.silent)


def _only(span: TrueSpan | None) -> Sequence[TrueSpan]:
    return [] if span is None else [span]


_TRUE: Mapping[MovementKind, Callable[[VanDay], Sequence[TrueSpan]]] = {
    MovementKind.WRONG_WAY: lambda day: _only(day.journey.wrong_way),
    MovementKind.UNPLANNED_STOP: lambda day: day.journey.rests,
    MovementKind.UNAUTHORISED: lambda day: _only(day.journey.towed),
    MovementKind.POWER_LOST: lambda day: _only(day.tracker.power_cut),
}
_OF: tuple[MovementKind, ...] = (*_TRUE, MovementKind.LOST, MovementKind.DEAD_ZONE)
