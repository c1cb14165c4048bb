/** Where vans are drawn between two fixes. Pure: glides to a new fix, never beyond it. */

import type { Freshness, Vehicle } from "@/api/types";

export const GLIDE_MS = 1000;

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
  freshness: Freshness;
  selected: boolean;
}

export function vanFeatures(
  vans: readonly Vehicle[],
  glides: VanGlides,
  selected: string | null,
  nowMs: number,
): GeoJSON.FeatureCollection<GeoJSON.Point, VanProperties> {
  const features = vans.flatMap(({ id, plate, freshness }) => {
    const place = glides.at(id, nowMs);
    if (!place) return [];
    return [
      {
        type: "Feature" as const,
        geometry: { type: "Point" as const, coordinates: [place.longitude, place.latitude] },
        properties: { id, plate, freshness, selected: id === selected },
      },
    ];
  });
  return { type: "FeatureCollection", features };
}
