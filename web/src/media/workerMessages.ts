import type { StreamKind } from "@/api/types";
import type { TileStats } from "./age";
import type { Handed } from "./tileSurface";

export type ToWorker =
  | { type: "surface"; surface: number; handed: Handed }
  /** Of the cameras that a surface shows one after another, this one's turn begins. */
  | { type: "add"; tile: number; surface: number; turn: number }
  | { type: "ticket"; tile: number; mediaUrl: string; ticket: string; stream: StreamKind }
  | { type: "focus"; tile: number | null }
  /** Pull no more, until the next ticket. */
  | { type: "hold"; tile: number }
  | { type: "remove"; tile: number }
  | { type: "close"; surface: number };

export type FromWorker =
  | { type: "stats"; stats: [number, TileStats][] }
  /** The tile's first picture was given to its surface. */
  | { type: "first"; tile: number }
  | { type: "ticket_wanted"; tile: number };
