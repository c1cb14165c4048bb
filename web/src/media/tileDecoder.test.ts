import { describe, expect, it } from "vitest";
import { isTooSlow } from "./tileDecoder";

describe("isTooSlow", () => {
  it.each([
    ["keeps up", 2, 100, 100.1, false],
    ["is given a picture after a gap", 0, 100, 130, false],
    ["decodes the cached pictures of a join", 60, null, 100, false],
    ["is behind by a moment", 12, 100, 100.8, false],
    ["is behind by more than a second", 12, 100, 101.1, true],
    ["is buried, also before the first picture", 121, null, 100, true],
  ])("when it %s", (_, waiting, drawn, arrived, slow) => {
    expect(isTooSlow(waiting, drawn, arrived)).toBe(slow);
  });
});
