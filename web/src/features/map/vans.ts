/** Where vans are drawn, and what is written beside them. Pure: a fix is never drawn as newer. */

import type { Freshness, Vehicle } from "@/api/types";
import type { Sight } from "./replay";

export const GLIDE_MS = 1000;
const MOVING_KM_H = 5;
/** Beyond this many report intervals nobody can say where a van is. */
const GUESSED_INTERVALS = 2;

export interface Place {
  longitude: number;
  latitude: number;
}

interface Glide {
  from: Place;
  to: Place;
  startMs: number;
}

export class VanGlides {
  private readonly glides = new Map<string, Glide>();

  /** Takes the newest fixes; a van that moved sets out from where it is drawn now. */
  aim(vans: readonly Vehicle[], nowMs: number, glide: boolean): void {
    const known = new Set(vans.map(({ id }) => id));
    for (const id of this.glides.keys()) if (!known.has(id)) this.glides.delete(id);
    for (const { id, position } of vans) {
      if (!position) continue;
      const to = { longitude: position.longitude, latitude: position.latitude };
      const before = this.glides.get(id);
      if (before?.to.longitude === to.longitude && before.to.latitude === to.latitude) continue;
      const from = (glide && this.at(id, nowMs)) || to;
      this.glides.set(id, { from, to, startMs: nowMs });
    }
  }

  at(id: string, nowMs: number): Place | null {
    const glide = this.glides.get(id);
    if (!glide) return null;
    const part = Math.min(1, Math.max(0, (nowMs - glide.startMs) / GLIDE_MS));
    const between = (from: number, to: number) => from + (to - from) * part;
    return {
      longitude: between(glide.from.longitude, glide.to.longitude),
      latitude: between(glide.from.latitude, glide.to.latitude),
    };
  }

  moving(nowMs: number): boolean {
    return [...this.glides.values()].some(({ startMs }) => nowMs - startMs < GLIDE_MS);
  }
}

export interface VanProperties {
  id: string;
  plate: string;
  /** How old the place is, in words; always written under the plate. */
  age: string;
  freshness: Freshness;
  selected: boolean;
  estimated: boolean;
}
export type VanFeatures = GeoJSON.FeatureCollection<GeoJSON.Point, VanProperties>;

function feature(place: Place, properties: VanProperties): VanFeatures["features"][number] {
  return {
    type: "Feature",
    geometry: { type: "Point", coordinates: [place.longitude, place.latitude] },
    properties,
  };
}

export function vanFeatures(
  vans: readonly Vehicle[],
  glides: VanGlides,
  selected: string | null,
  nowMs: number,
  ageOf: (seconds: number) => string,
  wallMs: number,
): VanFeatures {
  const features = vans.flatMap((van) => {
    const { id, plate, freshness, position } = van;
    const place = glides.at(id, nowMs);
    if (!place || !position) return [];
    return feature(place, {
      id,
      plate,
      age: ageOf((wallMs - Date.parse(position.fixed_at)) / 1000),
      freshness,
      selected: id === selected,
      estimated: false,
    });
  });
  return { type: "FeatureCollection", features };
}

/** Where vans may be by now that should have reported and were driving: straight on, not far. */
export function guesses(vans: readonly Vehicle[], wallMs: number): GeoJSON.FeatureCollection {
  const features = vans.flatMap(({ id, position, report_interval_s }) => {
    if (!position) return [];
    const { speed_km_h: speed, course_deg: course } = position;
    const ageS = (wallMs - Date.parse(position.fixed_at)) / 1000;
    const overdue = ageS > 1.5 * report_interval_s && ageS <= GUESSED_INTERVALS * report_interval_s;
    if (!overdue || speed === null || course === null || speed < MOVING_KM_H) return [];
    const last = [position.longitude, position.latitude];
    const now = ahead(position, course, (speed / 3.6) * ageS);
    const properties = { id };
    return [
      {
        type: "Feature" as const,
        geometry: { type: "LineString" as const, coordinates: [last, now] },
        properties,
      },
      {
        type: "Feature" as const,
        geometry: { type: "Point" as const, coordinates: now },
        properties,
      },
    ];
  });
  return { type: "FeatureCollection", features };
}

const METRES_A_DEGREE = 111_195;

function ahead(from: Place, courseDeg: number, metres: number): [number, number] {
  const turn = (courseDeg * Math.PI) / 180;
  const north = (metres * Math.cos(turn)) / METRES_A_DEGREE;
  const shrink = Math.cos((from.latitude * Math.PI) / 180);
  const east = (metres * Math.sin(turn)) / METRES_A_DEGREE / shrink;
  return [from.longitude + east, from.latitude + north];
}

/** The fleet of a past moment; a van between two fixes is drawn as an estimate. */
export function sightFeatures(
  sights: readonly Sight[],
  plates: ReadonlyMap<string, string>,
  selected: string | null,
  ageOf: (seconds: number) => string,
): VanFeatures {
  const features = sights.flatMap((sight) => {
    const plate = plates.get(sight.vehicleId);
    if (plate === undefined) return [];
    return feature(sight, {
      id: sight.vehicleId,
      plate,
      age: ageOf(sight.ageS),
      freshness: freshnessOf(sight.ageS),
      selected: sight.vehicleId === selected,
      estimated: sight.estimated,
    });
  });
  return { type: "FeatureCollection", features };
}

/** The vans with the state of their connection at a replayed moment. */
export function vansThen(vans: readonly Vehicle[], sights: readonly Sight[]): Vehicle[] {
  const ages = new Map(sights.map(({ vehicleId, ageS }) => [vehicleId, ageS]));
  return vans.map((van) => ({ ...van, freshness: freshnessOf(ages.get(van.id) ?? Infinity) }));
}

function freshnessOf(ageS: number): Freshness {
  if (ageS <= 90) return "online";
  return ageS <= 900 ? "stale" : "lost";
}
