/** How old the picture on a tile is, and whether it may still be called live. */

import type { StreamState } from "@/api/types";

/** Half a second less than promised, for the ticks between a fact and the screen. */
export const STALE_AFTER_S = 2.5;

/** How often a tile looks at its picture's age. */
export const LOOK_MS = 500;

export interface TileStats {
  /** Pictures drawn since the tile was made. */
  frames: number;
  /** Unix seconds of the last drawn picture, on the node's clock; null before the first. */
  mediaTime: number | null;
  /** Node's clock minus ours. */
  clockOffsetS: number;
  width: number;
  height: number;
  /** Pictures that were left out because this viewer was too slow. */
  drops: number;
  state: StreamState;
  /** When the stream's state began, ISO; null while the node has not said. */
  since: string | null;
  detail: string;
  /** HTTP status that stands in the way of a picture, 0 for no connection. */
  problem: number | null;
}

export const NO_STATS: TileStats = {
  frames: 0,
  mediaTime: null,
  clockOffsetS: 0,
  width: 0,
  height: 0,
  drops: 0,
  state: "connecting",
  since: null,
  detail: "",
  problem: null,
};

export type PictureAge =
  | { kind: "waiting" }
  | { kind: "live"; ageS: number }
  /** `lastAtMs` is the last picture's time on our clock, null when there never was one. */
  | { kind: "stale"; lastAtMs: number | null };

/** Waiting turns into stale when nothing came in that time. */
export function pictureAge(stats: TileStats, startedMs: number, nowMs: number): PictureAge {
  if (stats.mediaTime === null) {
    const overdue = nowMs - startedMs > STALE_AFTER_S * 1000;
    if (!overdue && stats.problem === null) return { kind: "waiting" };
    return { kind: "stale", lastAtMs: stats.since ? Date.parse(stats.since) : null };
  }
  const ageS = Math.max(0, nowMs / 1000 + stats.clockOffsetS - stats.mediaTime);
  if (ageS > STALE_AFTER_S) {
    return { kind: "stale", lastAtMs: (stats.mediaTime - stats.clockOffsetS) * 1000 };
  }
  return { kind: "live", ageS };
}
