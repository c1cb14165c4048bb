import { describe, expect, it } from "vitest";
import { nextTurn, timestampOf, turnOf } from "./turn";

describe("turns on a surface", () => {
  it.each([0, 0.04, 1_790_000_000.123457, 1_790_000_000.999999])(
    "are read back from the time of a picture of %s s, which stays true to 3 µs",
    (mediaTimeS) => {
      for (const turn of [0, 1, 2, 3]) {
        const timestamp = timestampOf(mediaTimeS, turn);
        expect(turnOf(timestamp / 1e6)).toBe(turn); // what a <video> tells of it: seconds
        expect(Math.abs(timestamp - mediaTimeS * 1e6)).toBeLessThanOrEqual(5);
      }
    },
  );
  it("go round", () => expect([0, 1, 2, 3].map(nextTurn)).toEqual([1, 2, 3, 0]));
});
