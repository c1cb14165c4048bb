import { describe, expect, it } from "vitest";
import { courseOf, lastBefore, partAt, ReplayClock, sightOf, sightsAt, SPEEDS } from "./replay";

const part = { startMs: 1_000_000, endMs: 1_600_000, stepS: 1 };
const track = (seconds: number[], longitudes: number[]) => ({
  part,
  scale: 100_000,
  tracks: [
    {
      vehicleId: "v1",
      seconds,
      longitudes,
      latitudes: seconds.map(() => 4_300_000),
      speeds: seconds.map(() => 60),
    },
  ],
});

describe("sightsAt", () => {
  const drove = track([-20, 10, 500], [7_000_000, 7_010_000, 7_500_000]);

  it("draws a van between two fixes and calls that an estimate", () => {
    const [sight] = sightsAt(drove, part.startMs - 5000);
    expect(sight).toMatchObject({ longitude: 70.05, estimated: true, ageS: 15, courseDeg: 90 });
  });

  it("leaves a van where it was last heard before a long silence, and tells the age", () => {
    const [sight] = sightsAt(drove, part.startMs + 300_000);
    expect(sight).toMatchObject({ longitude: 70.1, estimated: false, ageS: 290 });
  });

  it("knows nothing before the first fix and forgets after a day", () => {
    expect(sightsAt(drove, part.startMs - 21_000)).toEqual([]);
    expect(sightsAt(drove, part.startMs + 500_000 + 86_401_000)).toEqual([]);
  });
});

describe("sightOf", () => {
  const drove = track([-20, 10], [7_000_000, 7_010_000]);

  it("finds one van, and nothing of a van that was not heard", () => {
    expect(sightOf(drove, "v1", part.startMs + 10_000)?.longitude).toBe(70.1);
    expect(sightOf(drove, "v2", part.startMs + 10_000)).toBeNull();
  });
});

describe("partAt", () => {
  it.each(SPEEDS)("holds the moment and half a minute of playing at %d×", (speed) => {
    const found = partAt(1_700_000_123_456, speed);
    expect(found.startMs).toBeLessThanOrEqual(1_700_000_123_456);
    expect(found.endMs).toBeGreaterThan(1_700_000_123_456);
    expect(found.endMs - found.startMs).toBeGreaterThanOrEqual(
      Math.min(speed * 30, 4 * 3600) * 1000,
    );
    expect(partAt(found.endMs, speed).startMs).toBe(found.endMs);
  });
});

describe("ReplayClock", () => {
  it("runs at its speed, stands still, is set, and stops at the end", () => {
    const clock = new ReplayClock(1000, 60, () => 100_000);
    expect(clock.moment(5)).toBe(1000);
    clock.play(0);
    expect(clock.moment(1000)).toBe(61_000);
    clock.setSpeed(10, 1000);
    expect(clock.moment(2000)).toBe(71_000);
    clock.pause(2000);
    expect(clock.moment(9000)).toBe(71_000);
    clock.seek(5000, 9000);
    clock.play(9000);
    expect(clock.moment(9100)).toBe(6000);
    expect(clock.moment(99_000)).toBe(100_000);
  });
});

it("finds the newest second at or before one", () => {
  expect([-1, 0, 4, 5, 99].map((second) => lastBefore([0, 5, 9], second))).toEqual([
    -1, 0, 0, 1, 2,
  ]);
});

it("tells a course only where a van moved", () => {
  const here = { longitude: 70, latitude: 43 };
  expect(courseOf(here, here)).toBeNull();
  expect(courseOf(here, { longitude: 70, latitude: 42 })).toBe(180);
});
