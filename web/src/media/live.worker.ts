/** The worker that owns the sockets and decoders of every live tile of this window. */

import { NO_STATS, type TileStats } from "./age";
import { KeysFirst } from "./keysFirst";
import { LiveSocket, liveUrl } from "./liveSocket";
import { ServerClock } from "./serverClock";
import { TileDecoder } from "./tileDecoder";
import { screenOn } from "./tileScreen";
import type { LiveRecord } from "./wire";
import type { FromWorker, ToWorker } from "./workerMessages";

const REPORT_MS = 250;

interface Tile {
  decoder: TileDecoder;
  socket: LiveSocket | null;
  state: Pick<TileStats, "state" | "since" | "detail" | "problem">;
  skipped: number;
}

const surfaces = new Map<number, TileDecoder>();
const tiles = new Map<number, Tile>();
const sockets = new Map<string, LiveSocket>();
const clock = new ServerClock();
const joining = new KeysFirst<LiveRecord>(received);

const tell = (message: FromWorker) => self.postMessage(message);

function socketOf(mediaUrl: string): LiveSocket {
  const known = sockets.get(mediaUrl);
  if (known) return known;
  const socket = new LiveSocket(liveUrl(mediaUrl), (url) => new WebSocket(url), {
    onRecord: (record) => joining.take(record),
    onTicketWanted: (tile) => tell({ type: "ticket_wanted", tile }),
    onProblem: (id, status) => {
      joining.settle(id);
      const tile = tiles.get(id);
      if (tile) tile.state = { ...tile.state, problem: status };
    },
  });
  sockets.set(mediaUrl, socket);
  return socket;
}

function received(record: LiveRecord): void {
  const tile = tiles.get(record.tile);
  if (!tile) return;
  if (record.serverTime > 0) clock.observe(record.serverTime, Date.now());
  if (record.kind === "config") tile.decoder.configure(record);
  else if (record.kind === "frame") {
    if (tile.state.problem !== null) tile.state = { ...tile.state, problem: null };
    tile.decoder.decode(record);
  } else if (record.notice.type === "drop") tile.skipped += record.notice.count;
  else {
    const { state, since, detail } = record.notice;
    if (state !== "live") joining.settle(record.tile);
    tile.state = { state, since, detail, problem: null };
  }
}

function add(id: number, decoder: TileDecoder, turn: number): void {
  decoder.begin(turn, () => {
    tell({ type: "first", tile: id });
    joining.settle(id);
  });
  const { state, since, detail, problem } = NO_STATS;
  tiles.set(id, { decoder, socket: null, state: { state, since, detail, problem }, skipped: 0 });
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "surface") {
    surfaces.set(data.surface, new TileDecoder(screenOn(data.handed)));
    return;
  }
  if (data.type === "close") {
    surfaces.get(data.surface)?.close();
    surfaces.delete(data.surface);
    return;
  }
  if (data.type === "add") {
    const decoder = surfaces.get(data.surface);
    if (decoder) add(data.tile, decoder, data.turn);
    return;
  }
  if (data.type === "focus") {
    for (const socket of sockets.values()) {
      socket.focus(tiles.get(data.tile ?? 0)?.socket === socket ? data.tile : null);
    }
    return;
  }
  const tile = tiles.get(data.tile);
  if (!tile) return;
  if (data.type === "hold") {
    joining.forget(data.tile);
    tile.socket?.remove(data.tile);
    tile.socket = null;
    return;
  }
  if (data.type === "remove") {
    joining.forget(data.tile);
    tiles.delete(data.tile);
    tile.socket?.remove(data.tile);
    tile.decoder.end();
    return;
  }
  const socket = socketOf(data.mediaUrl);
  if (tile.socket && tile.socket !== socket) tile.socket.remove(data.tile);
  tile.socket = socket;
  if (tile.decoder.frames === 0) joining.expect(data.tile);
  socket.add(data.tile, data.ticket, data.stream);
};

setInterval(() => {
  if (tiles.size === 0) return;
  const stats: [number, TileStats][] = [];
  for (const [id, { decoder, state, skipped }] of tiles) {
    stats.push([
      id,
      {
        ...state,
        frames: decoder.frames,
        mediaTime: decoder.mediaTime,
        clockOffsetS: clock.offsetS,
        width: decoder.width,
        height: decoder.height,
        drops: decoder.drops + skipped,
      },
    ]);
  }
  tell({ type: "stats", stats });
}, REPORT_MS);
