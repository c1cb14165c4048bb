import { expect, it } from "vitest";
import { speedAfter } from "./speeds";

it.each([
  [1, 1, 2],
  [1, -1, 0.5],
  [16, 1, 16],
  [0.25, -1, 0.25],
  [3, 1, 8],
] as const)("from ×%s by %s comes ×%s", (rate, by, expected) => {
  expect(speedAfter(rate, by)).toBe(expected);
});
