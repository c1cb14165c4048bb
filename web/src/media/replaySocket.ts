/** One socket to one media node for replay: one wish a tile is under way, the newest waits. */

import { backoffMs } from "@/api/backoff";
import type { StreamKind } from "@/api/types";
import type { SocketLike } from "./liveSocket";
import type { ReadWish, ReplayMessage, SeekWish } from "./replayWire";
import { parseRecords, type LiveProblem, type LiveRecord } from "./wire";

export interface ReplaySocketOwner {
  /** Resolves when the answer is on screen: only then the next wish of its tile is sent. */
  onAnswer(tile: number, records: LiveRecord[]): Promise<void>;
  onProblem(tile: number, status: number): void;
  /** The connection was lost: the tile needs `open` with a new ticket. */
  onTicketWanted(tile: number): void;
}

type Wish = SeekWish | ReadWish;

interface Tile {
  owner: ReplaySocketOwner;
  ticket: string | null;
  stream: StreamKind;
  busy: boolean;
  next: Wish | null;
}

const OPEN = 1;
const IDLE_MS = 60_000; // the next card's camera is asked for without connecting anew

export class ReplaySocket {
  private readonly tiles = new Map<number, Tile>();
  private socket: SocketLike | null = null;
  private reconnect: ReturnType<typeof setTimeout> | null = null;
  private idle: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;

  constructor(
    private readonly url: string,
    private readonly connectTo: (url: string) => SocketLike,
  ) {}

  open(tile: number, ticket: string, stream: StreamKind, owner: ReplaySocketOwner): void {
    clearTimeout(this.idle);
    const next = this.tiles.get(tile)?.next ?? null;
    this.tiles.set(tile, { owner, ticket, stream, busy: false, next });
    if (this.socket?.readyState === OPEN) this.present(tile);
    else this.connect();
  }

  /** Sends a wish, or keeps it until the one before is answered; a newer one takes its place. */
  wish(tile: number, wish: Wish): void {
    const known = this.tiles.get(tile);
    if (!known) return;
    if (!known.busy && known.ticket === null && this.socket?.readyState === OPEN) {
      known.busy = true;
      this.send({ ...wish, tile });
    } else if (wish.type === "seek" || known.next?.type !== "seek") known.next = wish;
  }

  remove(tile: number): void {
    if (!this.tiles.delete(tile)) return;
    this.send({ type: "close", tile });
    if (this.tiles.size === 0) this.idle = setTimeout(() => this.close(), IDLE_MS);
  }

  private close(): void {
    if (this.reconnect) clearTimeout(this.reconnect);
    this.reconnect = null;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private connect(): void {
    if (this.socket || this.reconnect) return;
    const socket = this.connectTo(this.url);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      for (const tile of this.tiles.keys()) this.present(tile);
    };
    socket.onmessage = (message) => void this.received(message.data as string | ArrayBuffer);
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private present(id: number): void {
    const tile = this.tiles.get(id);
    if (!tile) return;
    if (tile.ticket === null) return tile.owner.onTicketWanted(id);
    this.send({ type: "open", tile: id, ticket: tile.ticket, stream: tile.stream });
    tile.ticket = null;
    this.proceed(id, tile);
  }

  private async received(data: string | ArrayBuffer): Promise<void> {
    if (typeof data === "string") return this.refused(JSON.parse(data) as LiveProblem);
    const records = parseRecords(data);
    const id = records[0]?.tile;
    const tile = id === undefined ? undefined : this.tiles.get(id);
    if (id === undefined || !tile) return; // closed while it was on its way
    this.attempt = 0;
    await tile.owner.onAnswer(id, records);
    this.proceed(id, tile);
  }

  private refused(message: LiveProblem): void {
    if (message.tile === null) return;
    const tile = this.tiles.get(message.tile);
    if (!tile) return;
    tile.owner.onProblem(message.tile, message.problem.status ?? 0);
    this.proceed(message.tile, tile);
  }

  private proceed(id: number, tile: Tile): void {
    if (this.tiles.get(id) !== tile) return;
    tile.busy = false;
    const { next } = tile;
    tile.next = null;
    if (next) this.wish(id, next);
  }

  private lost(): void {
    this.socket = null;
    if (this.tiles.size === 0) return;
    for (const [id, tile] of this.tiles) {
      tile.busy = false;
      tile.owner.onProblem(id, 0);
    }
    this.attempt += 1;
    this.reconnect = setTimeout(
      () => {
        this.reconnect = null;
        for (const [id, { owner }] of this.tiles) owner.onTicketWanted(id);
      },
      backoffMs(this.attempt, Math.random()),
    );
  }

  private send(message: ReplayMessage): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message));
  }
}
