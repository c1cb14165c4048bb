/** Up to four cameras' recordings on canvases, all on one clock. */

import { ApiProblem } from "@/api/client";
import { replayTicket } from "@/api/queries/tickets";
import type { MediaTicket, StreamKind } from "@/api/types";
import { ReplayDecoder } from "./replayDecoder";
import { ReplaySocket } from "./replaySocket";
import { framesOf, noticeOf, replayUrl, type GapNotice, type Pick } from "./replayWire";
import type { LiveRecord } from "./wire";

export interface DeckSpan {
  from: Date;
  to: Date;
  reason: string;
}

export interface DeckListener {
  /** A picture was drawn; `atMs` is its instant. */
  onPicture(atMs: number): void;
  /** Nothing is recorded where it was sought. */
  onGap(gap: GapNotice): void;
  onProblem(status: number): void;
}

interface Tile {
  /** Its number on the socket, which the whole window shares. */
  number: number;
  cameraId: string;
  stream: StreamKind;
  decoder: ReplayDecoder;
  listener: DeckListener;
  socket: ReplaySocket | null;
  /** Until where it was read while playing, in ms; null: nothing was read since the last seek. */
  readMs: number | null;
  reading: boolean;
  /** A seek that came before the socket was there. */
  first: { atMs: number; pick: Pick } | null;
  sentMs: number;
}

/** The camera that plays: its film's stream, and the one that decodes soonest. */
export const MAIN_TILE = 0;
export const QUICK_TILE = 1;
/** Cameras beside it, on the same clock. */
export const FIRST_BESIDE = 2;

const AHEAD_MS = 2_000;
const FAR_MS = 3_000;
const SLOW_MS = 80;
const KEYS_FROM_RATE = 8;

const sockets = new Map<string, ReplaySocket>();
let lastNumber = 0;

export const canSeek = (): boolean => typeof VideoDecoder === "function";

export class ReplayDeck {
  private readonly tiles = new Map<number, Tile>();
  private exactMs = 0; // how long the last exact picture took

  constructor(private readonly span: DeckSpan) {}

  /** Puts a camera on a tile; `given` is a ticket for it where there is one already. */
  open(
    id: number,
    cameraId: string,
    stream: StreamKind,
    canvas: HTMLCanvasElement,
    listener: DeckListener,
    given?: MediaTicket,
  ): void {
    this.closeTile(id);
    const decoder = new ReplayDecoder(canvas, (atMs) => listener.onPicture(atMs));
    lastNumber = (lastNumber % 65_535) + 1;
    const tile: Tile = {
      ...{ number: lastNumber, cameraId, stream, decoder, listener },
      ...{ socket: null, readMs: null, reading: false, first: null, sentMs: 0 },
    };
    this.tiles.set(id, tile);
    if (given) this.connect(id, tile, given);
    else void this.fetchTicket(id, tile);
  }

  closeTile(id: number): void {
    const tile = this.tiles.get(id);
    if (!tile) return;
    this.tiles.delete(id);
    tile.decoder.stop();
    tile.socket?.remove(tile.number);
  }

  close(): void {
    for (const id of [...this.tiles.keys()]) this.closeTile(id);
  }

  /** Shows the picture of an instant; while a hand drags, a rough one if exact ones take long. */
  seek(id: number, atMs: number, pick: Pick = "first", dragging = false): void {
    const tile = this.tiles.get(id);
    if (!tile) return;
    tile.readMs = null;
    if (!tile.socket) {
      tile.first = { atMs, pick };
      return;
    }
    tile.sentMs = performance.now();
    const exact = !dragging || this.exactMs < SLOW_MS;
    tile.socket.wish(tile.number, { type: "seek", at: atMs / 1000, pick, exact });
  }

  /** Stops a tile from drawing what it was asked for before. */
  hush(id: number): void {
    this.tiles.get(id)?.decoder.stop();
  }

  /** Seeks on the tiles of the other cameras. */
  seekOthers(atMs: number): void {
    for (const id of this.tiles.keys()) if (id >= FIRST_BESIDE) this.seek(id, atMs, "nearest");
  }

  /** Draws on the tiles of the other cameras what is due at an instant, and fetches ahead. */
  follow(atMs: number, rate: number): void {
    for (const [id, tile] of this.tiles) {
      if (id < FIRST_BESIDE || !tile.socket) continue;
      const { readMs } = tile;
      if (readMs === null || atMs - readMs > FAR_MS || readMs - atMs > FAR_MS + AHEAD_MS * rate) {
        tile.decoder.stop();
        tile.readMs = atMs;
      }
      tile.decoder.play(atMs);
      const wantedMs = tile.readMs ?? atMs;
      if (tile.reading || wantedMs > atMs + AHEAD_MS * Math.max(rate, 1)) continue;
      tile.reading = true;
      const keyOnly = rate >= KEYS_FROM_RATE;
      tile.socket.wish(tile.number, { type: "read", at: wantedMs / 1000, key_only: keyOnly });
    }
  }

  private async fetchTicket(id: number, tile: Tile): Promise<void> {
    const { from, to, reason } = this.span;
    try {
      const ticket = await replayTicket(tile.cameraId, from, to, reason);
      if (this.tiles.get(id) === tile) this.connect(id, tile, ticket);
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      tile.listener.onProblem(error.status);
    }
  }

  private connect(id: number, tile: Tile, { ticket, media_url }: MediaTicket): void {
    const socket = socketOf(media_url);
    tile.socket = socket;
    tile.reading = false;
    socket.open(tile.number, ticket, tile.stream, {
      onAnswer: (_, records) => this.answered(id, tile, records),
      onProblem: (_, status) => {
        tile.reading = false;
        tile.listener.onProblem(status);
      },
      onTicketWanted: () => void this.fetchTicket(id, tile),
    });
    const { first } = tile;
    tile.first = null;
    if (first) this.seek(id, first.atMs, first.pick);
  }

  private async answered(id: number, tile: Tile, records: LiveRecord[]): Promise<void> {
    const notice = noticeOf(records);
    if (this.tiles.get(id) !== tile || !notice) return;
    for (const record of records) if (record.kind === "config") tile.decoder.configure(record);
    if (notice.type === "shown") {
      await tile.decoder.still(framesOf(records));
      this.exactMs = performance.now() - tile.sentMs;
      return;
    }
    const wasReading = tile.reading;
    tile.reading = false;
    if (notice.type === "gap") {
      if (wasReading && tile.readMs !== null) tile.readMs = (notice.to ?? notice.at + 1) * 1000;
      tile.listener.onGap(notice);
    } else if (tile.readMs !== null) {
      tile.decoder.feed(framesOf(records));
      tile.readMs = notice.until * 1000;
    }
  }
}

function socketOf(mediaUrl: string): ReplaySocket {
  const known = sockets.get(mediaUrl);
  if (known) return known;
  const socket = new ReplaySocket(replayUrl(mediaUrl), (url) => new WebSocket(url));
  sockets.set(mediaUrl, socket);
  return socket;
}
