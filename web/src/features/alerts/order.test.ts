import { describe, expect, it } from "vitest";
import { shownOrder } from "./order";

describe("shownOrder", () => {
  it.each([
    ["follows the queue", ["a"], ["b", "a"], false, ["b", "a"]],
    ["keeps new rows back under the cursor", ["a", "c"], ["b", "a", "c"], true, ["a", "c"]],
    ["lets resolved rows go", ["a", "c"], ["c"], true, ["c"]],
    ["does not reorder under the cursor", ["a", "c"], ["c", "a"], true, ["a", "c"]],
  ])("%s", (_, shown, wanted, frozen, expected) => {
    expect(shownOrder(shown, wanted, frozen)).toEqual(expected);
  });
});
