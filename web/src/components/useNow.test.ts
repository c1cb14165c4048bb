import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { onBeat } from "./useNow";

describe("onBeat", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("gives all who ask for the same interval one timer, and ends it with the last", () => {
    const heard = [vi.fn(), vi.fn(), vi.fn()] as const;
    const stops = [onBeat(500, heard[0]), onBeat(500, heard[1]), onBeat(1000, heard[2])];
    expect(vi.getTimerCount()).toBe(2);
    vi.advanceTimersByTime(1000);
    expect(heard.map((each) => each.mock.calls.length)).toEqual([2, 2, 1]);
    stops[0]?.();
    vi.advanceTimersByTime(500);
    expect(heard.map((each) => each.mock.calls.length)).toEqual([2, 3, 1]);
    for (const stop of stops) stop();
    expect(vi.getTimerCount()).toBe(0);
    onBeat(500, heard[0])();
    expect(vi.getTimerCount()).toBe(0);
  });
});
