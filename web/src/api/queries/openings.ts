/** Replay tickets that came with a card: its player takes one instead of asking again. */

import type { MediaTicket, ReplayOpening } from "@/api/types";

const SPARE_MS = 10_000; // a ticket about to end is no use any more

let newest: ReplayOpening | null = null;

/** Keeps the right to watch that came last; a card is opened at once or not at all. */
export function keepOpening(opening: ReplayOpening): void {
  newest = opening;
}

/** Gives out the ticket for a camera where it came, reaches over the span and still counts. */
export function takeOpening(
  cameraId: string,
  from: Date,
  to: Date,
  nowMs: number,
): MediaTicket | null {
  const found = newest;
  if (found?.camera_id !== cameraId) return null;
  newest = null;
  const reaches =
    Date.parse(found.starts_at) <= from.getTime() && to.getTime() <= Date.parse(found.ends_at);
  return reaches && Date.parse(found.expires_at) - SPARE_MS > nowMs ? found : null;
}
