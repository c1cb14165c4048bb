import { describe, expect, it } from "vitest";
import type { Trip, Visit } from "@/api/types";
import {
  dayAfter,
  isUnheard,
  minutesBehind,
  nextVisit,
  punctuality,
  rowsOf,
  underWay,
} from "./board";

const NAME = { kk: "a", ru: "a", en: "a" };

function aVisit(part: Partial<Visit> = {}): Visit {
  return {
    sequence: 1,
    stop_id: "s",
    name: NAME,
    village: "a",
    progress_m: 0,
    planned_arrival_at: "2026-11-22T05:00:00Z",
    planned_departure_at: "2026-11-22T06:00:00Z",
    state: "planned",
    arrived_at: null,
    departed_at: null,
    expected_at: null,
    inferred: false,
    people_served: null,
    ...part,
  };
}

function aTrip(part: Partial<Trip> = {}): Trip {
  return {
    id: "t",
    vehicle_id: "v1",
    plate: "101 AHL 05",
    vehicle_name: NAME,
    region_id: "r",
    route: { id: "r", name: NAME },
    length_m: 100_000,
    service_date: "2026-11-22",
    planned_start_at: "2026-11-22T04:00:00Z",
    planned_end_at: "2026-11-22T08:00:00Z",
    state: "planned",
    started_at: null,
    ended_at: null,
    progress_m: null,
    judged_until: null,
    cancelled_why: "",
    note: "",
    version: 1,
    timetable_id: null,
    visits: [aVisit()],
    crew: [],
    ...part,
  };
}

describe("rows", () => {
  it("are vans by plate with their trips in order", () => {
    const rows = rowsOf([
      aTrip({ id: "a", vehicle_id: "v2", plate: "200" }),
      aTrip({ id: "b" }),
      aTrip({ id: "c", vehicle_id: "v2", plate: "200" }),
    ]);
    expect(rows.map(({ plate, trips }) => [plate, trips.map(({ id }) => id)])).toEqual([
      ["101 AHL 05", ["b"]],
      ["200", ["a", "c"]],
    ]);
  });
});

describe("a trip", () => {
  const inside = Date.parse("2026-11-22T05:30:00Z");
  const after = Date.parse("2026-11-22T09:00:00Z");
  it.each<[Trip["state"], number, boolean]>([
    ["planned", inside, true],
    ["planned", after, false],
    ["running", after, true],
    ["done", inside, false],
    ["cancelled", inside, false],
  ])("that is %s at %d is under way: %s", (state, now, expected) => {
    expect(underWay(aTrip({ state }), now)).toBe(expected);
  });
  it("goes next to the stop that is not done", () => {
    const visits = [
      aVisit({ state: "served" }),
      aVisit({ sequence: 2, state: "skipped" }),
      aVisit({ sequence: 3 }),
    ];
    expect(nextVisit(aTrip({ visits }))?.sequence).toBe(3);
    expect(nextVisit(aTrip({ visits: [aVisit({ state: "served" })] }))).toBeNull();
  });
});

describe("a visit", () => {
  it.each<[Partial<Visit>, number | null]>([
    [{}, null],
    [{ arrived_at: "2026-11-22T05:20:00Z" }, 20],
    [{ arrived_at: "2026-11-22T04:45:00Z", expected_at: "2026-11-22T07:00:00Z" }, -15],
    [{ expected_at: "2026-11-22T05:04:20Z" }, 4],
    [{ expected_at: "2026-11-22T05:04:20Z", state: "skipped" }, null],
  ])("%o is behind by %s minutes", (part, minutes) => {
    expect(minutesBehind(aVisit(part))).toBe(minutes);
  });
  it.each<[number | null, string]>([
    [null, "on_time"],
    [14, "on_time"],
    [15, "late"],
    [-9, "on_time"],
    [-10, "early"],
  ])("%s minutes are %s", (minutes, word) => {
    expect(punctuality(minutes, { late_s: 900, early_s: 600 })).toBe(word);
  });
  it.each<[string, Partial<Visit>, Partial<Trip>, boolean]>([
    ["ahead of a van", { progress_m: 30 }, { state: "running", progress_m: 20 }, false],
    ["behind a van, unheard", { progress_m: 10 }, { state: "running", progress_m: 20 }, true],
    [
      "promised on the way back",
      { progress_m: 10, expected_at: "2026-11-22T07:00:00Z" },
      { state: "running", progress_m: 20 },
      false,
    ],
    ["passed", { state: "passed" }, { state: "running", progress_m: 20 }, false],
    ["of a trip that is over", { progress_m: 10 }, { state: "done", progress_m: null }, true],
    ["of a trip that has not begun", {}, { state: "planned", progress_m: 20 }, false],
  ])("%s", (_, visit, trip, unheard) => {
    expect(isUnheard(aVisit(visit), aTrip(trip))).toBe(unheard);
  });
});

it("knows the day after a month's last", () => {
  expect(dayAfter("2026-11-30", 1)).toBe("2026-12-01");
  expect(dayAfter("2026-03-01", -1)).toBe("2026-02-28");
});
