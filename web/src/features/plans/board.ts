/** The plan board's facts: whose row a trip is in, what a stop's cell says. Pure. */

import type { Trip, VanRules, Visit } from "@/api/types";

export interface VanRow {
  vehicleId: string;
  plate: string;
  name: Trip["vehicle_name"];
  trips: Trip[];
}

/** Vans by plate, each with its trips in the order of their start. */
export function rowsOf(trips: readonly Trip[]): VanRow[] {
  const rows = new Map<string, VanRow>();
  for (const trip of trips) {
    const row = rows.get(trip.vehicle_id);
    if (row) row.trips.push(trip);
    else
      rows.set(trip.vehicle_id, {
        vehicleId: trip.vehicle_id,
        plate: trip.plate,
        name: trip.vehicle_name,
        trips: [trip],
      });
  }
  return [...rows.values()].sort((a, b) => a.plate.localeCompare(b.plate));
}

/** On its way now: it was found so, or its time has come and nothing is known yet. */
export function underWay(trip: Trip, now: number): boolean {
  if (trip.state === "running") return true;
  return (
    trip.state === "planned" &&
    Date.parse(trip.planned_start_at) <= now &&
    now < Date.parse(trip.planned_end_at)
  );
}

export type Punctuality = "on_time" | "late" | "early";

/** Whole minutes behind the plan, negative when ahead of it; null while nothing is known. */
export function minutesBehind(visit: Visit): number | null {
  const moment = visit.arrived_at ?? (visit.state === "planned" ? visit.expected_at : null);
  if (!moment) return null;
  return Math.round((Date.parse(moment) - Date.parse(visit.planned_arrival_at)) / 60_000);
}

/** As the judge sees it, by the rules of the van; without them nothing is late. */
export function punctuality(
  minutes: number | null,
  { late_s, early_s }: Pick<VanRules, "late_s" | "early_s">,
): Punctuality {
  if (minutes === null) return "on_time";
  if (minutes * 60 >= (late_s ?? Infinity)) return "late";
  return minutes * 60 <= -(early_s ?? Infinity) ? "early" : "on_time";
}

/**
 * It is behind a van that was not heard when it could have been there: nobody knows, and nobody
 * should wait. The judge promises no arrival there, and nothing else is said of it.
 */
export const isUnheard = (visit: Visit, trip: Pick<Trip, "state" | "progress_m">): boolean =>
  visit.state === "planned" &&
  visit.expected_at === null &&
  (trip.state === "done" ||
    (trip.state === "running" && (trip.progress_m ?? 0) > visit.progress_m));

/** The stop that a van is at or goes to next; null when none is left. */
export function nextVisit(trip: Trip): Visit | null {
  return trip.visits.find(({ state }) => state === "arrived" || state === "planned") ?? null;
}

export function dayAfter(isoDay: string, days: number): string {
  const moment = new Date(`${isoDay}T00:00:00Z`);
  moment.setUTCDate(moment.getUTCDate() + days);
  return moment.toISOString().slice(0, 10);
}
