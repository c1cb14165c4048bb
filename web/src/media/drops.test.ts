import { describe, expect, it } from "vitest";
import { countDrops, NO_DROPS, shownDrops } from "./drops";

describe("drops", () => {
  it("adds up while a spell goes on, forgets it 10 s later, begins the next from zero", () => {
    const first = countDrops(NO_DROPS, 20, 1000);
    const second = countDrops(first, 25, 9000);
    expect([shownDrops(first, 1000), shownDrops(second, 18_999)]).toEqual([20, 25]);
    expect(shownDrops(second, 19_000)).toBe(0);
    expect(shownDrops(countDrops(second, 28, 30_000), 30_000)).toBe(3);
  });
  it("says nothing when nothing was dropped, also not after another tile's", () => {
    expect(shownDrops(countDrops(NO_DROPS, 0, 5), 5)).toBe(0);
    expect(shownDrops(countDrops(countDrops(NO_DROPS, 9, 5), 2, 6), 6)).toBe(0);
  });
});
