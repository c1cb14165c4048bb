import { useQuery } from "@tanstack/react-query";
import { get } from "@/api/client";
import type { Camera, Office, PresenceDay, Recordings, StreamKind, Vehicle } from "@/api/types";
import { keys } from "./keys";
import { allPages } from "./pages";
import { useCan } from "./session";

export const useOffices = () =>
  useQuery({
    queryKey: keys.offices,
    queryFn: ({ signal }) => allPages<Office>("/offices", signal),
  });

export function useCameras() {
  const can = useCan();
  return useQuery({
    queryKey: keys.cameras,
    enabled: can("cameras.read"),
    queryFn: ({ signal }) => allPages<Camera>("/cameras", signal),
  });
}

export function useVehicles() {
  const can = useCan();
  return useQuery({
    queryKey: keys.vehicles,
    enabled: can("vans.view"),
    queryFn: ({ signal }) => allPages<Vehicle>("/vehicles", signal),
  });
}

export const useMapLayer = (layer: string) =>
  useQuery({
    queryKey: keys.mapLayer(layer),
    staleTime: Infinity,
    queryFn: ({ signal }) => get<GeoJSON.FeatureCollection>(`/map/${layer}.geojson`, { signal }),
  });

export const useRecordings = (
  cameraId: string,
  from: string,
  to: string,
  kind: StreamKind,
  enabled: boolean,
) =>
  useQuery({
    queryKey: [...keys.recordings, cameraId, from, to, kind],
    enabled,
    queryFn: ({ signal }) =>
      get<Recordings>("/recordings", { query: { camera_id: cameraId, from, to, kind }, signal }),
  });

const PRESENCE_EVERY_MS = 60_000;

/** The windows of an office over its local day (2026-11-22), or today; today grows. */
export const usePresence = (officeId: string, day?: string) =>
  useQuery({
    queryKey: [...keys.presence, officeId, day ?? "today"],
    refetchInterval: day ? false : PRESENCE_EVERY_MS,
    queryFn: ({ signal }) =>
      get<PresenceDay>(`/offices/${officeId}/presence`, { query: { day }, signal }),
  });
