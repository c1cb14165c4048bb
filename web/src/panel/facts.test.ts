import { describe, expect, it } from "vitest";
import {
  isServing,
  type Kind,
  type Said,
  saidAt,
  stopNow,
  type Trip,
  tripNow,
  type Visit,
} from "./facts";

const HOUR = 3_600_000;
const NOON = Date.parse("2026-03-19T07:00:00Z");
const at = (hours: number) => new Date(NOON + hours * HOUR).toISOString();

const visit = (sequence: number, state: Visit["state"] = "planned") =>
  ({ sequence, state, people_served: null }) as Visit;
const trip = (id: string, from: number, to: number, more: Partial<Trip> = {}) =>
  ({
    id,
    planned_start_at: at(from),
    planned_end_at: at(to),
    state: "planned",
    visits: [visit(1), visit(2), visit(3)],
    ...more,
  }) as Trip;
let key = 0;
const said = (kind: Kind, sequence: number, fate: Said["fate"] = "waiting"): Said => ({
  key: (key += 1),
  fate,
  report: { id: String(key), kind, happened_at: at(0), trip_id: "t", sequence },
});

describe("the trip that is shown", () => {
  const gone = trip("gone", -8, -4);
  const due = trip("due", 1, 5);
  const later = trip("later", 6, 9);
  it.each([
    ["the one that runs", [gone, { ...later, state: "running" as const }, due], "later"],
    ["the one that is due", [gone, due, later], "due"],
    ["the next where none is due", [gone, later], "later"],
    ["the last where none comes", [gone], "gone"],
    ["none that is cancelled", [{ ...due, state: "cancelled" as const }, later], "later"],
    ["a cancelled one rather than nothing", [{ ...due, state: "cancelled" as const }], "due"],
  ])("is %s", (_, trips, id) => {
    expect(tripNow(trips, NOON)?.id).toBe(id);
  });
  it("is none on a day without", () => {
    expect(tripNow([], NOON)).toBeNull();
  });
});

describe("the stop that the crew is at", () => {
  const day = trip("t", 0, 6);
  it.each<[string, Said[], number]>([
    ["the first at the start", [], 1],
    ["where it arrived, though not the next by plan", [said("arrived", 2)], 2],
    ["where it serves until it leaves", [said("arrived", 1), said("people_served", 1)], 1],
    ["the next after it left", [said("arrived", 1), said("departed", 1)], 2],
    ["not where the centre refused it", [said("arrived", 3, "refused")], 1],
    ["the last at the end", [said("departed", 1), said("departed", 2), said("departed", 3)], 3],
  ])("is %s", (_, words, sequence) => {
    expect(stopNow(day, words)?.sequence).toBe(sequence);
  });
  it("follows what the centre found where the crew said nothing", () => {
    const driven = { ...day, visits: [visit(1, "served"), visit(2, "skipped"), visit(3)] };
    expect(stopNow(driven, [])?.sequence).toBe(3);
  });
  it.each<[string, Said[], boolean]>([
    ["not before it arrives", [], false],
    ["from its arrival on", [said("arrived", 2)], true],
    ["while it serves", [said("arrived", 2), said("serving", 2)], true],
    ["not after it left", [said("arrived", 2), said("departed", 2)], false],
  ])("is served %s", (_, words, serving) => {
    expect(isServing(day, words)).toBe(serving);
  });
  it("is what was said last of each kind", () => {
    const words = saidAt([said("people_served", 1), said("people_served", 1, "sent")], "t", 1);
    expect(words.people_served?.fate).toBe("sent");
  });
});
