/** The media node's replay protocol: JSON wishes to it, one binary answer a wish from it. */

import type { StreamKind } from "@/api/types";
import type { FrameRecord, LiveRecord } from "./wire";

/** Which picture an instant means: the first at or after it, or a neighbour of the one there. */
export type Pick = "first" | "after" | "before" | "nearest";

export interface SeekWish {
  type: "seek";
  at: number;
  pick: Pick;
  /** False: the key picture before it will do. */
  exact: boolean;
}

export interface ReadWish {
  type: "read";
  at: number;
  key_only: boolean;
}

export type ReplayMessage =
  | { type: "open"; tile: number; ticket: string; stream: StreamKind }
  | ((SeekWish | ReadWish) & { tile: number })
  | { type: "close"; tile: number };

/** How an answer ends; instants in Unix seconds. */
export type ReplayNotice =
  | { type: "shown"; at: number; picture_at: number }
  | { type: "read"; at: number; until: number }
  | { type: "gap"; at: number; from: number | null; to: number | null; reason: string | null };

export type GapNotice = Extract<ReplayNotice, { type: "gap" }>;

export const replayUrl = (mediaUrl: string): string =>
  mediaUrl.replace(/^http/, "ws").replace(/\/$/, "") + "/media/v1/replay";

/** The notice that an answer ends with; null where it is cut off. */
export function noticeOf(records: readonly LiveRecord[]): ReplayNotice | null {
  const last = records.at(-1);
  return last?.kind === "notice" ? (last.notice as unknown as ReplayNotice) : null;
}

export const framesOf = (records: readonly LiveRecord[]): FrameRecord[] =>
  records.filter((record) => record.kind === "frame");
