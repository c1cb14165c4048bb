/** A sketch on a map as GeoJSON, and where it lies. Pure. Corners have longitude first. */

export type Corner = [number, number];

export interface SketchStop {
  corner: Corner;
  label: string;
}

/** More corners than this are a driven or imported line: it is shown, not dragged about. */
export const MOST_CORNERS = 300;

const feature = (geometry: GeoJSON.Geometry, properties: GeoJSON.GeoJsonProperties = {}) => ({
  type: "Feature" as const,
  geometry,
  properties,
});

const collection = (features: GeoJSON.Feature[]): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features,
});

/** The line, or the area where it is closed and has three corners. */
export function sketched(corners: readonly Corner[], closed: boolean): GeoJSON.FeatureCollection {
  const [first] = corners;
  if (!first || corners.length < 2) return collection([]);
  if (closed && corners.length >= 3)
    return collection([feature({ type: "Polygon", coordinates: [[...corners, first]] })]);
  return collection([feature({ type: "LineString", coordinates: [...corners] })]);
}

export function cornerPoints(corners: readonly Corner[]): GeoJSON.FeatureCollection {
  if (corners.length > MOST_CORNERS) return collection([]);
  return collection(
    corners.map((coordinates, index) => feature({ type: "Point", coordinates }, { index })),
  );
}

export function stopPoints(stops: readonly SketchStop[]): GeoJSON.FeatureCollection {
  return collection(
    stops.map(({ corner, label }, index) =>
      feature({ type: "Point", coordinates: corner }, { label: `${index + 1}. ${label}`, index }),
    ),
  );
}

/** West, south, east, north of everything; null where there is nothing. */
export function boxOf(corners: readonly Corner[]): [number, number, number, number] | null {
  if (corners.length === 0) return null;
  const longitudes = corners.map(([longitude]) => longitude);
  const latitudes = corners.map(([, latitude]) => latitude);
  const least = (values: number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: number[]) => values.reduce((a, b) => Math.max(a, b));
  return [least(longitudes), least(latitudes), most(longitudes), most(latitudes)];
}
