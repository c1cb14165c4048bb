import { describe, expect, it } from "vitest";
import { GroundProblem, resolved, styleSources, type ForeignStyle } from "./groundStyle";

const BASE = "https://tiles.kz/maps/style.json";
const style = (source: object, sprite?: string): ForeignStyle => ({
  sources: { one: source as ForeignStyle["sources"][string] },
  layers: [],
  ...(sprite ? { sprite } : {}),
});
const read = (of: ForeignStyle, allowed = ["https://tiles.kz"]) =>
  styleSources(of, BASE, allowed, "whose")["one"];

describe("resolved", () => {
  it.each([
    ["./{z}/{x}/{y}.pbf", "https://tiles.kz/maps/{z}/{x}/{y}.pbf"],
    ["/a b/{z}", "https://tiles.kz/a%20b/{z}"],
    ["https://else.kz/{z}.png", "https://else.kz/{z}.png"],
  ])("%s", (address, whole) => expect(resolved(address, BASE)).toBe(whole));
});

describe("styleSources", () => {
  it("makes every address whole and says whose the tiles are", () => {
    expect(read(style({ type: "vector", tiles: ["t/{z}/{x}/{y}.pbf"] }))).toMatchObject({
      tiles: ["https://tiles.kz/maps/t/{z}/{x}/{y}.pbf"],
      attribution: "whose",
    });
    expect(read(style({ type: "raster", url: "tiles.json", attribution: "© them" }))).toMatchObject(
      {
        url: "https://tiles.kz/maps/tiles.json",
        attribution: "© them",
      },
    );
    expect(read(style({ type: "geojson", data: { type: "FeatureCollection" } }))).toEqual({
      type: "geojson",
      data: { type: "FeatureCollection" },
    });
  });

  it.each([
    ["tiles", style({ type: "raster", tiles: ["https://else.kz/{z}/{x}/{y}.png"] })],
    ["a list of tiles", style({ type: "vector", url: "https://else.kz/tiles.json" })],
    ["pictures", style({ type: "geojson", data: "lakes.json" }, "https://else.kz/sprite")],
  ])("refuses %s of a server that the setting does not name", (_, strange) => {
    expect(() => read(strange)).toThrow(new GroundProblem("stranger", "https://else.kz"));
    expect(read(strange, ["https://tiles.kz", "https://else.kz"])).toBeDefined();
  });
});
