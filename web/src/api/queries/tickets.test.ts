import { afterEach, describe, expect, it, vi } from "vitest";
import { askAhead, liveTicket } from "./tickets";

interface Asked {
  path: string;
  body: unknown;
}

/** An API that gives tickets for all cameras but those named. */
function api(...without: string[]): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
    const path = url.replace("/api/v1", "");
    const body = JSON.parse(String(init.body)) as { camera_ids?: string[] };
    asked.push({ path, body });
    const one = /cameras\/(\w+)\/ticket$/.exec(path)?.[1];
    if (one !== undefined) {
      return Promise.resolve(
        without.includes(one)
          ? Response.json({ title: "gone", status: 404 }, { status: 404 })
          : Response.json({ ticket: one }),
      );
    }
    const items = (body.camera_ids ?? [])
      .filter((id) => !without.includes(id))
      .map((camera_id) => ({ camera_id, ticket: camera_id }));
    return Promise.resolve(Response.json({ items }));
  });
  return asked;
}

describe("liveTicket", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it("asks for one camera alone", async () => {
    const asked = api();
    expect((await liveTicket("a")).ticket).toBe("a");
    expect(asked.map(({ path }) => path)).toEqual(["/cameras/a/ticket"]);
  });
  it("asks once for a whole page, also for a camera on two tiles", async () => {
    const asked = api();
    const tickets = await Promise.all(["a", "b", "a"].map(liveTicket));
    expect(tickets.map(({ ticket }) => ticket)).toEqual(["a", "b", "a"]);
    expect(asked).toEqual([{ path: "/cameras/tickets", body: { camera_ids: ["a", "b"] } }]);
  });
  it("gives out what was asked ahead, each once", async () => {
    const asked = api("c");
    askAhead(["a", "b", "c"]);
    expect((await liveTicket("a")).ticket).toBe("a");
    await expect(liveTicket("c")).rejects.toMatchObject({ status: 404 });
    expect(asked.map(({ path }) => path)).toEqual(["/cameras/tickets", "/cameras/c/ticket"]);
    expect((await liveTicket("a")).ticket).toBe("a");
    expect(asked.map(({ path }) => path)).toContain("/cameras/a/ticket");
  });
  it("forgets what was asked ahead and not shown", async () => {
    vi.useFakeTimers();
    const asked = api();
    askAhead(["a", "b"]);
    await vi.advanceTimersByTimeAsync(5_000);
    await liveTicket("b");
    expect(asked.at(-1)?.path).toBe("/cameras/b/ticket");
  });
  it("says of the camera that is left out what is wrong, the others play", async () => {
    api("b");
    const [a, b] = await Promise.allSettled(["a", "b"].map(liveTicket));
    expect(a?.status).toBe("fulfilled");
    expect(b).toMatchObject({ status: "rejected", reason: { status: 404 } });
  });
});
