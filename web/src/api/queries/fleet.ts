import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { get } from "@/api/client";
import { useTopic } from "@/api/liveContext";
import type { FleetReplay, MapGround, Track, VanNow } from "@/api/types";
import { keys } from "./keys";

const KEPT_PARTS_MS = 10 * 60_000;

export const useGround = () =>
  useQuery({
    queryKey: keys.mapLayer("ground"),
    staleTime: Infinity,
    queryFn: ({ signal }) => get<MapGround>("/map/ground", { signal }),
  });

/** A part of the past of all vans; what is past does not change often. */
export const replayQuery = (from: string, to: string, stepS: number) => ({
  queryKey: ["fleet", "replay", from, to, stepS],
  staleTime: KEPT_PARTS_MS,
  gcTime: KEPT_PARTS_MS,
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    get<FleetReplay>("/fleet/replay", { query: { from, to, step_s: stepS }, signal }),
});

/** The trip a van is on, or was on at a past moment; read again when the judge speaks of it. */
export function useVanNow(id: string | null, at: string | null = null) {
  const client = useQueryClient();
  const queryKey = ["van-now", id, at];
  const changed = useCallback(
    (trip: { vehicle_id: string }) => {
      if (trip.vehicle_id === id) {
        void client.invalidateQueries({ queryKey: ["van-now", id] });
      }
    },
    [client, id],
  );
  useTopic("trip", changed);
  return useQuery({
    queryKey,
    enabled: id !== null,
    queryFn: ({ signal }) => get<VanNow>(`/vehicles/${id}/now`, { query: { at }, signal }),
  });
}

export const useTrack = (id: string | null, from: string, to: string, live: boolean) =>
  useQuery({
    queryKey: ["tracks", id, from, to],
    enabled: id !== null,
    refetchInterval: live ? 60_000 : false,
    queryFn: ({ signal }) => get<Track>(`/vehicles/${id}/track`, { query: { from, to }, signal }),
  });

export const exportUrl = (id: string, ending: "gpx" | "geojson", from: string, to: string) =>
  `/api/v1/vehicles/${id}/track.${ending}?${new URLSearchParams({ from, to }).toString()}`;
