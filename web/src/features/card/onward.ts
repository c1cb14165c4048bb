/** What becomes of a film that reached the present: whether there will be more, and when to look. */

const FIRST_MS = 3_000;
const LATER_MS = 12_000;

export interface FilmEnd {
  /** Until when it was opened. */
  toMs: number;
  /** Where the card's timeline ends, however long one watches. */
  untilMs: number;
  nowMs: number;
  /** How often it came to the present already. */
  before: number;
}

/** In how many ms more is there to play, or null where nothing belongs to this card any more. */
export function moreIn({ toMs, untilMs, nowMs, before }: FilmEnd): number | null {
  if (toMs >= untilMs) return null;
  // Soon at first; whoever stays opens it anew four times less often.
  const after = before === 0 ? FIRST_MS : LATER_MS;
  return Math.max(0, toMs + after - nowMs);
}

/** Resolves when somebody can see the page: until then there is nothing to open. */
export function whenSeen(page: Document): Promise<void> {
  if (!page.hidden) return Promise.resolve();
  return new Promise((resolve) => {
    const look = () => {
      if (page.hidden) return;
      page.removeEventListener("visibilitychange", look);
      resolve();
    };
    page.addEventListener("visibilitychange", look);
  });
}
