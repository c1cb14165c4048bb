import { describe, expect, it } from "vitest";
import { barOf, markOf, replaySpan, ticksOf } from "./timeline";

const MINUTE = 60_000;
const AT = Date.parse("2026-11-22T09:20:00Z");

describe("replaySpan", () => {
  it("lies around the stated time", () => {
    const span = replaySpan(AT, 5 * MINUTE, AT - 2 * MINUTE, AT + 600 * MINUTE);
    expect(span).toEqual({ fromMs: AT - 15 * MINUTE, toMs: AT + 20 * MINUTE });
  });
  it("ends now when the complaint is fresh", () => {
    expect(replaySpan(AT, 5 * MINUTE, AT - 2 * MINUTE, AT + 3 * MINUTE).toMs).toBe(AT + 3 * MINUTE);
  });
  it("always holds where the replay starts", () => {
    const early = AT - 60 * MINUTE;
    expect(replaySpan(AT, 0, early, AT).fromMs).toBe(early);
  });
});

describe("bars and marks", () => {
  const span = { fromMs: AT, toMs: AT + 100 * MINUTE };
  it.each([
    ["inside", 10, 30, { left: 10, width: 20 }],
    ["cut at both ends", -50, 500, { left: 0, width: 100 }],
    ["before", -50, -10, null],
    ["after", 110, 120, null],
  ])("a stretch %s", (_, from, to, bar) => {
    expect(barOf(span, AT + from * MINUTE, AT + to * MINUTE)).toEqual(bar);
  });
  it("marks an instant", () => {
    expect(markOf(span, AT + 25 * MINUTE)).toBe(25);
    expect(markOf(span, AT - 1)).toBeNull();
  });
  it("writes full minutes, not too many", () => {
    const ticks = ticksOf(span);
    expect(ticks.length).toBeLessThanOrEqual(9);
    expect(ticks.every((tick) => tick % (5 * MINUTE) === 0)).toBe(true);
  });
});
