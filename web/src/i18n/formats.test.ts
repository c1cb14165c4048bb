import { describe, expect, it } from "vitest";
import { formatDate, formatDay, formatNumber, formatTime } from "./formats";
import { inputValues, instantOf, parseClock, splitDuration } from "./formats";

const NOON_UTC = "2026-11-22T12:04:05Z";

describe("formats", () => {
  it.each([
    ["kk", "22 қараша 2026"],
    ["ru", "22 ноября 2026"],
    ["en", "22 November 2026"],
  ] as const)("writes a date in %s", (language, expected) => {
    expect(formatDate(NOON_UTC, "Asia/Almaty", language)).toBe(expected);
    expect(formatDay("2026-11-22", language)).toBe(expected);
  });

  it("writes the clock of the office, not of the browser", () => {
    expect(formatTime(NOON_UTC, "Asia/Almaty")).toBe("17:04:05");
    expect(formatTime(NOON_UTC, "UTC", false)).toBe("12:04");
    expect(formatTime("2026-11-22T19:00:00Z", "Asia/Almaty")).toBe("00:00:00");
  });

  it("knows that Almaty was six hours ahead before March 2024", () => {
    expect(formatTime("2024-02-01T06:00:00Z", "Asia/Almaty", false)).toBe("12:00");
  });

  it.each([
    [1234567.5, "kk", 1, "1\u00a0234\u00a0567,5"],
    [1234567.5, "en", 1, "1,234,567.5"],
    [-12, "ru", 0, "−12"],
    [999, "kk", 0, "999"],
  ] as const)("writes %s in %s", (value, language, decimals, expected) => {
    expect(formatNumber(value, language, decimals)).toBe(expected);
  });

  it.each([
    [-3, [[0, "s"]]],
    [59.9, [[59, "s"]]],
    [61, [[1, "min"]]],
    [3600, [[1, "h"]]],
    [
      7500,
      [
        [2, "h"],
        [5, "min"],
      ],
    ],
    [
      200_000,
      [
        [2, "d"],
        [7, "h"],
      ],
    ],
  ])("splits %s seconds", (seconds, expected) => {
    expect(splitDuration(seconds)).toEqual(expected);
  });

  it.each([
    ["14:02", "14:02:00"],
    ["9:05", "09:05:00"],
    ["14.02.30", "14:02:30"],
    ["1402", "14:02:00"],
    [" 235959 ", "23:59:59"],
    ["24:00", null],
    ["14:60", null],
    ["", null],
    ["soon", null],
  ])("reads %s as a time of day", (typed, clock) => expect(parseClock(typed)).toBe(clock));

  it("turns an office's wall clock into an instant and back", () => {
    const instant = instantOf("2026-11-22", "14:02", "Asia/Almaty");
    expect(instant.toISOString()).toBe("2026-11-22T09:02:00.000Z");
    expect(inputValues(instant, "Asia/Almaty")).toEqual({ day: "2026-11-22", time: "14:02:00" });
    expect(Number.isNaN(instantOf("", "14:02", "UTC").getTime())).toBe(true);
  });
});
