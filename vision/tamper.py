"""Pure: has somebody covered, defocused or turned the camera? From small grey pictures.

What is normal is learned: how sharp the view is, and where its edges are. People cover a part of
both; a bag over the lens, a turned focus ring and a pushed camera change them everywhere at once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from vision.sight import Sight, StillSince, Thumbnail, judge

LEARN_LOOKS = 5
HELD = timedelta(seconds=3)  # so long a sign must last, over LEAST_LOOKS looks
LEAST_LOOKS = 3
# Shares of what is normal. Below: the picture lost its detail.
BLURRED_SHARPNESS = 0.42
COVERED_SPREAD = 0.35
DULL_SPREAD = 0.6  # and nothing is where it was
# How much of the lasting edges is still where it was, as a share of what usually is: people hide
# some, a turned camera nearly all.
MOVED_EDGES, STANDS_EDGES = 0.35, 0.55
_LEARN_RATE = 0.02  # light changes over minutes, and the view with it
_EDGE_SHARE = 0.10  # the strongest gradients are edges
_STEPS = np.float32(1000)  # of how often an edge was there

Edges = NDArray[np.float32]  # 90 × 160, 0-1: how often an edge was there


@dataclass(frozen=True, slots=True)
class View:
    """What is known of a camera's view.

    Attributes:
        still: the run of equal pictures, for a frozen stream.
        spread, sharpness, edges, kept: what is normal, after LEARN_LOOKS looks.
        sign, sign_since, sign_looks: what the last looks showed.
    """

    still: StillSince | None = None
    looks: int = 0
    spread: float = 0.0
    sharpness: float = 0.0
    edges: Edges | None = None
    kept: float = 1.0
    sign: Sight = Sight.CLEAR
    sign_since: datetime | None = None
    sign_looks: int = 0


def look(view: View, thumbnail: Thumbnail, at: datetime) -> tuple[View, Sight]:
    """Take one look; return what hinders seeing, CLEAR where nothing does."""
    still, sees = judge(view.still, thumbnail, at)
    view = replace(view, still=still)
    if sees is not Sight.CLEAR:
        return replace(view, sign=Sight.CLEAR, sign_since=None, sign_looks=0), sees
    grey = thumbnail.astype(np.float32)
    spread, sharpness, strength = float(grey.std()), _sharpness(grey), _strength(grey)
    if view.looks < LEARN_LOOKS or view.edges is None or view.edges.shape != grey.shape:
        return _learn(view, spread, sharpness, strength), Sight.CLEAR
    kept = _kept(view.edges, strength)
    sign = _sign(view, spread, sharpness, kept)
    if sign is Sight.CLEAR:
        clear = replace(view, sign=sign, sign_since=None, sign_looks=0)
        return _learn(clear, spread, sharpness, strength, kept), sign
    same = sign is view.sign and view.sign_since is not None
    since = view.sign_since if same and view.sign_since is not None else at
    looks = view.sign_looks + 1 if same else 1
    view = replace(view, sign=sign, sign_since=since, sign_looks=looks)
    held = at - since >= HELD and looks >= LEAST_LOOKS
    return view, sign if held else Sight.CLEAR


def _sign(view: View, spread: float, sharpness: float, kept: float) -> Sight:
    if spread < COVERED_SPREAD * view.spread:
        return Sight.COVERED
    if sharpness < BLURRED_SHARPNESS * view.sharpness:
        # A lens that is covered closely keeps light and shade, but neither detail nor place.
        return Sight.DEFOCUSED if kept >= MOVED_EDGES * view.kept else Sight.COVERED
    stands = STANDS_EDGES if view.sign is Sight.MOVED else MOVED_EDGES
    if kept >= stands * view.kept:
        return Sight.CLEAR
    return Sight.COVERED if spread < DULL_SPREAD * view.spread else Sight.MOVED


def _kept(edges: Edges | None, strength: Edges) -> float:
    """Return how much of the lasting edges is an edge in this look too, 0-1; by chance: 0."""
    if edges is None:
        return 1.0
    often = float(_top(edges * _STEPS, _EDGE_SHARE / 2) / _STEPS)
    lasting = edges >= max(often, 1e-6)
    now = strength >= _top(strength, 2 * _EDGE_SHARE)
    expected = float(now.mean())
    if expected >= 1 or not lasting.any():
        return 1.0
    return max(0.0, (float(now[lasting].mean()) - expected) / (1.0 - expected))


def _top(values: Edges, share: float) -> int:
    """Return the whole level that about this share of the values reaches.

    Every fifth one is asked; counting levels takes a tenth of the time of ordering values.
    """
    levels = values.ravel()[::5].astype(np.intp)
    place = int(len(levels) * (1 - share))
    return int(np.searchsorted(np.cumsum(np.bincount(levels)), place, side="right"))


def _learn(
    view: View, spread: float, sharpness: float, strength: Edges, kept: float | None = None
) -> View:
    """Take a look into what is normal; ``kept`` where it is known already."""
    edges = (strength >= _top(strength, _EDGE_SHARE)).astype(np.float32)
    looks = view.looks + 1
    rate = max(1.0 / looks, _LEARN_RATE)
    if view.edges is None or view.edges.shape != edges.shape:
        return replace(view, looks=1, spread=spread, sharpness=sharpness, edges=edges)
    return replace(
        view,
        looks=looks,
        spread=view.spread + rate * (spread - view.spread),
        sharpness=view.sharpness + rate * (sharpness - view.sharpness),
        kept=view.kept
        + rate * ((_kept(view.edges, strength) if kept is None else kept) - view.kept),
        edges=(view.edges + np.float32(rate) * (edges - view.edges)).astype(np.float32),
    )


def _sharpness(grey: NDArray[np.float32]) -> float:
    """Return the mean square of the Laplacian, by the contrast of the picture."""
    inner = grey[1:-1, 1:-1]
    laplacian = 4 * inner - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(np.mean(laplacian**2)) / max(float(grey.var()), 1.0)


def _strength(grey: NDArray[np.float32]) -> Edges:
    strength = np.zeros_like(grey)
    strength[:, 1:-1] = np.abs(grey[:, 2:] - grey[:, :-2])
    strength[1:-1] += np.abs(grey[2:] - grey[:-2])
    return strength
