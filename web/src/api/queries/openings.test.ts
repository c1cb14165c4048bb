import { beforeEach, describe, expect, it } from "vitest";
import { keepOpening, takeOpening } from "./openings";

const at = (minute: number) => new Date(Date.UTC(2026, 2, 19, 7, minute));
const NOW_MS = at(30).getTime();
const OPENING = {
  camera_id: "hall",
  starts_at: at(0).toISOString(),
  ends_at: at(25).toISOString(),
  expires_at: at(31).toISOString(),
  ticket: "signed",
  media_url: "http://localhost:8090",
};

describe("a replay ticket that came with a card", () => {
  beforeEach(() => keepOpening(OPENING));

  it("is given out once", () => {
    expect(takeOpening("hall", at(5), at(25), NOW_MS)).toBe(OPENING);
    expect(takeOpening("hall", at(5), at(25), NOW_MS)).toBeNull();
  });

  it("waits for its camera", () => {
    expect(takeOpening("window", at(5), at(20), NOW_MS)).toBeNull();
    expect(takeOpening("hall", at(5), at(20), NOW_MS)).toBe(OPENING);
  });

  it.each([
    ["begins too late", at(-1), at(20), NOW_MS],
    ["ends too early", at(5), at(26), NOW_MS],
    ["is about to end", at(5), at(20), at(31).getTime() - 5_000],
  ])("is not given out where it %s", (_, from, to, nowMs) => {
    expect(takeOpening("hall", from, to, nowMs)).toBeNull();
  });
});
