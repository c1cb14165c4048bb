/** How fast a recording plays. Pure. */

export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16] as const;

/** The next speed up or down; the fastest and the slowest stay. */
export function speedAfter(rate: number, by: 1 | -1): number {
  const index = SPEEDS.findIndex((speed) => speed >= rate);
  const at = index < 0 ? SPEEDS.length - 1 : index;
  return SPEEDS[Math.min(Math.max(at + by, 0), SPEEDS.length - 1)] ?? 1;
}
