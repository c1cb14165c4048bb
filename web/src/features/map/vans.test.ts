import { describe, expect, it } from "vitest";
import type { Vehicle } from "@/api/types";
import { GLIDE_MS, guesses, sightFeatures, vanFeatures, VanGlides, vansThen } from "./vans";

const van = (longitude: number | null, id = "v1") =>
  ({
    id,
    plate: "001 ABC 01",
    freshness: "online",
    report_interval_s: 30,
    position:
      longitude === null
        ? null
        : {
            longitude,
            latitude: 50,
            speed_km_h: 72,
            course_deg: 90,
            fixed_at: new Date(0).toISOString(),
          },
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
    const { features } = vanFeatures(vans, glides, "v1", 0, String, 90_000);
    expect(features.map(({ properties }) => properties)).toMatchObject([
      { id: "v1", selected: true, age: "90", estimated: false },
    ]);
  });
});

describe("guesses", () => {
  it.each([
    ["not while the van reports in time", 40, 0],
    ["where it should have reported", 50, 2],
    ["not when nobody can say any more", 61, 0],
  ])("%s", (_, ageS, count) => {
    expect(guesses([van(70)], ageS * 1000).features).toHaveLength(count);
  });

  it("lie straight ahead, as far as the van drove", () => {
    const { geometry } = guesses([van(70)], 50_000).features[1] ?? {};
    const place = geometry?.type === "Point" ? geometry.coordinates : [];
    expect(place[0]).toBeCloseTo(70.014, 3);
    expect(place[1]).toBeCloseTo(50, 6);
  });
});

describe("vansThen", () => {
  it("tells the state of the connection at the replayed moment, not today's", () => {
    const sight = { longitude: 70, latitude: 50, speedKmH: 60, courseDeg: null, estimated: false };
    const then = vansThen(
      [van(70), van(70, "v2"), van(70, "v3")],
      [
        { ...sight, vehicleId: "v1", ageS: 300 },
        { ...sight, vehicleId: "v2", ageS: 10 },
      ],
    );
    expect(then.map(({ freshness }) => freshness)).toEqual(["stale", "online", "lost"]);
  });
});

describe("sightFeatures", () => {
  it("writes plate and age, and leaves out vans that are not shown", () => {
    const sight = { longitude: 70, latitude: 50, speedKmH: 60, courseDeg: null, estimated: true };
    const { features } = sightFeatures(
      [
        { ...sight, vehicleId: "v1", ageS: 1000 },
        { ...sight, vehicleId: "v2", ageS: 0 },
      ],
      new Map([["v1", "001"]]),
      null,
      String,
    );
    expect(features.map(({ properties }) => properties)).toMatchObject([
      { plate: "001", age: "1000", freshness: "lost", estimated: true, selected: false },
    ]);
  });
});
