/** The fleet's past: parts of it as they come, and where each van was at a moment. Pure. */

import type { FleetReplay } from "@/api/types";
import type { Place } from "./vans";

export const SPEEDS = [1, 10, 60, 300, 600] as const;
export type Speed = (typeof SPEEDS)[number];

/** A fix this old is no longer joined to the next by a line: nobody knows the way between. */
const JOINED_S = 300;
const FORGOTTEN_S = 24 * 3600;

export interface Part {
  startMs: number;
  endMs: number;
  stepS: number;
}

/** Where a van was; `estimated` between two fixes, `ageS` since the newest fix before. */
export interface Sight extends Place {
  vehicleId: string;
  ageS: number;
  speedKmH: number | null;
  courseDeg: number | null;
  estimated: boolean;
}

interface Track {
  vehicleId: string;
  seconds: readonly number[];
  longitudes: readonly number[];
  latitudes: readonly number[];
  speeds: readonly (number | null)[];
}

export interface LoadedPart {
  part: Part;
  scale: number;
  tracks: readonly Track[];
}

/** The part that holds a moment: long enough for half a minute of playing, thinned to suit. */
export function partAt(moment: number, speed: Speed): Part {
  const lengthMs = Math.min(Math.max(speed * 30, 600), 4 * 3600) * 1000;
  const startMs = Math.floor(moment / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs, stepS: Math.max(1, Math.round(speed / 4)) };
}

export const keyOf = ({ startMs, endMs, stepS }: Part): string => `${startMs}/${endMs}/${stepS}`;

export function loaded(part: Part, answer: FleetReplay): LoadedPart {
  return {
    part,
    scale: answer.scale,
    tracks: answer.vans.map((van) => ({ ...van, vehicleId: van.vehicle_id })),
  };
}

/** Every van that was heard within a day before the moment. */
export function sightsAt({ part, scale, tracks }: LoadedPart, moment: number): Sight[] {
  const second = (moment - part.startMs) / 1000;
  return tracks.flatMap((track) => {
    const index = lastBefore(track.seconds, second);
    const at = track.seconds[index];
    if (at === undefined || second - at > FORGOTTEN_S) return [];
    const here = placeOf(track, index, scale);
    const next = track.seconds[index + 1];
    const sight = {
      vehicleId: track.vehicleId,
      ageS: Math.max(0, second - at),
      speedKmH: track.speeds[index] ?? null,
    };
    if (next === undefined || next - at > JOINED_S) {
      return [{ ...sight, ...here, courseDeg: null, estimated: false }];
    }
    const there = placeOf(track, index + 1, scale);
    const share = (second - at) / (next - at);
    return [
      {
        ...sight,
        longitude: here.longitude + (there.longitude - here.longitude) * share,
        latitude: here.latitude + (there.latitude - here.latitude) * share,
        courseDeg: courseOf(here, there),
        estimated: share > 0,
      },
    ];
  });
}

/** Where one van was; null where it was not heard within a day before the moment. */
export function sightOf(loadedPart: LoadedPart, vehicleId: string, moment: number): Sight | null {
  const tracks = loadedPart.tracks.filter((track) => track.vehicleId === vehicleId);
  return sightsAt({ ...loadedPart, tracks }, moment)[0] ?? null;
}

/** The index of the newest second at or before one; -1 where there is none. */
export function lastBefore(seconds: readonly number[], second: number): number {
  let low = 0;
  let high = seconds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((seconds[middle] ?? Infinity) <= second) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function placeOf({ longitudes, latitudes }: Track, index: number, scale: number): Place {
  return {
    longitude: (longitudes[index] ?? 0) / scale,
    latitude: (latitudes[index] ?? 0) / scale,
  };
}

export function courseOf(from: Place, to: Place): number | null {
  const north = to.latitude - from.latitude;
  const east = (to.longitude - from.longitude) * Math.cos((from.latitude * Math.PI) / 180);
  if (Math.hypot(north, east) < 1e-5) return null;
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

/** Time as it is replayed: runs at a speed, stands still, is set; never beyond `endMs`. */
export class ReplayClock {
  private atMs: number;
  private sinceMs: number | null = null;
  constructor(
    moment: number,
    private speed: Speed,
    private readonly endMs: () => number,
  ) {
    this.atMs = moment;
  }

  moment(nowMs: number): number {
    const run = this.sinceMs === null ? 0 : (nowMs - this.sinceMs) * this.speed;
    return Math.min(this.atMs + run, this.endMs());
  }

  get playing(): boolean {
    return this.sinceMs !== null;
  }

  seek(moment: number, nowMs: number): void {
    this.atMs = moment;
    if (this.sinceMs !== null) this.sinceMs = nowMs;
  }

  play(nowMs: number): void {
    this.sinceMs ??= nowMs;
  }

  pause(nowMs: number): void {
    this.atMs = this.moment(nowMs);
    this.sinceMs = null;
  }

  setSpeed(speed: Speed, nowMs: number): void {
    this.seek(this.moment(nowMs), nowMs);
    this.speed = speed;
  }
}
