import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hangUp, leaveCamera, showCamera, WhepProblem } from "./whepCall";

const NODE = "http://node";
let asked: string[] = [];
let answers: Record<string, number> = {};
let closed = 0;
let onOffer: () => void = () => undefined;

class Connection {
  connectionState = "connected";
  localDescription = { sdp: "offer" };
  addTransceiver = () => ({ receiver: { track: {} } });
  setLocalDescription = async () => undefined;
  setRemoteDescription = async () => undefined;
  close = () => (closed += 1);
}

function answer(url: string, method: string): Response {
  if (url.endsWith("/ticket")) return Response.json({ ticket: "t", media_url: NODE });
  const path = url.replace(NODE, "").replace(/\?.*/, "");
  asked.push(`${method} ${path}`);
  if (path.endsWith("/whep")) onOffer();
  const status = answers[path] ?? (method === "POST" ? 201 : 204);
  return new Response(status === 201 ? "sdp" : null, {
    status,
    headers: { Location: "/media/v1/cameras/a/whep/peer-1" },
  });
}

const show = (camera: string) => showCamera(camera, new AbortController().signal);
const SWITCH = "/media/v1/whep/peer-1/camera";

beforeEach(() => {
  asked = [];
  answers = {};
  closed = 0;
  onOffer = () => undefined;
  vi.useFakeTimers();
  vi.stubGlobal("RTCPeerConnection", Connection);
  vi.stubGlobal("MediaStream", Object);
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) =>
    answer(url, init.method ?? "GET"),
  );
});

afterEach(async () => {
  hangUp();
  await vi.runAllTimersAsync();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the window's one call", () => {
  it("leads to the next camera without a new offer", async () => {
    const first = await show("a");
    answers[SWITCH] = 204;
    leaveCamera();
    expect(await show("b")).toBe(first);
    await vi.advanceTimersByTimeAsync(10_000); // it was wanted again in time
    expect(asked).toEqual(["POST /media/v1/cameras/a/whep", `POST ${SWITCH}`]);
    expect(closed).toBe(0);
  });

  it("ends soon after nobody watches, and tells the node", async () => {
    await show("a");
    leaveCamera();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked.at(-1)).toBe("DELETE /media/v1/cameras/a/whep/peer-1");
    expect(closed).toBe(1);
  });

  it("opens anew where the node forgot it", async () => {
    await show("a");
    answers[SWITCH] = 404;
    await show("b");
    expect(asked).toContain("POST /media/v1/cameras/b/whep");
  });

  it.each([
    [409, "unsupported"],
    [503, "full"],
    [500, "failed"],
  ])("says what %i means", async (status, fault) => {
    answers["/media/v1/cameras/a/whep"] = status;
    await expect(show("a")).rejects.toEqual(new WhepProblem(fault as WhepProblem["fault"]));
    expect(closed).toBe(1);
  });

  it("does not stay open for somebody who leaves while it opens", async () => {
    const leaving = new AbortController();
    onOffer = () => leaving.abort();
    await showCamera("a", leaving.signal);
    expect(closed).toBe(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(closed).toBe(1);
  });

  it("is not opened for somebody who has left already", async () => {
    const leaving = new AbortController();
    const shown = showCamera("a", leaving.signal);
    leaving.abort();
    await expect(shown).rejects.toThrow();
    expect(asked).toEqual([]);
  });
});
