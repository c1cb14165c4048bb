/** What the panel speaks of: the day as the centre tells it, and what the crew said. Pure. */

import type { components } from "@/api/schema";

type Schemas = components["schemas"];
export type Names = Schemas["Names"];
export type Language = keyof Names;
export type Home = Schemas["VanHome"];
export type Trip = Schemas["PanelTrip"];
export type Visit = Schemas["PanelVisit"];
export type Kind = Schemas["ReportKind"];
export type Problem = Schemas["VanProblem"];

export const PROBLEMS: readonly Problem[] = [
  "breakdown",
  "road",
  "equipment",
  "network",
  "people",
  "other",
];

/** As POST /van/reports takes it; the phone makes `id`, so that sending twice is once. */
export interface Report {
  id: string;
  kind: Kind;
  happened_at: string;
  problem?: Problem;
  people?: number;
  note?: string;
  /** The van it was said in; a phone may be paired with another before it is sent. */
  vehicle_id?: string;
  trip_id?: string;
  sequence?: number;
  latitude?: number;
  longitude?: number;
}

export type Fate = "waiting" | "sent" | "refused";

/** A report with what became of it; `key` grows in the order in which they were said. */
export interface Said {
  key: number;
  report: Report;
  fate: Fate;
  why?: string;
}

/** As POST /van/positions takes it. */
export interface Fix {
  fixed_at: string;
  latitude: number;
  longitude: number;
  accuracy_m?: number;
  speed_m_s?: number;
  course_deg?: number;
  altitude_m?: number;
}

const BEFORE_START_MS = 3 * 3_600_000;

/** The trip to show: one that runs, else the one that is due or comes next, else the last. */
export function tripNow(trips: readonly Trip[], now: number): Trip | null {
  const held = trips.filter(({ state }) => state !== "cancelled");
  return (
    held.find(({ state }) => state === "running") ??
    held.find(
      ({ planned_start_at, planned_end_at }) =>
        Date.parse(planned_start_at) - BEFORE_START_MS <= now && now < Date.parse(planned_end_at),
    ) ??
    held.find(({ planned_start_at }) => now < Date.parse(planned_start_at)) ??
    held.at(-1) ??
    trips.at(-1) ??
    null
  );
}

/** What the crew said at a stop, refused reports left out; the newest of each kind. */
export function saidAt(
  said: readonly Said[],
  tripId: string,
  sequence: number,
): Partial<Record<Kind, Said>> {
  const found: Partial<Record<Kind, Said>> = {};
  for (const one of said) {
    const { report, fate } = one;
    if (fate !== "refused" && report.trip_id === tripId && report.sequence === sequence)
      found[report.kind] = one;
  }
  return found;
}

/** The crew is at a stop: it arrived at one, and did not say that it left. */
export const isServing = (trip: Trip, said: readonly Said[]): boolean =>
  trip.visits.some(({ sequence }) => {
    const words = saidAt(said, trip.id, sequence);
    return !words.departed && Boolean(words.arrived ?? words.serving);
  });

/** The stop that the crew is at or goes to next, by its own word first, then by the centre's. */
export function stopNow(trip: Trip, said: readonly Said[]): Visit | null {
  let left = 0;
  for (const visit of trip.visits) {
    const words = saidAt(said, trip.id, visit.sequence);
    if (words.departed) left = Math.max(left, visit.sequence);
    else if (words.arrived ?? words.serving ?? words.people_served) return visit;
  }
  const ahead = trip.visits.filter(({ sequence }) => sequence > left);
  return (
    ahead.find(({ state }) => state === "arrived" || state === "planned") ??
    ahead[0] ??
    trip.visits.at(-1) ??
    null
  );
}
