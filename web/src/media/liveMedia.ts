/** The page's side of live video: hands surfaces and tickets to the worker, gives out numbers. */

import { ApiProblem } from "@/api/client";
import { backoffMs } from "@/api/backoff";
import { liveTicket } from "@/api/queries/tickets";
import type { StreamKind } from "@/api/types";
import { NO_STATS, type TileStats } from "./age";
import type { TileSurface } from "./tileSurface";
import type { FromWorker, ToWorker } from "./workerMessages";

export interface LiveTile {
  stats(): TileStats;
  subscribe(listener: () => void): () => void;
  /** Pulls this stream; nothing happens when it does already. */
  show(stream: StreamKind): void;
  /** Pulls no more until the next show(). */
  hold(): void;
  close(): void;
}

let worker: Worker | null = null;
let lastTile = 0;
const tiles = new Map<number, WorkerTile>();

class WorkerTile implements LiveTile {
  private current = NO_STATS;
  private stream: StreamKind | null = null;
  private failures = 0;
  private held = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly id: number,
    private readonly cameraId: string,
    private readonly surface: TileSurface,
  ) {}

  stats = () => this.current;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  show(stream: StreamKind): void {
    if (stream === this.stream && !this.held) return;
    this.stream = stream;
    this.held = false;
    void this.renew();
  }

  hold(): void {
    this.held = true;
    clearTimeout(this.retry);
    tell({ type: "hold", tile: this.id });
  }

  close(): void {
    clearTimeout(this.retry);
    tiles.delete(this.id);
    tell({ type: "remove", tile: this.id });
    this.surface.close();
  }

  /** Fetches a ticket and hands it over; keeps trying, ever more slowly. */
  async renew(): Promise<void> {
    clearTimeout(this.retry);
    try {
      const { ticket, media_url } = await liveTicket(this.cameraId);
      if (!tiles.has(this.id) || this.held || !this.stream) return;
      this.failures = 0;
      tell({ type: "ticket", tile: this.id, mediaUrl: media_url, ticket, stream: this.stream });
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      if (!tiles.has(this.id) || this.held) return;
      this.failures += 1;
      this.take({ ...this.current, problem: error.status });
      this.retry = setTimeout(() => void this.renew(), backoffMs(this.failures, Math.random()));
    }
  }

  take(stats: TileStats): void {
    if (this.held) return;
    const { problem, mediaTime } = this.current;
    this.current = {
      ...stats,
      problem: this.failures > 0 ? problem : stats.problem,
      mediaTime: this.surface.shows() ? stats.mediaTime : mediaTime,
    };
    const { dataset } = this.surface.element;
    dataset["frames"] = String(stats.frames);
    dataset["width"] = String(stats.width);
    for (const listener of this.listeners) listener();
  }
}

/** Starts a tile on a surface that no other tile has. */
export function startTile(cameraId: string, surface: TileSurface): LiveTile {
  lastTile = (lastTile % 65_535) + 1;
  const tile = new WorkerTile(lastTile, cameraId, surface);
  tiles.set(lastTile, tile);
  tell({ type: "add", tile: lastTile, surface: surface.handed }, [surface.handed]);
  return tile;
}

/** The focused tile gets each picture at once; the others wait for each other, up to 15 ms. */
export function focusTile(tile: LiveTile | null): void {
  const id = [...tiles].find(([, one]) => one === tile)?.[0] ?? null;
  tell({ type: "focus", tile: id });
}

function tell(message: ToWorker, transfer: Transferable[] = []): void {
  worker ??= startWorker();
  worker.postMessage(message, transfer);
}

function startWorker(): Worker {
  const started = new Worker(new URL("./live.worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if (data.type === "ticket_wanted") void tiles.get(data.tile)?.renew();
    else for (const [id, stats] of data.stats) tiles.get(id)?.take(stats);
  };
  return started;
}
