import { describe, expect, it } from "vitest";
import {
  boxOf,
  type Corner,
  cornerPoints,
  essential,
  placeInLine,
  sketched,
  stopPoints,
} from "./sketch";

const A: Corner = [77, 43];
const B: Corner = [77.5, 43.2];
const C: Corner = [77.2, 43.4];

describe("a sketch", () => {
  it.each<[Corner[], boolean, string | undefined]>([
    [[], false, undefined],
    [[A], true, undefined],
    [[A, B], false, "LineString"],
    [[A, B], true, "LineString"],
    [[A, B, C], true, "Polygon"],
    [[A, B, C], false, "LineString"],
  ])("of %j, closed %s, is a %s", (corners, closed, kind) => {
    expect(sketched(corners, closed).features[0]?.geometry.type).toBe(kind);
  });
  it("closes its ring", () => {
    const { geometry } = sketched([A, B, C], true).features[0] as GeoJSON.Feature<GeoJSON.Polygon>;
    expect(geometry.coordinates[0]).toEqual([A, B, C, A]);
  });
  it("marks the corner that was chosen", () => {
    const marked = cornerPoints([A, B], 1).features.map(({ properties }) => properties?.["chosen"]);
    expect(marked).toEqual([false, true]);
  });
  it.each<[Corner, boolean, number]>([
    [[77.3, 43.11], false, 1],
    [[77.35, 43.3], false, 2],
    [[77.1, 43.2], true, 3],
    [[76.9, 42.9], false, 1],
  ])("has room for %j, closed %s, before corner %d", (place, closed, index) => {
    expect(placeInLine([A, B, C], place, closed)).toBe(index);
  });
  it("finds the corners that a dense line was made of", () => {
    const dense = [A, B, C].flatMap(([x, y], index, all): Corner[] => {
      const [toX, toY] = all[index + 1] ?? [x, y];
      const parts = index < 2 ? 40 : 1;
      return Array.from({ length: parts }, (_, part) => [
        Math.round((x + ((toX - x) * part) / parts) * 1e7) / 1e7,
        Math.round((y + ((toY - y) * part) / parts) * 1e7) / 1e7,
      ]);
    });
    expect(dense).toHaveLength(81);
    expect(essential(dense, 0.00001)).toEqual([A, B, C]);
    expect(essential([A, B], 0.00001)).toEqual([A, B]);
  });
  it("numbers its stops", () => {
    const [stop] = stopPoints([{ corner: A, label: "Есік" }]).features;
    expect(stop?.properties).toMatchObject({ label: "1. Есік", index: 0 });
  });
  it("knows its box", () => {
    expect(boxOf([A, B, C])).toEqual([77, 43, 77.5, 43.4]);
    expect(boxOf([])).toBeNull();
  });
});
