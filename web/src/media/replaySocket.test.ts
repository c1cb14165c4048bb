import { describe, expect, it, vi } from "vitest";
import type { SocketLike } from "./liveSocket";
import { ReplaySocket, type ReplaySocketOwner } from "./replaySocket";
import { framesOf, noticeOf, replayUrl } from "./replayWire";
import { parseRecords, type LiveRecord } from "./wire";

class FakeSocket implements SocketLike {
  readyState: SocketLike["readyState"] = 0;
  binaryType: BinaryType = "blob";
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  readonly sent: Record<string, unknown>[] = [];

  send(text: unknown): void {
    this.sent.push(JSON.parse(String(text)) as Record<string, unknown>);
  }

  close(): void {
    this.readyState = 3;
  }

  opened(): void {
    this.readyState = 1;
    this.onopen?.call(this as unknown as WebSocket, new Event("open"));
  }

  async answers(data: string | ArrayBuffer): Promise<void> {
    this.onmessage?.call(this as unknown as WebSocket, new MessageEvent("message", { data }));
    await Promise.resolve();
    await Promise.resolve();
  }

  lost(): void {
    this.readyState = 3;
    this.onclose?.call(this as unknown as WebSocket, new Event("close") as CloseEvent);
  }
}

/** An answer that is only a notice. */
function answer(tile: number, notice: object): ArrayBuffer {
  const payload = new TextEncoder().encode(JSON.stringify(notice));
  const message = new ArrayBuffer(24 + payload.length);
  const view = new DataView(message);
  view.setUint32(0, 20 + payload.length);
  view.setUint16(4, tile);
  view.setUint8(6, 2);
  new Uint8Array(message, 24).set(payload);
  return message;
}

function made() {
  const sockets: FakeSocket[] = [];
  const heard: LiveRecord[][] = [];
  const owner: ReplaySocketOwner = {
    onAnswer: async (_, records) => void heard.push(records),
    onProblem: vi.fn(),
    onTicketWanted: vi.fn(),
  };
  const replay = new ReplaySocket("ws://node/media/v1/replay", () => {
    sockets.push(new FakeSocket());
    return sockets.at(-1) as FakeSocket;
  });
  return { replay, owner, heard, sockets };
}

const seek = (at: number) => ({ type: "seek", at, pick: "first", exact: true }) as const;
const read = (at: number) => ({ type: "read", at, key_only: false }) as const;

describe("a replay socket", () => {
  it("opens a tile before it seeks on it", () => {
    const { replay, owner, sockets } = made();
    replay.open(1, "t", "main", owner);
    replay.wish(1, seek(5));
    sockets[0]?.opened();
    expect(sockets[0]?.sent).toEqual([
      { type: "open", tile: 1, ticket: "t", stream: "main" },
      { ...seek(5), tile: 1 },
    ]);
  });

  it("keeps only the newest seek while one is under way", async () => {
    const { replay, owner, heard, sockets } = made();
    replay.open(1, "t", "main", owner);
    sockets[0]?.opened();
    for (const at of [1, 2, 3, 4]) replay.wish(1, seek(at));
    await sockets[0]?.answers(answer(1, { type: "shown", at: 1, picture_at: 1 }));
    expect(heard).toHaveLength(1);
    expect(sockets[0]?.sent.slice(1)).toEqual([
      { ...seek(1), tile: 1 },
      { ...seek(4), tile: 1 },
    ]);
  });

  it("never lets a read push away a seek", async () => {
    const { replay, owner, sockets } = made();
    replay.open(1, "t", "main", owner);
    sockets[0]?.opened();
    replay.wish(1, read(1));
    replay.wish(1, seek(2));
    replay.wish(1, read(3));
    await sockets[0]?.answers(answer(1, { type: "read", at: 1, until: 2 }));
    expect(sockets[0]?.sent.at(-1)).toEqual({ ...seek(2), tile: 1 });
  });

  it("goes on after a refusal", async () => {
    const { replay, owner, sockets } = made();
    replay.open(1, "t", "main", owner);
    sockets[0]?.opened();
    replay.wish(1, seek(1));
    replay.wish(1, seek(2));
    const problem = { type: "error", tile: 1, problem: { status: 404 } };
    await sockets[0]?.answers(JSON.stringify(problem));
    expect(owner.onProblem).toHaveBeenCalledWith(1, 404);
    expect(sockets[0]?.sent.at(-1)).toEqual({ ...seek(2), tile: 1 });
  });

  it("asks for a new ticket after the connection was lost", () => {
    vi.useFakeTimers();
    const { replay, owner, sockets } = made();
    replay.open(1, "t", "main", owner);
    sockets[0]?.opened();
    sockets[0]?.lost();
    vi.advanceTimersByTime(60_000);
    expect(owner.onTicketWanted).toHaveBeenCalledWith(1);
    replay.open(1, "new", "main", owner);
    sockets[1]?.opened();
    expect(sockets[1]?.sent[0]).toMatchObject({ type: "open", ticket: "new" });
    vi.useRealTimers();
  });

  it("stays open a while for the next camera, then closes", () => {
    vi.useFakeTimers();
    const { replay, owner, sockets } = made();
    replay.open(1, "t", "main", owner);
    sockets[0]?.opened();
    replay.remove(1);
    expect(sockets[0]?.readyState).toBe(1);
    vi.advanceTimersByTime(120_000);
    expect(sockets[0]?.readyState).toBe(3);
    vi.useRealTimers();
  });
});

describe("an answer", () => {
  it("ends with its notice", () => {
    const gap = { type: "gap", at: 1, from: 0, to: 9, reason: "stalled" };
    const records = parseRecords(answer(3, gap));
    expect(noticeOf(records)).toEqual(gap);
    expect(framesOf(records)).toEqual([]);
    expect(noticeOf([])).toBeNull();
  });

  it("comes over a secure socket where the node is secure", () => {
    expect(replayUrl("https://node:8090/")).toBe("wss://node:8090/media/v1/replay");
  });
});
