import { describe, expect, it } from "vitest";
import { LOOK_MS, NO_STATS, pictureAge, STALE_AFTER_S } from "./age";
import { ServerClock } from "./serverClock";

const STARTED = 1_790_000_000_000;
const drawn = { ...NO_STATS, frames: 9, mediaTime: STARTED / 1000, state: "live" as const };

describe("pictureAge", () => {
  it.each([
    ["a fresh picture is live", drawn, 400, { kind: "live", ageS: 0.4 }],
    ["two seconds and a half are still live", drawn, 2500, { kind: "live", ageS: 2.5 }],
    [
      "before three seconds it is not live any more",
      drawn,
      2501,
      { kind: "stale", lastAtMs: STARTED },
    ],
    ["a picture from the near future has no age", drawn, -200, { kind: "live", ageS: 0 }],
    ["before the first picture we wait", NO_STATS, 1000, { kind: "waiting" }],
    ["not for long", NO_STATS, 2501, { kind: "stale", lastAtMs: null }],
    [
      "nor when it is forbidden",
      { ...NO_STATS, problem: 403 },
      10,
      { kind: "stale", lastAtMs: null },
    ],
  ])("%s", (_, stats, afterMs, expected) => {
    const age = pictureAge(stats, STARTED, STARTED + afterMs);
    if (age.kind === "live") expect(age.ageS).toBeCloseTo((expected as { ageS: number }).ageS, 3);
    else expect(age).toEqual(expected);
  });

  it("is looked at often enough for a stopped picture to be grey within 3 s", () => {
    expect(STALE_AFTER_S * 1000 + LOOK_MS).toBeLessThanOrEqual(3000);
  });

  it("is corrected for a clock that runs apart from the node's", () => {
    const age = pictureAge({ ...drawn, clockOffsetS: 60 }, STARTED, STARTED - 60_000 + 500);
    expect(age.kind === "live" && age.ageS).toBeCloseTo(0.5, 3);
  });
});

describe("ServerClock", () => {
  it("trusts the record that was least late and forgets after a while", () => {
    const clock = new ServerClock();
    expect(clock.offsetS).toBe(0);
    clock.observe(105, 100_000);
    clock.observe(105.2, 101_000);
    expect(clock.offsetS).toBe(5);
    clock.observe(113, 111_000);
    clock.observe(124, 122_000);
    expect(clock.offsetS).toBe(2);
  });
});
