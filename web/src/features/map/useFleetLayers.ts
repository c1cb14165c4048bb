import type { GeoJSONSource, Map } from "maplibre-gl";
import { useEffect, useEffectEvent, useState } from "react";
import type { Track, TripNow, Vehicle } from "@/api/types";
import { useNames } from "@/i18n";
import { useFormats } from "@/i18n/useFormats";
import { sightsAt } from "./replay";
import type { Replay } from "./useReplay";
import { guesses, sightFeatures, vanFeatures, VanGlides, type VanFeatures } from "./vans";

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const AGES_EVERY_MS = 5000;
const FRAME_MS = 50;

export function sourceOf(map: Map, name: string): GeoJSONSource | undefined {
  return map.getSource<GeoJSONSource>(name);
}

const drawn = new WeakMap<Map, Record<string, string>>();

/** Draws only what changed: each new drawing lays all its labels out anew. */
function put(map: Map, name: string, data: GeoJSON.FeatureCollection): void {
  const before = drawn.get(map) ?? {};
  const text = JSON.stringify(data);
  if (before[name] === text) return;
  drawn.set(map, { ...before, [name]: text });
  void sourceOf(map, name)?.setData(data);
}

/** The chosen van is never hidden in a cluster. */
function draw(map: Map, { features, type }: VanFeatures, follow: boolean): void {
  const chosen = features.filter(({ properties }) => properties.selected);
  const others = features.filter(({ properties }) => !properties.selected);
  put(map, "vans", { type, features: others });
  put(map, "picked", { type, features: chosen });
  const [place] = chosen;
  if (!follow || !place) return;
  const [longitude = 0, latitude = 0] = place.geometry.coordinates;
  const { lng, lat } = map.getCenter();
  const still = Math.abs(lng - longitude) < 1e-6 && Math.abs(lat - latitude) < 1e-6;
  if (!still && !map.isMoving()) map.setCenter([longitude, latitude]);
}

function useAges(): (seconds: number) => string {
  const { duration } = useFormats();
  // Rounded, so that a label does not change with every second.
  return (seconds) => duration(seconds < 60 ? Math.max(0, Math.round(seconds / 5) * 5) : seconds);
}

/** Draws the vans of now; after a new fix each glides there, and ages tick. */
export function useVans(
  map: Map | null,
  vans: readonly Vehicle[],
  selected: string | null,
  follow: boolean,
  active: boolean,
): void {
  const [glides] = useState(() => new VanGlides());
  const ageOf = useAges();
  const show = useEffectEvent((target: Map, now: number) => {
    draw(target, vanFeatures(vans, glides, selected, now, ageOf, Date.now()), follow);
    put(target, "guesses", guesses(vans, Date.now()));
  });
  useEffect(() => {
    if (!map || !active) return;
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    glides.aim(vans, performance.now(), !still);
    let frame = 0;
    let shownMs = -Infinity;
    const next = () => {
      const now = performance.now();
      if (now - shownMs >= FRAME_MS || !glides.moving(now)) {
        show(map, now);
        shownMs = now;
      }
      if (glides.moving(now)) frame = requestAnimationFrame(next);
    };
    next();
    const timer = setInterval(() => show(map, performance.now()), AGES_EVERY_MS);
    return () => {
      cancelAnimationFrame(frame);
      clearInterval(timer);
    };
  }, [map, glides, vans, selected, active]);
}

/** Draws the fleet of the replayed moment, some twenty times a second while it plays. */
export function useReplayedVans(
  map: Map | null,
  replay: Replay | null,
  vans: readonly Vehicle[],
  selected: string | null,
  follow: boolean,
): void {
  const ageOf = useAges();
  const show = useEffectEvent((target: Map) => {
    const part = replay?.part();
    if (!replay || !part) return;
    const plates = new globalThis.Map(vans.map(({ id, plate }) => [id, plate]));
    const sights = sightsAt(part, replay.clock.moment(performance.now()));
    draw(target, sightFeatures(sights, plates, selected, ageOf), follow);
  });
  const clock = replay?.clock;
  useEffect(() => {
    if (!map || !clock) return;
    put(map, "guesses", EMPTY);
    show(map);
    const timer = setInterval(() => show(map), FRAME_MS);
    return () => clearInterval(timer);
  }, [map, clock]);
}

/** Draws where the chosen van drove, its planned route with the corridor, and its stops. */
export function useVanLines(map: Map | null, track: Track | null, trip: TripNow | null): void {
  const nameOf = useNames();
  const route = useEffectEvent((planned: TripNow): GeoJSON.FeatureCollection => ({
    type: "FeatureCollection",
    features: [
      {
        type: "Feature",
        geometry: planned.line as unknown as GeoJSON.LineString,
        properties: { corridor_m: planned.corridor_m },
      },
      ...planned.visits.map((visit) => ({
        type: "Feature" as const,
        geometry: { type: "Point" as const, coordinates: [visit.longitude, visit.latitude] },
        properties: { label: nameOf(visit.name), state: visit.state },
      })),
    ],
  }));
  useEffect(() => {
    if (!map) return;
    const geometry = track?.geometry as GeoJSON.LineString | null | undefined;
    void sourceOf(map, "track")?.setData(
      geometry ? { type: "Feature", geometry, properties: {} } : EMPTY,
    );
  }, [map, track]);
  useEffect(() => {
    if (map) void sourceOf(map, "route")?.setData(trip ? route(trip) : EMPTY);
  }, [map, trip]);
}
