const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Pause before the next try: doubles to 30 s, with up to half of it left to chance. */
export function backoffMs(attempt: number, chance: number): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return full * (0.5 + chance / 2);
}
