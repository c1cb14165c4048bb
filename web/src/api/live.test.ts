import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveStore, SILENCE_LIMIT_MS, type LiveSocketLike } from "./live";

class FakeSocket implements LiveSocketLike {
  onopen: LiveSocketLike["onopen"] = null;
  onmessage: LiveSocketLike["onmessage"] = null;
  onclose: LiveSocketLike["onclose"] = null;
  sent: unknown[] = [];
  closed = false;
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  says(data: unknown) {
    (this.onmessage as (message: { data: string }) => void)({ data: JSON.stringify(data) });
  }
  drops() {
    (this.onclose as () => void)();
  }
}

const change = (seq: number, id: string) => ({
  v: 1,
  seq,
  topic: "complaint",
  at: "2026-11-22T05:00:00Z",
  data: { id },
});

describe("LiveStore", () => {
  let sockets: FakeSocket[];
  let refetches: number;
  let heard: string[];
  let store: LiveStore;
  const last = () => sockets.at(-1) as FakeSocket;

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    refetches = 0;
    heard = [];
    store = new LiveStore(
      () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      () => (refetches += 1),
    );
    store.on("complaint", ({ id }) => heard.push(id));
    store.start();
  });
  afterEach(() => {
    store.stop();
    vi.useRealTimers();
  });

  it("reads everything once when it first connects, then follows changes", () => {
    last().says({ type: "hello", v: 1, seq: 40 });
    last().says(change(41, "a"));
    expect([refetches, heard]).toEqual([1, ["a"]]);
    expect(store.isOnline()).toBe(true);
  });

  it("resumes after the last change it heard, and hears none twice", () => {
    last().says({ type: "hello", v: 1, seq: 40 });
    last().says(change(41, "a"));
    last().drops();
    expect(store.isOnline()).toBe(false);
    vi.advanceTimersByTime(1000);
    last().says({ type: "hello", v: 1, seq: 43 });
    expect(last().sent).toEqual([{ type: "resume", seq: 41 }]);
    last().says(change(41, "a"));
    last().says(change(42, "b"));
    expect([refetches, heard]).toEqual([1, ["a", "b"]]);
  });

  it("reads everything again when the gap is too old", () => {
    last().says({ type: "hello", v: 1, seq: 40 });
    last().says({ type: "snapshot_needed" });
    expect(refetches).toBe(2);
  });

  it("reads everything again when the server counts anew", () => {
    last().says({ type: "hello", v: 1, seq: 40 });
    last().drops();
    vi.advanceTimersByTime(1000);
    last().says({ type: "hello", v: 1, seq: 2 });
    last().says(change(3, "c"));
    expect([refetches, heard]).toEqual([2, ["c"]]);
  });

  it("gives up a silent line and opens another", () => {
    last().says({ type: "hello", v: 1, seq: 1 });
    vi.advanceTimersByTime(SILENCE_LIMIT_MS - 1);
    last().says({ type: "heartbeat", seq: 1, at: "" });
    vi.advanceTimersByTime(SILENCE_LIMIT_MS - 1);
    expect(sockets).toHaveLength(1);
    vi.advanceTimersByTime(1000);
    expect(sockets[0]?.closed).toBe(true);
    expect(sockets).toHaveLength(2);
  });

  it("stays away after stop", () => {
    store.stop();
    last().drops();
    vi.advanceTimersByTime(120_000);
    expect(sockets).toHaveLength(1);
  });
});
