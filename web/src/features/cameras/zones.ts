/** Zones while they are drawn: corners are shares of the picture, 0–1 from the top left. */

import type { Zone, ZoneIn, ZoneKind } from "@/api/types";

export type Corner = [number, number];

export interface DrawnZone {
  /** Ours while drawing; the server's id is `id`. */
  key: string;
  id: string | null;
  kind: ZoneKind;
  name: string;
  polygon: Corner[];
  anchor: Zone["anchor"];
  zoom: boolean;
  window_id: string | null;
  queue_limit: number | null;
  queue_for_s: number | null;
}

export const KINDS: readonly ZoneKind[] = [
  "queue",
  "operator",
  "visitor",
  "entrance",
  "hall",
  "queue_head",
  "queue_tail",
  "restricted",
  "mask",
];
/** Kinds in which somebody is by one point of the body: an operator is by the whole body. */
export const hasAnchor = (kind: ZoneKind): boolean => kind !== "operator" && kind !== "mask";

/** Kinds that have a limit of people. */
export const LIMITED: ReadonlySet<ZoneKind> = new Set<ZoneKind>(["queue", "hall"]);
export const LEAST_CORNERS = 3;
/** One press of an arrow key, and one with Shift. */
export const STEP = 0.01;
export const SMALL_STEP = 0.002;

export const drawn = (zones: readonly Zone[]): DrawnZone[] =>
  zones.map((zone) => ({
    key: zone.id,
    id: zone.id,
    kind: zone.kind,
    name: zone.name,
    polygon: zone.polygon.map(([x, y]): Corner => [x ?? 0, y ?? 0]),
    anchor: zone.anchor,
    zoom: zone.zoom,
    window_id: zone.window_id,
    queue_limit: zone.queue_limit,
    queue_for_s: zone.queue_for_s,
  }));

export const toSend = (zones: readonly DrawnZone[]): ZoneIn[] =>
  zones.map(({ id, kind, name, polygon, anchor, zoom, window_id, queue_limit, queue_for_s }) => ({
    id,
    kind,
    name,
    polygon,
    anchor,
    zoom: zoom && kind !== "mask",
    window_id: kind === "operator" || kind === "visitor" ? window_id : null,
    queue_limit: LIMITED.has(kind) ? queue_limit : null,
    queue_for_s: LIMITED.has(kind) ? queue_for_s : null,
  }));

/** A new zone: a square in the middle, to be pulled where it belongs. */
export const newZone = (key: string): DrawnZone => ({
  key,
  id: null,
  kind: "queue",
  name: "",
  anchor: "foot",
  zoom: false,
  polygon: [
    [0.4, 0.4],
    [0.6, 0.4],
    [0.6, 0.6],
    [0.4, 0.6],
  ],
  window_id: null,
  queue_limit: 5,
  queue_for_s: 60,
});

const inside = (share: number) => Math.round(Math.min(1, Math.max(0, share)) * 1000) / 1000;

export const moveCorner = (polygon: Corner[], at: number, to: Corner): Corner[] =>
  polygon.map((corner, n) => (n === at ? [inside(to[0]), inside(to[1])] : corner));

/** Adds a corner in the middle of the side that begins at corner `after`. */
export function splitSide(polygon: Corner[], after: number): Corner[] {
  const from = polygon[after];
  const to = polygon[(after + 1) % polygon.length];
  if (!from || !to) return polygon;
  const middle: Corner = [inside((from[0] + to[0]) / 2), inside((from[1] + to[1]) / 2)];
  return [...polygon.slice(0, after + 1), middle, ...polygon.slice(after + 1)];
}

export const removeCorner = (polygon: Corner[], at: number): Corner[] =>
  polygon.length <= LEAST_CORNERS ? polygon : polygon.filter((_, n) => n !== at);

/** Where an arrow key moves a corner; null for another key. */
export function nudged([x, y]: Corner, key: string, small: boolean): Corner | null {
  const by = small ? SMALL_STEP : STEP;
  if (key === "ArrowLeft") return [x - by, y];
  if (key === "ArrowRight") return [x + by, y];
  if (key === "ArrowUp") return [x, y - by];
  if (key === "ArrowDown") return [x, y + by];
  return null;
}

/** What keeps the zones from being saved, as a key of the texts; null when nothing does. */
export function mistake(zones: readonly DrawnZone[]): string | null {
  if (zones.some(({ kind, window_id }) => kind === "operator" && window_id === null))
    return "camera.zone.needs_window";
  if (zones.some(({ polygon }) => area(polygon) < 0.0005)) return "camera.zone.too_small";
  return null;
}

/** Share of the picture that a polygon covers. */
export function area(polygon: readonly Corner[]): number {
  let twice = 0;
  polygon.forEach(([x, y], n) => {
    const [nextX, nextY] = polygon[(n + 1) % polygon.length] ?? [0, 0];
    twice += x * nextY - nextX * y;
  });
  return Math.abs(twice) / 2;
}
