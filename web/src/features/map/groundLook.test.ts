import { describe, expect, it } from "vitest";
import { vectorLayers } from "./groundLook";

describe("vectorLayers", () => {
  it("draws what the usual names mean, land first and names last, and nothing it does not know", () => {
    const names = ["places", "water", "transportation", "boundary", "pois", "waterway", "earth"];
    const made = vectorLayers("own", names, "kk");
    expect(made.map(({ id }) => id)).toEqual([
      "own-earth",
      "own-waterway",
      "own-water",
      "own-transportation",
      "own-boundary",
      "own-places",
    ]);
  });

  it("names places in the person's language first", () => {
    const [places] = vectorLayers("own", ["places"], "kk");
    expect(JSON.stringify(places)).toContain('["coalesce",["get","name:kk"]');
  });
});
