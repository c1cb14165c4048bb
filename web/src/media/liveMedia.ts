/** The page's side of live video: hands surfaces and tickets to the worker, gives out numbers. */

import { ApiProblem } from "@/api/client";
import { backoffMs } from "@/api/backoff";
import { liveTicket } from "@/api/queries/tickets";
import type { StreamKind } from "@/api/types";
import { NO_STATS, type TileStats } from "./age";
import { makeSurface } from "./tileSurface";
import { nextTurn } from "./turn";
import type { FromWorker, ToWorker } from "./workerMessages";

/** A place on the page for live pictures, of one camera after another. */
export interface LiveScreen {
  element: HTMLElement;
  /** Shows a camera; the tile of the one before must be closed. */
  watch(cameraId: string): LiveTile;
  close(): void;
}

export interface LiveTile {
  /** Whether close() was called. */
  readonly closed: boolean;
  stats(): TileStats;
  subscribe(listener: () => void): () => void;
  /** Calls back once, when the camera's own picture is on the screen. */
  whenShown(callback: () => void): void;
  /** Pulls this stream; nothing happens when it does already. */
  show(stream: StreamKind): void;
  /** Pulls no more until the next show(). */
  hold(): void;
  close(): void;
}

let worker: Worker | null = null;
let lastTile = 0;
let lastSurface = 0;
const tiles = new Map<number, WorkerTile>();

class WorkerTile implements LiveTile {
  closed = false;
  private current = NO_STATS;
  private stream: StreamKind | null = null;
  private failures = 0;
  private held = false;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly id: number,
    private readonly cameraId: string,
    private readonly screen: WorkerScreen,
  ) {}

  stats = () => this.current;

  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  whenShown(callback: () => void): void {
    this.screen.whenShown(() => this.closed || callback());
  }

  show(stream: StreamKind): void {
    if (this.closed || (stream === this.stream && !this.held)) return;
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
    this.closed = true;
    clearTimeout(this.retry);
    tiles.delete(this.id);
    tell({ type: "remove", tile: this.id });
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

  first(): void {
    this.screen.first();
  }

  take(stats: TileStats): void {
    if (this.held) return;
    const { problem, mediaTime } = this.current;
    this.current = {
      ...stats,
      problem: this.failures > 0 ? problem : stats.problem,
      mediaTime: this.screen.shows() ? stats.mediaTime : mediaTime,
    };
    this.screen.note(stats);
    for (const listener of this.listeners) listener();
  }
}

class WorkerScreen implements LiveScreen {
  private turn = 0;
  private shown: (() => void) | null = null;
  private readonly surface = makeSurface();
  private readonly id = (lastSurface += 1);

  constructor() {
    const { handed } = this.surface;
    tell({ type: "surface", surface: this.id, handed }, [handed]);
  }

  get element(): HTMLElement {
    return this.surface.element;
  }

  watch(cameraId: string): LiveTile {
    this.turn = nextTurn(this.turn);
    this.shown = null;
    // A new number, too: what the node has sent for the camera before belongs to nobody then.
    lastTile = (lastTile % 65_535) + 1;
    const tile = new WorkerTile(lastTile, cameraId, this);
    tiles.set(lastTile, tile);
    tell({ type: "add", tile: lastTile, surface: this.id, turn: this.turn });
    return tile;
  }

  whenShown(callback: () => void): void {
    if (this.surface.whenShown) this.surface.whenShown(this.turn, callback);
    else this.shown = callback;
  }

  shows = () => this.surface.shows();

  note({ frames, width }: TileStats): void {
    const { dataset } = this.element;
    dataset["frames"] = String(frames);
    dataset["width"] = String(width);
  }

  first(): void {
    this.shown?.();
    this.shown = null;
  }

  close(): void {
    tell({ type: "close", surface: this.id });
    this.surface.close();
  }
}

/** A screen whose pictures the worker decodes. */
export const openScreen = (): LiveScreen => new WorkerScreen();

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
    else if (data.type === "first") tiles.get(data.tile)?.first();
    else for (const [id, stats] of data.stats) tiles.get(id)?.take(stats);
  };
  return started;
}
