import { describe, expect, it } from "vitest";
import { boxOf, cornerPoints, MOST_CORNERS, sketched, stopPoints, type Corner } from "./sketch";

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
  it("shows no corners of a long line", () => {
    const long = Array.from({ length: MOST_CORNERS + 1 }, (): Corner => A);
    expect(cornerPoints(long).features).toEqual([]);
    expect(cornerPoints([A, B]).features).toHaveLength(2);
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
