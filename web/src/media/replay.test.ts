import { describe, expect, it } from "vitest";
import { afterHole, instantAt, positionOf } from "./replay";

const START = Date.parse("2026-11-22T09:00:00Z");
// Two pieces of ten seconds; a minute is missing between them.
const pieces = [
  { start: 0, duration: 10, programDateTime: START },
  { start: 10, duration: 10, programDateTime: START + 70_000 },
];

describe("replay positions", () => {
  it.each([
    [0, 0],
    [4.5, 4500],
    [10, 70_000],
    [19, 79_000],
  ])("position %s is so many ms after the start: %s", (position, afterMs) => {
    expect(instantAt(pieces, position)).toBe(START + afterMs);
  });

  it.each([
    ["before the recording", -5000, 0],
    ["within the first piece", 4500, 4.5],
    ["in the gap", 30_000, 10],
    ["within the second piece", 75_000, 15],
    ["after the end", 600_000, 20],
  ])("an instant %s", (_, afterMs, position) => {
    expect(positionOf(pieces, START + afterMs)).toBe(position);
  });

  it("knows nothing of an empty playlist", () => {
    expect(instantAt([], 3)).toBeNull();
    expect(positionOf([], START)).toBeNull();
  });
});

describe("a hole in what is buffered", () => {
  const ranges = [
    [0, 4.98],
    [5.02, 10],
    [12, 14],
  ];
  const buffered = {
    length: ranges.length,
    start: (range: number) => ranges[range]?.[0] ?? NaN,
    end: (range: number) => ranges[range]?.[1] ?? NaN,
  };

  it.each([
    ["is left at its end", 5, 5.021],
    ["is none where there is a picture", 4.5, null],
    ["is none at the first picture after it", 5.02, null],
    ["is waited for where it is large: more is loading", 11, null],
    ["is none after everything", 15, null],
  ])("%s", (_, position, after) => {
    expect(afterHole(buffered, position)).toBe(after);
  });
});
