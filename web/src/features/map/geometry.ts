/** Preparing GeoJSON for the map: names in the person's language, one label for each area. Pure. */

import type { Names } from "@/api/types";

type Feature = GeoJSON.Feature<GeoJSON.Geometry | null, GeoJSON.GeoJsonProperties>;
type Ring = GeoJSON.Position[];

/** Each feature with `label`, its name in one language. */
export function labelled(
  collection: GeoJSON.FeatureCollection,
  nameOf: (names: Names | null | undefined) => string,
): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: collection.features.map((feature) => ({
      ...feature,
      properties: { ...feature.properties, label: nameOf(feature.properties?.["name"] as Names) },
    })),
  };
}

/** A point in the middle of each area's largest part, so that its name is written once. */
export function labelPoints(collection: GeoJSON.FeatureCollection): GeoJSON.FeatureCollection {
  const features = collection.features.flatMap((feature: Feature) => {
    const rings = outerRings(feature.geometry);
    const largest = rings.reduce<Ring | null>(
      (best, ring) => (!best || Math.abs(area(ring)) > Math.abs(area(best)) ? ring : best),
      null,
    );
    if (!largest) return [];
    const geometry = { type: "Point" as const, coordinates: centroid(largest) };
    return [{ type: "Feature" as const, geometry, properties: feature.properties }];
  });
  return { type: "FeatureCollection", features };
}

function outerRings(geometry: GeoJSON.Geometry | null): Ring[] {
  const parts =
    geometry?.type === "Polygon"
      ? [geometry.coordinates]
      : geometry?.type === "MultiPolygon"
        ? geometry.coordinates
        : [];
  return parts.flatMap((part) => part.slice(0, 1));
}

function eachEdge(ring: Ring, visit: (x0: number, y0: number, x1: number, y1: number) => void) {
  for (let index = 0; index + 1 < ring.length; index += 1) {
    const [x0 = 0, y0 = 0] = ring[index] ?? [];
    const [x1 = 0, y1 = 0] = ring[index + 1] ?? [];
    visit(x0, y0, x1, y1);
  }
}

function area(ring: Ring): number {
  let sum = 0;
  eachEdge(ring, (x0, y0, x1, y1) => (sum += x0 * y1 - x1 * y0));
  return sum / 2;
}

function centroid(ring: Ring): [number, number] {
  const whole = area(ring);
  if (whole === 0) return [ring[0]?.[0] ?? 0, ring[0]?.[1] ?? 0];
  let x = 0;
  let y = 0;
  eachEdge(ring, (x0, y0, x1, y1) => {
    const cross = x0 * y1 - x1 * y0;
    x += (x0 + x1) * cross;
    y += (y0 + y1) * cross;
  });
  return [x / (6 * whole), y / (6 * whole)];
}
