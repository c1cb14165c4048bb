import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveSocket, liveUrl, type SocketLike } from "./liveSocket";

class FakeSocket implements SocketLike {
  readyState: 0 | 1 | 2 | 3 = 0;
  binaryType: BinaryType = "blob";
  onopen: SocketLike["onopen"] = null;
  onmessage: SocketLike["onmessage"] = null;
  onclose: SocketLike["onclose"] = null;
  sent: unknown[] = [];
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
  nowOpen() {
    this.readyState = 1;
    (this.onopen as () => void)();
  }
  nowLost() {
    this.readyState = 3;
    (this.onclose as () => void)();
  }
  says(data: unknown) {
    (this.onmessage as (message: { data: unknown }) => void)({ data: JSON.stringify(data) });
  }
}

describe("LiveSocket", () => {
  let sockets: FakeSocket[];
  let wanted: number[];
  let problems: [number, number][];
  let live: LiveSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    wanted = [];
    problems = [];
    const open = () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    };
    live = new LiveSocket("ws://node/media/v1/live", open, {
      onRecord: () => undefined,
      onTicketWanted: (tile) => wanted.push(tile),
      onProblem: (tile, status) => problems.push([tile, status]),
    });
  });
  afterEach(() => vi.useRealTimers());

  const add = (tile: number, ticket: string, stream = "sub") => ({
    type: "add",
    tile,
    ticket,
    stream,
    key_only: false,
  });

  it("opens one socket for all tiles", () => {
    live.add(1, "t1", "sub");
    live.add(2, "t2", "sub");
    sockets[0]?.nowOpen();
    expect(sockets).toHaveLength(1);
    expect(sockets[0]?.sent).toEqual([add(1, "t1"), add(2, "t2")]);
  });

  it("asks for new tickets after the line was lost, and adds the tiles again", () => {
    live.add(1, "t1", "sub");
    sockets[0]?.nowOpen();
    sockets[0]?.nowLost();
    expect(problems).toEqual([[1, 0]]);
    vi.advanceTimersByTime(1000);
    sockets[1]?.nowOpen();
    expect(wanted).toEqual([1]);
    live.add(1, "t2", "sub");
    expect(sockets[1]?.sent.at(-1)).toEqual(add(1, "t2"));
  });

  it("waits longer after each failure, thirty seconds at most", () => {
    live.add(1, "t1", "sub");
    for (let failures = 0; failures < 12; failures += 1) {
      sockets.at(-1)?.nowLost();
      vi.advanceTimersByTime(30_000);
    }
    expect(sockets).toHaveLength(13);
  });

  it("tries a refused tile again with another ticket", () => {
    live.add(4, "old", "sub");
    sockets[0]?.nowOpen();
    sockets[0]?.says({ type: "error", tile: 4, problem: { status: 401 } });
    expect(problems).toEqual([[4, 401]]);
    vi.advanceTimersByTime(30_000);
    expect(wanted).toEqual([4]);
  });

  it("switches a tile to the main stream on the same line", () => {
    live.add(1, "t1", "sub");
    sockets[0]?.nowOpen();
    live.add(1, "t2", "main");
    expect(sockets[0]?.sent.slice(1)).toEqual([{ type: "remove", tile: 1 }, add(1, "t2", "main")]);
  });

  it("keeps the line while a wall turns its page", () => {
    live.add(1, "t1", "sub");
    sockets[0]?.nowOpen();
    live.remove(1);
    vi.advanceTimersByTime(1000);
    live.add(2, "t2", "sub");
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    expect(sockets[0]?.readyState).toBe(1);
    expect(sockets[0]?.sent).toEqual([add(1, "t1"), { type: "remove", tile: 1 }, add(2, "t2")]);
  });

  it("closes soon after the last tile goes, and stays closed", () => {
    live.add(1, "t1", "sub");
    sockets[0]?.nowOpen();
    live.remove(1);
    vi.advanceTimersByTime(3000);
    expect(sockets[0]?.readyState).toBe(3);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });
});

describe("liveUrl", () => {
  it.each([
    ["http://localhost:8090", "ws://localhost:8090/media/v1/live"],
    ["https://node.example/", "wss://node.example/media/v1/live"],
  ])("of %s", (media, socket) => expect(liveUrl(media)).toBe(socket));
});
