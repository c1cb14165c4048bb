"""The address of a village's public page, /vans/{village}: Latin letters, digits, hyphens; pure."""

import re
import unicodedata

_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі",
        (
            *("a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "i", "k", "l", "m", "n", "o", "p"),
            *(
                "r",
                "s",
                "t",
                "u",
                "f",
                "kh",
                "ts",
                "ch",
                "sh",
                "shch",
                "",
                "y",
                "",
                "e",
                "yu",
                "ya",
            ),
            *("a", "g", "q", "n", "o", "u", "u", "h", "i"),
        ),
        strict=True,
    )
)
VILLAGE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST = 60


def village_address(name: str) -> str:
    """Return a name as part of an address; "village" where nothing of it can be written."""
    letters = "".join(_LETTERS.get(letter, letter) for letter in name.lower())
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST].strip("-") or "village"
