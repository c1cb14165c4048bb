import { describe, expect, it } from "vitest";
import { labelled, labelPoints } from "./geometry";

const square = (x: number, size: number) => [
  [
    [x, 0],
    [x + size, 0],
    [x + size, size],
    [x, size],
    [x, 0],
  ],
];
const collection = (geometry: GeoJSON.Geometry): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features: [{ type: "Feature", geometry, properties: { name: { kk: "Ақмола" } } }],
});
const middle = (geometry: GeoJSON.Geometry) =>
  labelPoints(collection(geometry)).features.map(
    (feature) => feature.geometry.type === "Point" && feature.geometry.coordinates,
  );

describe("labelPoints", () => {
  it.each<[string, GeoJSON.Geometry, unknown]>([
    ["a square", { type: "Polygon", coordinates: square(0, 2) }, [[1, 1]]],
    [
      "the larger of two parts",
      { type: "MultiPolygon", coordinates: [square(50, 1), square(0, 4)] },
      [[2, 2]],
    ],
    ["a line, which is no area", { type: "LineString", coordinates: [] }, []],
  ])("of %s", (_, geometry, expected) => expect(middle(geometry)).toEqual(expected));
});

describe("labelled", () => {
  it("writes the name in the language of the page", () => {
    const given = collection({ type: "Point", coordinates: [0, 0] });
    const [feature] = labelled(given, (names) => names?.kk ?? "").features;
    expect(feature?.properties?.["label"]).toBe("Ақмола");
  });
});
