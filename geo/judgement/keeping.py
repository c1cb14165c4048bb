"""State that can be kept as JSON and taken up again."""

from collections.abc import Mapping
from typing import Any, ClassVar


class Kept:
    """A judge whose fields named in ``KEPT`` are all that it remembers; each is plain JSON."""

    __slots__ = ()
    KEPT: ClassVar[tuple[str, ...]] = ()

    def kept(self) -> dict[str, Any]:
        """Return what is remembered."""
        return {name: getattr(self, name) for name in self.KEPT}

    def recall(self, kept: Mapping[str, Any]) -> None:
        """Take up what ``kept`` returned once."""
        for name in self.KEPT:
            setattr(self, name, kept[name])
