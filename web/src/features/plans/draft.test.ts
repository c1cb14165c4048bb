import { describe, expect, it } from "vitest";
import {
  newDraft,
  replaced,
  toRoute,
  withLine,
  without,
  withRead,
  withStop,
  withStopAt,
} from "./draft";

const EMPTY = newDraft("r1");

describe("a draft", () => {
  it("is drawn by hand once its line begins anew", () => {
    const line = withLine({ ...EMPTY, source: "imported" }, [[77, 43]]);
    expect(line).toMatchObject({ line: [[77, 43]], source: "drawn" });
    const moved = withLine({ ...line, source: "driven" }, [[77.1, 43]]);
    expect(moved.source).toBe("driven");
  });
  it("moves a village and leaves the others", () => {
    const two = withStop(withStop(EMPTY, [77, 43]), [77.5, 43]);
    const moved = withStopAt(two, 0, [77.1, 43.1]);
    expect(moved.stops[0]).toMatchObject({ longitude: 77.1, latitude: 43.1 });
    expect(moved.stops[1]).toBe(two.stops[1]);
  });
  it("plans a new village after the stay at the one before", () => {
    const draft = withStop(withStop(EMPTY, [77, 43]), [77.5, 43]);
    expect(draft.stops.map(({ arrive_after_s }) => arrive_after_s)).toEqual([1800, 7200]);
    expect(draft.stops[1]).toMatchObject({ longitude: 77.5, latitude: 43, stay_s: 3600 });
  });
  it("takes what was read, and keeps a name that was typed", () => {
    const read = {
      name: "Round",
      line: [[77, 43] as [number, number]],
      length_m: 1,
      source: "driven" as const,
      corridor_m: 150,
      stops: [],
      remarks: ["gaps"],
    };
    expect(withRead(EMPTY, read)).toMatchObject({ name: { kk: "Round" }, corridor_m: 150 });
    const typed = { ...EMPTY, name: { kk: "Менікі", ru: "x", en: "x" } };
    expect(withRead(typed, read).name.kk).toBe("Менікі");
  });
  it("is sent without what only the screen needs", () => {
    expect(Object.keys(toRoute({ ...EMPTY, id: "old", remarks: ["gaps"] }))).not.toContain("id");
  });
});

it("replaces and removes by index", () => {
  expect(replaced([1, 2, 3], 1, 9)).toEqual([1, 9, 3]);
  expect(without([1, 2, 3], 1)).toEqual([1, 3]);
});
