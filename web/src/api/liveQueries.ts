/** Applies changes from the socket to what the screens have read, so that nothing is polled. */

import type { QueryClient } from "@tanstack/react-query";
import type { LiveStore, Topics } from "./live";
import { putAlert } from "./queries/alerts";
import { keys } from "./queries/keys";
import type { Camera, Office, Presets, Trip, Turn, Vehicle } from "./types";

export function followLive(store: LiveStore, client: QueryClient): () => void {
  const refetch = (queryKey: readonly unknown[]) => void client.invalidateQueries({ queryKey });
  const stops = [
    store.on("alert", (alert) => {
      putAlert(client, alert);
      refetch(keys.alert(alert.id));
      for (const { id } of alert.complaints) refetch(keys.complaint(id));
    }),
    store.on("complaint", ({ id }) => {
      refetch(keys.complaint(id));
      refetch(keys.complaints);
    }),
    store.on("clip", ({ complaint_id }) => refetch(keys.complaint(complaint_id))),
    store.on("observation", (seen) => {
      client.setQueryData<Camera[]>(keys.cameras, (list) => list && observed(list, seen));
      client.setQueryData<Office[]>(keys.offices, (list) => list && staffed(list, seen));
    }),
    store.on("waiting", (told) =>
      client.setQueryData<Office[]>(keys.offices, (list) => list && waited(list, told)),
    ),
    store.on("stream", (stream) =>
      client.setQueryData<Camera[]>(keys.cameras, (list) => list && streamed(list, stream)),
    ),
    store.on("turn", (told) =>
      client.setQueryData<Presets>(
        keys.presets(told.camera_id),
        (known) => known && { ...known, turn: turned(told, Date.now()) },
      ),
    ),
    store.on("position", ({ positions }) =>
      client.setQueryData<Vehicle[]>(keys.vehicles, (list) => list && moved(list, positions)),
    ),
    store.on("trip", (told) =>
      client.setQueriesData<Trip[]>({ queryKey: keys.trips }, (list) => list && judged(list, told)),
    ),
    store.on("plan", () => {
      for (const key of [keys.trips, keys.timetables, keys.routes]) refetch(key);
    }),
    store.on("van_report", ({ trip_id, people }) => {
      refetch(keys.vanReports);
      if (trip_id && people !== null) refetch(keys.trips);
    }),
    store.on("vehicle", ({ id, freshness }) =>
      client.setQueryData<Vehicle[]>(keys.vehicles, (list) =>
        list?.map((van) => (van.id === id ? { ...van, freshness } : van)),
      ),
    ),
  ];
  return () => stops.forEach((stop) => stop());
}

/** By this window's clock, which may be wrong. */
export function turned({ operator_id, full_name, left_s }: Topics["turn"], nowMs: number): Turn {
  return { operator_id, full_name, until: new Date(nowMs + left_s * 1000).toISOString() };
}

export function observed(cameras: Camera[], seen: Topics["observation"]): Camera[] {
  const { state, people, since, at } = seen;
  return cameras.map((camera) =>
    camera.id === seen.camera_id
      ? {
          ...camera,
          zones: camera.zones.map((zone) =>
            zone.id === seen.zone_id
              ? { ...zone, observation: { state, people, since, at } }
              : zone,
          ),
        }
      : camera,
  );
}

export function staffed(offices: Office[], seen: Topics["observation"]): Office[] {
  if (seen.kind !== "operator" || !seen.window_id) return offices;
  const presence = { state: seen.state, since: seen.since };
  return offices.map((office) =>
    office.id === seen.office_id
      ? {
          ...office,
          windows: office.windows.map((window) =>
            window.id === seen.window_id ? { ...window, presence } : window,
          ),
        }
      : office,
  );
}

/** What the ticket system said stays until it is read again. */
export function waited(offices: Office[], told: Topics["waiting"]): Office[] {
  const { office_id, ...waiting } = told;
  return offices.map((office) =>
    office.id === office_id
      ? { ...office, waiting: { ...waiting, tickets: office.waiting?.tickets ?? null } }
      : office,
  );
}

export function streamed(cameras: Camera[], change: Topics["stream"]): Camera[] {
  const { camera_id, kind, ...state } = change;
  return cameras.map((camera) =>
    camera.id === camera_id
      ? {
          ...camera,
          streams: camera.streams.map((one) => (one.kind === kind ? { ...one, ...state } : one)),
        }
      : camera,
  );
}

/** What was found of a trip since; who cancelled it and why is read again with the list. */
export function judged(trips: Trip[], told: Topics["trip"]): Trip[] {
  const found = new Map(told.visits.map((visit) => [visit.sequence, visit]));
  return trips.map((trip) =>
    trip.id === told.id
      ? {
          ...trip,
          state: told.state,
          progress_m: told.progress_m,
          visits: trip.visits.map((visit) => ({ ...visit, ...found.get(visit.sequence) })),
        }
      : trip,
  );
}

const ONLINE_AT_LEAST_MS = 60_000;
const ONLINE_INTERVALS = 3;

/** Only newer fixes move a van, so a late message never throws it back. */
export function moved(vans: Vehicle[], positions: Topics["position"]["positions"]): Vehicle[] {
  const newest = new Map(positions.map((position) => [position.vehicle_id, position]));
  return vans.map((van) => {
    const position = newest.get(van.id);
    if (!position || (van.position && position.fixed_at <= van.position.fixed_at)) return van;
    const lateMs = Date.parse(position.received_at) - Date.parse(position.fixed_at);
    // A fix that was sent late moves the van, but does not make it fresh.
    const fresh =
      lateMs <= Math.max(ONLINE_AT_LEAST_MS, ONLINE_INTERVALS * van.report_interval_s * 1000);
    return { ...van, position, freshness: fresh ? "online" : van.freshness };
  });
}
