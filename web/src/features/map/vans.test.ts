import { describe, expect, it } from "vitest";
import type { Vehicle } from "@/api/types";
import { GLIDE_MS, vanFeatures, VanGlides } from "./vans";

const van = (longitude: number | null, id = "v1") =>
  ({
    id,
    plate: "001 ABC 01",
    freshness: "online",
    position: longitude === null ? null : { longitude, latitude: 50 },
  }) as Vehicle;

describe("VanGlides", () => {
  it("puts a van on its first fix at once", () => {
    const glides = new VanGlides();
    glides.aim([van(70)], 0, true);
    expect(glides.at("v1", 0)).toEqual({ longitude: 70, latitude: 50 });
  });

  it("glides to the next fix and stays there, however late the next one is", () => {
    const glides = new VanGlides();
    glides.aim([van(70)], 0, true);
    glides.aim([van(72)], 5000, true);
    expect(glides.at("v1", 5000 + GLIDE_MS / 2)?.longitude).toBe(71);
    expect(glides.moving(5000 + GLIDE_MS / 2)).toBe(true);
    expect(glides.at("v1", 60_000)?.longitude).toBe(72);
    expect(glides.moving(60_000)).toBe(false);
  });

  it("sets out from where the van is drawn when a fix comes on the way", () => {
    const glides = new VanGlides();
    glides.aim([van(70)], 0, true);
    glides.aim([van(72)], 5000, true);
    glides.aim([van(80)], 5000 + GLIDE_MS / 2, true);
    expect(glides.at("v1", 5000 + GLIDE_MS / 2)?.longitude).toBe(71);
  });

  it("jumps where motion is not wanted, and forgets vans that are gone", () => {
    const glides = new VanGlides();
    glides.aim([van(70)], 0, false);
    glides.aim([van(72)], 5000, false);
    expect(glides.at("v1", 5000)?.longitude).toBe(72);
    glides.aim([], 6000, false);
    expect(glides.at("v1", 6000)).toBeNull();
  });
});

describe("vanFeatures", () => {
  it("leaves out vans that were never heard", () => {
    const glides = new VanGlides();
    const vans = [van(70), van(null, "v2")];
    glides.aim(vans, 0, false);
    const { features } = vanFeatures(vans, glides, "v1", 0);
    expect(features.map(({ properties }) => [properties.id, properties.selected])).toEqual([
      ["v1", true],
    ]);
  });
});
