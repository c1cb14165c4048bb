import type { StreamKind } from "@/api/types";
import type { TileStats } from "./age";
import type { Handed } from "./tileSurface";

export type ToWorker =
  | { type: "add"; tile: number; surface: Handed }
  | { type: "ticket"; tile: number; mediaUrl: string; ticket: string; stream: StreamKind }
  | { type: "focus"; tile: number | null }
  /** Pull no more, until the next ticket. */
  | { type: "hold"; tile: number }
  | { type: "remove"; tile: number };

export type FromWorker =
  { type: "stats"; stats: [number, TileStats][] } | { type: "ticket_wanted"; tile: number };
