/** The order of rows on the screen. */

/**
 * Rows stay where they are while `frozen` (the cursor is over them): rows that are gone leave,
 * new ones wait. Otherwise the order is the one given.
 */
export function shownOrder(
  shown: readonly string[],
  wanted: readonly string[],
  frozen: boolean,
): string[] {
  if (!frozen) return [...wanted];
  const still = new Set(wanted);
  return shown.filter((id) => still.has(id));
}
