import { describe, expect, it } from "vitest";
import { SAME_PICTURE_MS, stepFrom } from "./replayActions";

describe("a step", () => {
  // The film tells its place rounded to a millisecond; a picture every 20 ms is the most.
  it.each([
    [1, 1_000.4, 1_000, 1_020],
    [1, 999.6, 1_000, 1_020],
    [-1, 1_000.4, 1_000, 980],
    [-1, 999.6, 1_000, 980],
  ] as const)("by %i from %d is asked for between two pictures", (by, told, shown, next) => {
    const asked = stepFrom(told, by);
    expect(Math.min(shown, next)).toBeLessThan(asked);
    expect(asked).toBeLessThan(Math.max(shown, next));
    expect(Math.abs(asked - told)).toBeLessThan(SAME_PICTURE_MS);
  });
});
