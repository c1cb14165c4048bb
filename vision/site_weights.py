"""The site's own weights: files, pins, cards and which of them is promoted, in the state folder.

``<state_dir>/weights/`` holds ``weights.toml`` (written by ``./ahual weights``, same form as the
package's), the files, one card a weight, and ``promoted``: the name of what vision uses.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models.kit.errors import Conflict, SettingsError
from vision import weights as weight_list
from vision.weights import DEFAULT, Pinned, Weights, WeightsRefused, unpinned

_HEADER = "# Pins of this site's own weights. Written by ./ahual weights; edit only at rest.\n"


class SiteWeights:
    """Reads and writes the folder. Nothing is kept in memory, so two processes may use it."""

    def __init__(self, state_dir: Path) -> None:
        self.folder = state_dir / "weights"
        self._list = self.folder / "weights.toml"
        self._promoted = self.folder / "promoted"

    def own(self) -> dict[str, Pinned]:
        """Return the site's pins.

        Raises:
            SettingsError: the list is broken, or names what the release pins already.
        """
        try:
            text = self._list.read_text(encoding="utf-8")
        except FileNotFoundError:
            return {}
        except (OSError, UnicodeDecodeError) as error:
            msg = f"the site's weights.toml cannot be read ({error}); restore it, or remove it"
            raise SettingsError(msg) from error
        listed = weight_list.parse(text, "the site's weights.toml")
        shadowed = listed.keys() & weight_list.packaged().keys()
        if shadowed:
            msg = (
                f"the site's weights.toml pins {min(shadowed)!r}, a name of the release; rename it"
            )
            raise SettingsError(msg)
        return {name: Pinned(name, entry, self.folder) for name, entry in listed.items()}

    def all(self) -> dict[str, Pinned]:
        return {**weight_list.packaged(), **self.own()}

    def find(self, name: str) -> Pinned:
        """Return a pin of the release or of the site.

        Raises:
            WeightsRefused: nobody pinned that name.
        """
        known = self.all()
        if name not in known:
            raise unpinned(name, known)
        return known[name]

    def promoted(self) -> str:
        """Return the name of the weights to use: the promoted ones, or the release's default.

        Raises:
            SettingsError: the note of what is promoted cannot be read.
        """
        try:
            return self._promoted.read_text(encoding="utf-8").strip() or DEFAULT
        except FileNotFoundError:
            return DEFAULT
        except (OSError, UnicodeDecodeError) as error:
            msg = f"what is promoted cannot be read ({error}); promote weights again"
            raise SettingsError(msg) from error

    def promote(self, name: str) -> None:
        """Use ``name`` from the next start of vision on.

        Raises:
            WeightsRefused: it is not pinned.
        """
        self.find(name)
        self._write(self._promoted, f"{name}\n".encode())

    def keep(self, name: str, weights: Weights, files: Mapping[str, bytes]) -> Pinned:
        """Write the files, then their pin; an older pin of the same bytes is replaced.

        Raises:
            Conflict: the name or a file name is taken by other bytes.
            WeightsRefused: the files are not those that the pin names.
        """
        own = self.own()
        if name in weight_list.packaged():
            raise Conflict(f"{name} is a name of the release; choose another name")
        taken = own.get(name)
        if taken is not None and taken.weights.sha256 != weights.sha256:
            raise Conflict(f"{name} is pinned to other bytes; choose another name")
        for other in own.values():
            if other.name != name and {other.weights.file, other.weights.tensors_file} & set(files):
                raise Conflict(f"{other.name} uses a file of that name; choose another name")
        for file, content in files.items():
            self._write(self.folder / file, content)
        pinned = Pinned(name, weights, self.folder)
        pinned.content()  # what is on the disk is what was meant
        own[name] = pinned
        text = _HEADER + "".join(as_toml(each.name, each.weights) for each in own.values())
        weight_list.parse(text, "the new list")
        self._write(self._list, text.encode())
        return pinned

    def drop(self, name: str) -> None:
        """Remove a pin and its files.

        Raises:
            Conflict: it is promoted.
            WeightsRefused: it is not one of the site's.
        """
        own = self.own()
        gone = own.pop(name, None)
        if gone is None:
            raise WeightsRefused(f"{name} is none of this site's own weights")
        if self.promoted() == name:
            raise Conflict(f"{name} is in use; promote other weights first")
        text = _HEADER + "".join(as_toml(each.name, each.weights) for each in own.values())
        self._write(self._list, text.encode())
        for file in (gone.weights.file, gone.weights.tensors_file):
            if file is not None:
                (self.folder / file).unlink(missing_ok=True)

    def keep_card(self, name: str, card: Mapping[str, object], markdown: str) -> list[Path]:
        """Write the card of a weight, of the release's too, and return where."""
        text = json.dumps(card, ensure_ascii=False, indent=2) + "\n"
        paths = [self.folder / f"{name}.card.json", self.folder / f"{name}.card.md"]
        self._write(paths[0], text.encode())
        self._write(paths[1], markdown.encode())
        return paths

    def trained(self, name: str) -> dict[str, Any] | None:
        """Return how weights were trained here, None where they were not."""
        try:
            noted: dict[str, Any] = json.loads((self.folder / f"{name}.trained.json").read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            msg = f"the note of how {name} was trained cannot be read ({error}); train again"
            raise SettingsError(msg) from error
        return noted

    def keep_trained(self, name: str, noted: Mapping[str, object]) -> None:
        self._write(self.folder / f"{name}.trained.json", json.dumps(noted, indent=1).encode())

    def card(self, name: str) -> dict[str, Any] | None:
        """Return the card of weights: this site's, else the release's, None without any."""
        for folder in (self.folder, weight_list.FOLDER):
            try:
                card: dict[str, Any] = json.loads((folder / f"{name}.card.json").read_bytes())
            except (OSError, ValueError):
                continue
            return card
        return None

    def _write(self, path: Path, content: bytes) -> None:
        """Write so that a reader sees the old or the new file, never a part."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = path.with_name(f".{path.name}.{os.getpid()}")
            with draft.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        except OSError as error:
            msg = (
                f"{path.name} cannot be written ({error.strerror}); give its folder space or right"
            )
            raise SettingsError(msg) from error


def as_toml(name: str, weights: Weights) -> str:
    """Return a pin as ``weights.parse`` reads it."""
    tables: list[tuple[str, dict[str, object]]] = [(name, weights.model_dump(exclude_none=True))]
    for part in ("preprocessing", "thresholds"):
        inner = tables[0][1].pop(part)
        assert isinstance(inner, dict)
        tables.append((f"{name}.{part}", inner))
    lines: list[str] = []
    for title, fields in tables:
        lines += ["", f"[{title}]"]
        # A JSON string, number or list of those is one of TOML as well, but for one character.
        lines += [f"{key} = {_literal(value)}" for key, value in fields.items()]
    return "\n".join(lines) + "\n"


def _literal(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
