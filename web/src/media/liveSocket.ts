/** One socket to one media node, all tiles of this window on it. Knows no decoder and no page. */

import { backoffMs } from "@/api/backoff";
import type { StreamKind } from "@/api/types";
import { parseRecords, type LiveProblem, type LiveRecord, type LiveRequest } from "./wire";

export interface LiveSocketOwner {
  onRecord(record: LiveRecord): void;
  /** The tile is not shown: its ticket is spent, or the node refused it. */
  onTicketWanted(tile: number): void;
  onProblem(tile: number, status: number): void;
}

/** The part of WebSocket that is used; tests bring their own. */
export type SocketLike = Pick<
  WebSocket,
  "send" | "close" | "readyState" | "binaryType" | "onopen" | "onmessage" | "onclose"
>;

interface Tile {
  stream: StreamKind;
  /** Unused ticket; a ticket is sent once, so that it is never an old one. */
  ticket: string | null;
  refusals: number;
}

const OPEN = 1;
const LINGER_MS = 3000;

export class LiveSocket {
  private readonly tiles = new Map<number, Tile>();
  private readonly retries = new Map<number, ReturnType<typeof setTimeout>>();
  private socket: SocketLike | null = null;
  private reconnect: ReturnType<typeof setTimeout> | null = null;
  private lingering: ReturnType<typeof setTimeout> | undefined;
  private attempt = 0;
  private focused: number | null = null;

  constructor(
    private readonly url: string,
    private readonly open: (url: string) => SocketLike,
    private readonly owner: LiveSocketOwner,
  ) {}

  get size(): number {
    return this.tiles.size;
  }

  /** Shows a tile, or shows it anew with another ticket or stream. */
  add(tile: number, ticket: string, stream: StreamKind): void {
    clearTimeout(this.lingering);
    const before = this.tiles.get(tile);
    if (before && before.ticket === null) this.send({ type: "remove", tile });
    this.tiles.set(tile, { stream, ticket, refusals: before?.refusals ?? 0 });
    if (this.socket?.readyState === OPEN) this.show(tile);
    else this.connect();
  }

  remove(tile: number): void {
    if (!this.tiles.delete(tile)) return;
    clearTimeout(this.retries.get(tile));
    this.retries.delete(tile);
    this.send({ type: "remove", tile });
    // Between two pages of a wall there is no tile, and a new line costs more than a new tile.
    if (this.tiles.size === 0) this.lingering = setTimeout(() => this.close(), LINGER_MS);
  }

  focus(tile: number | null): void {
    this.focused = tile;
    this.send({ type: "focus", tile });
  }

  close(): void {
    clearTimeout(this.lingering);
    if (this.reconnect) clearTimeout(this.reconnect);
    this.reconnect = null;
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  private connect(): void {
    if (this.socket || this.reconnect) return;
    const socket = this.open(this.url);
    this.socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.opened();
    socket.onmessage = (message) => this.received(message.data as string | ArrayBuffer);
    socket.onclose = () => {
      if (this.socket === socket) this.lost();
    };
  }

  private opened(): void {
    for (const tile of this.tiles.keys()) this.show(tile);
    if (this.focused !== null) this.send({ type: "focus", tile: this.focused });
  }

  private show(id: number): void {
    const tile = this.tiles.get(id);
    if (!tile) return;
    if (tile.ticket === null) return this.owner.onTicketWanted(id);
    const { ticket, stream } = tile;
    tile.ticket = null;
    this.send({ type: "add", tile: id, ticket, stream, key_only: false });
  }

  private received(data: string | ArrayBuffer): void {
    if (typeof data === "string") return this.refused(JSON.parse(data) as LiveProblem);
    for (const record of parseRecords(data)) {
      const tile = this.tiles.get(record.tile);
      if (!tile) continue; // removed while it was on its way
      if (record.kind === "frame") {
        tile.refusals = 0;
        this.attempt = 0;
      }
      this.owner.onRecord(record);
    }
  }

  private refused(message: LiveProblem): void {
    if (message.type !== "error" || message.tile === null) return;
    const id = message.tile;
    const tile = this.tiles.get(id);
    if (!tile) return;
    tile.refusals += 1;
    this.owner.onProblem(id, message.problem.status ?? 0);
    clearTimeout(this.retries.get(id));
    const again = () => this.owner.onTicketWanted(id);
    this.retries.set(id, setTimeout(again, backoffMs(tile.refusals + 1, Math.random())));
  }

  private lost(): void {
    this.socket = null;
    if (this.tiles.size === 0) return;
    for (const id of this.tiles.keys()) this.owner.onProblem(id, 0);
    this.attempt += 1;
    this.reconnect = setTimeout(
      () => {
        this.reconnect = null;
        this.connect();
      },
      backoffMs(this.attempt - 1, Math.random()),
    );
  }

  private send(message: LiveRequest): void {
    if (this.socket?.readyState === OPEN) this.socket.send(JSON.stringify(message));
  }
}

export function liveUrl(mediaUrl: string): string {
  return mediaUrl.replace(/^http/, "ws").replace(/\/$/, "") + "/media/v1/live";
}
