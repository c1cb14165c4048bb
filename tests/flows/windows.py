"""A window of a scene that can be left and staffed again, with its minutes made short."""

from dataclasses import dataclass
from typing import Any

from ingest.simulated.scenes import SCENES, Scene
from tests.house import House, until

OFFICES = ("almaty-1", "astana-2", "shymkent-3", "taldyqorghan-1")  # in the order of the scenes


@dataclass(frozen=True)
class EmptiedWindow:
    """``leave`` and ``staff`` change the pictures; what follows is the house's own doing."""

    house: House
    scene: Scene
    variant: str
    number: int
    window_id: str

    @classmethod
    async def of(cls, house: House, office: str, *, after_s: int) -> "EmptiedWindow":
        scene = SCENES[OFFICES.index(office)]
        variant = next(v for v in scene.variants if v.startswith("window-"))
        number = next(n for n, there in scene.truth(variant).present.items() if not there)
        rows = await house.execute(
            "UPDATE service_window w SET unstaffed_after_s = %s FROM office o "
            "WHERE o.id = w.office_id AND o.code = %s AND w.number = %s RETURNING w.id::text",
            after_s,
            office,
            number,
        )
        return cls(house, scene, variant, number, rows[0][0])

    async def leave(self) -> None:
        await self.house.sim(f"show {self.scene.name} {self.variant}")

    async def staff(self) -> None:
        await self.house.sim(f"show {self.scene.name} staffed")

    async def seen(self, state: str) -> None:
        """Wait until the newest finding of the window's operator zone is ``state``."""

        async def found() -> bool:
            rows = await self.house.execute(
                "SELECT o.state FROM zone_observation o JOIN zone z ON z.id = o.zone_id "
                "WHERE z.window_id = %s AND z.kind = 'operator' ORDER BY o.at DESC LIMIT 1",
                self.window_id,
            )
            return bool(rows) and rows[0][0] == state

        await until(found, within_s=60, what=f"window {self.number} is seen {state}")

    async def alerts_since(self, moment: object) -> list[tuple[Any, ...]]:
        """Return (id, state) of the window's unstaffed alerts raised since then."""
        return await self.house.execute(
            "SELECT id::text, state FROM alert WHERE rule = 'window_unstaffed' "
            "AND window_id = %s AND raised_at >= %s ORDER BY raised_at",
            self.window_id,
            moment,
        )
