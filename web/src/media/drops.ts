/** Pictures that were left out lately because this viewer was too slow. */

const SHOWN_MS = 10_000;

export interface Drops {
  /** Of the tile since it was made. */
  total: number;
  /** In the spell that goes on, or was the last. */
  spell: number;
  atMs: number;
}

export const NO_DROPS: Drops = { total: 0, spell: 0, atMs: -Infinity };

/** Takes the tile's new total; a smaller one is another tile's. */
export function countDrops(before: Drops, total: number, nowMs: number): Drops {
  if (total === before.total) return before;
  if (total < before.total) return { ...NO_DROPS, total };
  const spell = shownDrops(before, nowMs) + total - before.total;
  return { total, spell, atMs: nowMs };
}

/** How many to tell of: those of a spell that ended no longer than 10 s ago. */
export const shownDrops = ({ spell, atMs }: Drops, nowMs: number): number =>
  nowMs - atMs < SHOWN_MS ? spell : 0;
