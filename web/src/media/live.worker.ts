/** The worker that owns the sockets and decoders of every live tile of this window. */

import { NO_STATS, type TileStats } from "./age";
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

const tiles = new Map<number, Tile>();
const sockets = new Map<string, LiveSocket>();
const clock = new ServerClock();

const tell = (message: FromWorker) => self.postMessage(message);

function socketOf(mediaUrl: string): LiveSocket {
  const known = sockets.get(mediaUrl);
  if (known) return known;
  const socket = new LiveSocket(liveUrl(mediaUrl), (url) => new WebSocket(url), {
    onRecord: received,
    onTicketWanted: (tile) => tell({ type: "ticket_wanted", tile }),
    onProblem: (id, status) => {
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
    tile.state = { state, since, detail, problem: null };
  }
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === "add") {
    const { state, since, detail, problem } = NO_STATS;
    tiles.set(data.tile, {
      decoder: new TileDecoder(screenOn(data.surface)),
      socket: null,
      state: { state, since, detail, problem },
      skipped: 0,
    });
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
    tile.socket?.remove(data.tile);
    tile.socket = null;
    return;
  }
  if (data.type === "remove") {
    tiles.delete(data.tile);
    tile.socket?.remove(data.tile);
    tile.decoder.close();
    return;
  }
  const socket = socketOf(data.mediaUrl);
  if (tile.socket && tile.socket !== socket) tile.socket.remove(data.tile);
  tile.socket = socket;
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
