"""Pure: who is who at the lowest total cost (Hungarian method by shortest augmenting paths)."""

import numpy as np
from numpy.typing import NDArray

Costs = NDArray[np.float64]


def assign(costs: Costs) -> list[tuple[int, int]]:
    """Return (row, column) pairs of the cheapest assignment; infinite costs are never paired.

    ``costs`` is rows × columns, none negative or NaN. As many pairs as possible are made, and of
    those the cheapest.
    """
    allowed = np.isfinite(costs)
    if not costs.size or not allowed.any():
        return []
    for turned in (False, True):
        pairs = _each_its_cheapest(costs.T if turned else costs)
        if pairs is not None:
            return sorted((b, a) if turned else (a, b) for a, b in pairs)
    if costs.shape[0] > costs.shape[1]:
        return sorted((row, column) for column, row in assign(costs.T))
    # A forbidden pair costs more than all allowed pairs together, so it is taken only in need.
    forbidden = float(costs[allowed].sum()) + 1.0
    finite = np.where(allowed, costs, forbidden)
    return [(row, column) for row, column in _shortest_paths(finite) if allowed[row, column]]


def _each_its_cheapest(costs: Costs) -> list[tuple[int, int]] | None:
    """Pair each row that can be with its cheapest column; None where two want the same.

    Nothing is cheaper and nothing pairs more, and at most looks nobody contends for anybody.
    """
    cheapest = costs.argmin(axis=1).tolist()
    able = np.isfinite(costs.min(axis=1)).tolist()
    pairs = [(row, column) for row, column in enumerate(cheapest) if able[row]]
    return pairs if len({column for _, column in pairs}) == len(pairs) else None


def _shortest_paths(costs: Costs) -> list[tuple[int, int]]:
    """Return the cheapest complete assignment of rows; there are at least as many columns."""
    rows, columns = costs.shape
    row_price = np.zeros(rows + 1)
    column_price = np.zeros(columns + 1)
    row_of = np.zeros(columns + 1, np.intp)  # 1-based; 0: the column is free
    for row in range(1, rows + 1):
        row_of[0] = row
        column = 0
        shortest = np.full(columns + 1, np.inf)
        before = np.zeros(columns + 1, np.intp)
        used = np.zeros(columns + 1, bool)
        while row_of[column]:
            used[column] = True
            here = int(row_of[column])
            reduced = costs[here - 1] - row_price[here] - column_price[1:]
            better = ~used[1:] & (reduced < shortest[1:])
            shortest[1:][better] = reduced[better]
            before[1:][better] = column
            following = int(np.argmin(np.where(used, np.inf, shortest)))
            step = shortest[following]
            row_price[row_of[used]] += step
            column_price[used] -= step
            shortest[~used] -= step
            column = following
        while column:
            row_of[column] = row_of[before[column]]
            column = int(before[column])
    return sorted((int(row_of[j]) - 1, j - 1) for j in range(1, columns + 1) if row_of[j])
