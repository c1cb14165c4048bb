/** A sketch on a map as GeoJSON, and where it lies. Pure. Corners have longitude first. */

export type Corner = [number, number];

export interface SketchStop {
  corner: Corner;
  label: string;
}

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

export function cornerPoints(
  corners: readonly Corner[],
  chosen: number | null = null,
): GeoJSON.FeatureCollection {
  return collection(
    corners.map((coordinates, index) =>
      feature({ type: "Point", coordinates }, { index, chosen: index === chosen }),
    ),
  );
}

/** Where a corner at a place belongs: after the edge that is nearest to it. */
export function placeInLine(corners: readonly Corner[], [x, y]: Corner, closed: boolean): number {
  const narrow = Math.cos((y * Math.PI) / 180);
  let best = corners.length;
  let nearest = Infinity;
  const edges = closed ? corners.length : corners.length - 1;
  for (let index = 0; index < edges; index += 1) {
    const [ax, ay] = corners[index] as Corner;
    const [bx, by] = corners[(index + 1) % corners.length] as Corner;
    const [dx, dy] = [(bx - ax) * narrow, by - ay];
    const [px, py] = [(x - ax) * narrow, y - ay];
    const length = dx * dx + dy * dy;
    const share = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
    const off = Math.hypot(px - share * dx, py - share * dy);
    if (off < nearest) [nearest, best] = [off, index + 1];
  }
  return best;
}

/** The corners that a line needs to stay within `off` degrees of latitude of itself. */
export function essential(line: readonly Corner[], off: number): Corner[] {
  const kept = new Set([0, line.length - 1]);
  const spans: [number, number][] = [[0, line.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [first, last] = span;
    const [ax, ay] = line[first] as Corner;
    const [bx, by] = line[last] as Corner;
    const narrow = Math.cos((ay * Math.PI) / 180);
    const [dx, dy] = [(bx - ax) * narrow, by - ay];
    const length = dx * dx + dy * dy;
    let [worst, far] = [0, off];
    for (let index = first + 1; index < last; index += 1) {
      const [x, y] = line[index] as Corner;
      const [px, py] = [(x - ax) * narrow, y - ay];
      const share = length === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / length));
      const here = Math.hypot(px - share * dx, py - share * dy);
      if (here > far) [worst, far] = [index, here];
    }
    if (worst) {
      kept.add(worst);
      spans.push([first, worst], [worst, last]);
    }
  }
  return line.filter((_, index) => kept.has(index));
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
